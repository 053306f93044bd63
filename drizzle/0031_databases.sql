CREATE TABLE `database_hosts` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`host` text NOT NULL,
	`port` integer NOT NULL,
	`public_host` text,
	`public_port` integer,
	`username` text NOT NULL,
	`password` text NOT NULL,
	`tls` text NOT NULL,
	`ca` text,
	`most` integer,
	`node_id` text,
	`closed` integer DEFAULT 0 NOT NULL,
	`state` text,
	`error` text,
	`version` text,
	`checked_at` integer,
	`revision` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `database_hosts_address` ON `database_hosts` (`host`,`port`);--> statement-breakpoint
CREATE INDEX `database_hosts_name` ON `database_hosts` (`name`);--> statement-breakpoint
CREATE INDEX `database_hosts_created` ON `database_hosts` (`created_at`);--> statement-breakpoint
CREATE INDEX `database_hosts_node` ON `database_hosts` (`node_id`);--> statement-breakpoint
CREATE TABLE `server_databases` (
	`id` text PRIMARY KEY NOT NULL,
	`server_id` text NOT NULL,
	`host_id` text NOT NULL,
	`name` text NOT NULL,
	`username` text NOT NULL,
	`password` text NOT NULL,
	`next_password` text,
	`state` text NOT NULL,
	`created_by` text,
	`created_at` integer NOT NULL,
	`rotated_at` integer,
	FOREIGN KEY (`server_id`) REFERENCES `servers`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`host_id`) REFERENCES `database_hosts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `server_databases_name` ON `server_databases` (`host_id`,`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `server_databases_username` ON `server_databases` (`host_id`,`username`);--> statement-breakpoint
CREATE INDEX `server_databases_server` ON `server_databases` (`server_id`);--> statement-breakpoint
CREATE INDEX `server_databases_state` ON `server_databases` (`state`);--> statement-breakpoint
CREATE INDEX `server_databases_created` ON `server_databases` (`created_at`);