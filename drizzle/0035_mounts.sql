CREATE TABLE `mount_eggs` (
	`mount_id` text NOT NULL,
	`egg_id` text NOT NULL,
	PRIMARY KEY(`mount_id`, `egg_id`),
	FOREIGN KEY (`mount_id`) REFERENCES `mounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`egg_id`) REFERENCES `eggs`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `mount_eggs_egg` ON `mount_eggs` (`egg_id`);--> statement-breakpoint
CREATE TABLE `mount_nodes` (
	`mount_id` text NOT NULL,
	`node_id` text NOT NULL,
	PRIMARY KEY(`mount_id`, `node_id`),
	FOREIGN KEY (`mount_id`) REFERENCES `mounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `mount_nodes_node` ON `mount_nodes` (`node_id`);--> statement-breakpoint
CREATE TABLE `mounts` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`source` text NOT NULL,
	`target` text NOT NULL,
	`read_only` integer DEFAULT 1 NOT NULL,
	`self_service` integer DEFAULT 0 NOT NULL,
	`every_egg` integer DEFAULT 1 NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `mounts_name` ON `mounts` (`name`);--> statement-breakpoint
CREATE INDEX `mounts_created` ON `mounts` (`created_at`);--> statement-breakpoint
CREATE TABLE `server_mounts` (
	`server_id` text NOT NULL,
	`mount_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`server_id`, `mount_id`),
	FOREIGN KEY (`server_id`) REFERENCES `servers`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`mount_id`) REFERENCES `mounts`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `server_mounts_mount` ON `server_mounts` (`mount_id`);