CREATE TABLE `server_backups` (
	`id` text PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`server_id` text NOT NULL,
	`node_id` text NOT NULL,
	`adapter` text NOT NULL,
	`name` text NOT NULL,
	`ignored` text DEFAULT '' NOT NULL,
	`state` text NOT NULL,
	`locked` integer DEFAULT 0 NOT NULL,
	`checksum` text,
	`bytes` integer,
	`created_by` text,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`server_id`) REFERENCES `servers`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `server_backups_uuid` ON `server_backups` (`uuid`);--> statement-breakpoint
CREATE INDEX `server_backups_server` ON `server_backups` (`server_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `server_backups_node` ON `server_backups` (`node_id`,`state`);--> statement-breakpoint
CREATE INDEX `server_backups_by` ON `server_backups` (`created_by`);