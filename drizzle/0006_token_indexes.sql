CREATE INDEX `tokens_created` ON `tokens` (`created_at`);--> statement-breakpoint
CREATE INDEX `tokens_name` ON `tokens` (`name`);--> statement-breakpoint
CREATE INDEX `tokens_used` ON `tokens` (`last_used_at`);--> statement-breakpoint
CREATE INDEX `tokens_prefix` ON `tokens` (`prefix`);