CREATE TABLE `connections` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`label` text NOT NULL,
	`organisation_id` text,
	`url` text,
	`server_id` text,
	`account_id` text,
	`secret` text NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	`test` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`rotated_at` integer NOT NULL,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `connections_organisation` ON `connections` (`organisation_id`,`label`);