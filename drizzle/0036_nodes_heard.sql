ALTER TABLE `nodes` ADD `heard_at` integer;--> statement-breakpoint
ALTER TABLE `nodes` ADD `unheard_since` integer;