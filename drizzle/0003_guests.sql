CREATE TABLE `zone_invites` (
	`id` text PRIMARY KEY NOT NULL,
	`zone_id` text NOT NULL,
	`email` text NOT NULL,
	`level` text NOT NULL,
	`names` text DEFAULT '[]' NOT NULL,
	`types` text DEFAULT '[]' NOT NULL,
	`access_until` integer NOT NULL,
	`token_hash` text,
	`mail_id` text,
	`invited_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`zone_id`) REFERENCES `zones`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`invited_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `zone_invites_email` ON `zone_invites` (`zone_id`,`email`);--> statement-breakpoint
CREATE INDEX `zone_invites_address` ON `zone_invites` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `zone_invites_token` ON `zone_invites` (`token_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `zone_invites_mail` ON `zone_invites` (`mail_id`);--> statement-breakpoint
CREATE INDEX `zone_invites_sender` ON `zone_invites` (`invited_by`);--> statement-breakpoint
ALTER TABLE `organisation_invites` ADD `mail_id` text;--> statement-breakpoint
CREATE UNIQUE INDEX `organisation_invites_mail` ON `organisation_invites` (`mail_id`);--> statement-breakpoint
ALTER TABLE `organisations` ADD `guests` text DEFAULT 'allowed' NOT NULL;