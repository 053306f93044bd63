CREATE TABLE `zone_claims` (
	`zone_id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`txt` text NOT NULL,
	`nameservers` text NOT NULL,
	`elsewhere_at` integer,
	`found` text,
	`checks` integer DEFAULT 0 NOT NULL,
	`checked_at` integer,
	`due_at` integer NOT NULL,
	`claimed_by` text,
	`token_id` text,
	`created_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	FOREIGN KEY (`zone_id`) REFERENCES `zones`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`claimed_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE INDEX `zone_claims_due` ON `zone_claims` (`state`,`due_at`);--> statement-breakpoint
CREATE INDEX `zone_claims_user` ON `zone_claims` (`claimed_by`);--> statement-breakpoint
DROP INDEX `zones_connection_name`;--> statement-breakpoint
ALTER TABLE `zones` ADD `reserved` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `zones_connection_name` ON `zones` (`connection`,`name`) WHERE reserved = 1;