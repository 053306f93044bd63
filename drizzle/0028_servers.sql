CREATE TABLE `server_subusers` (
	`server_id` text NOT NULL,
	`user_id` text NOT NULL,
	`capabilities` text NOT NULL,
	`expires_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`server_id`, `user_id`),
	FOREIGN KEY (`server_id`) REFERENCES `servers`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `server_subusers_user` ON `server_subusers` (`user_id`);--> statement-breakpoint
CREATE TABLE `server_variables` (
	`server_id` text NOT NULL,
	`env` text NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`server_id`, `env`),
	FOREIGN KEY (`server_id`) REFERENCES `servers`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `servers` (
	`id` text PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`short` text NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`user_id` text,
	`organisation_id` text,
	`node_id` text NOT NULL,
	`egg_id` text NOT NULL,
	`image` text NOT NULL,
	`startup` text,
	`skip_scripts` integer DEFAULT 0 NOT NULL,
	`allocation_id` text,
	`memory` integer NOT NULL,
	`swap` integer DEFAULT 0 NOT NULL,
	`disk` integer NOT NULL,
	`cpu` integer DEFAULT 0 NOT NULL,
	`io` integer DEFAULT 0 NOT NULL,
	`threads` text,
	`oom_killer` integer DEFAULT 1 NOT NULL,
	`database_limit` integer DEFAULT 0 NOT NULL,
	`backup_limit` integer DEFAULT 0 NOT NULL,
	`allocation_limit` integer DEFAULT 0 NOT NULL,
	`state` text NOT NULL,
	`suspended_at` integer,
	`suspended_reason` text,
	`installed_at` integer,
	`revision` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`egg_id`) REFERENCES `eggs`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`allocation_id`) REFERENCES `allocations`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "servers_owner" CHECK((user_id is null) <> (organisation_id is null))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `servers_uuid` ON `servers` (`uuid`);--> statement-breakpoint
CREATE UNIQUE INDEX `servers_short` ON `servers` (`short`);--> statement-breakpoint
CREATE INDEX `servers_user` ON `servers` (`user_id`);--> statement-breakpoint
CREATE INDEX `servers_organisation` ON `servers` (`organisation_id`);--> statement-breakpoint
CREATE INDEX `servers_node` ON `servers` (`node_id`,`state`);--> statement-breakpoint
CREATE INDEX `servers_egg` ON `servers` (`egg_id`);--> statement-breakpoint
CREATE INDEX `servers_name` ON `servers` (`name`);--> statement-breakpoint
CREATE INDEX `servers_created` ON `servers` (`created_at`);--> statement-breakpoint
CREATE INDEX `servers_state` ON `servers` (`state`);--> statement-breakpoint
CREATE INDEX `servers_suspended` ON `servers` (`suspended_at`);--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_allocations` (
	`id` text PRIMARY KEY NOT NULL,
	`node_id` text NOT NULL,
	`ip` text NOT NULL,
	`port` integer NOT NULL,
	`alias` text,
	`server_id` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`server_id`) REFERENCES `servers`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_allocations`("id", "node_id", "ip", "port", "alias", "server_id", "created_at") SELECT "id", "node_id", "ip", "port", "alias", "server_id", "created_at" FROM `allocations`;--> statement-breakpoint
DROP TABLE `allocations`;--> statement-breakpoint
ALTER TABLE `__new_allocations` RENAME TO `allocations`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE UNIQUE INDEX `allocations_address` ON `allocations` (`node_id`,`ip`,`port`);--> statement-breakpoint
CREATE INDEX `allocations_port` ON `allocations` (`node_id`,`port`);--> statement-breakpoint
CREATE INDEX `allocations_server` ON `allocations` (`server_id`);