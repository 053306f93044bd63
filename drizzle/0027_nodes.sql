CREATE TABLE `allocations` (
	`id` text PRIMARY KEY NOT NULL,
	`node_id` text NOT NULL,
	`ip` text NOT NULL,
	`port` integer NOT NULL,
	`alias` text,
	`server_id` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `allocations_address` ON `allocations` (`node_id`,`ip`,`port`);--> statement-breakpoint
CREATE INDEX `allocations_port` ON `allocations` (`node_id`,`port`);--> statement-breakpoint
CREATE INDEX `allocations_server` ON `allocations` (`server_id`);--> statement-breakpoint
CREATE TABLE `node_beats` (
	`node_id` text NOT NULL,
	`at` integer NOT NULL,
	`asked` integer NOT NULL,
	`answered` integer NOT NULL,
	`total_ms` integer NOT NULL,
	`most_ms` integer NOT NULL,
	PRIMARY KEY(`node_id`, `at`),
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `node_beats_at` ON `node_beats` (`at`);--> statement-breakpoint
CREATE TABLE `node_setups` (
	`node_id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `nodes` (
	`id` text PRIMARY KEY NOT NULL,
	`number` integer NOT NULL,
	`name` text NOT NULL,
	`location` text DEFAULT '' NOT NULL,
	`fqdn` text NOT NULL,
	`scheme` text NOT NULL,
	`behind_proxy` integer DEFAULT 0 NOT NULL,
	`port` integer NOT NULL,
	`listen_port` integer NOT NULL,
	`sftp_port` integer NOT NULL,
	`memory` integer NOT NULL,
	`memory_over` integer DEFAULT 0 NOT NULL,
	`disk` integer NOT NULL,
	`disk_over` integer DEFAULT 0 NOT NULL,
	`upload_limit` integer DEFAULT 100 NOT NULL,
	`data_directory` text NOT NULL,
	`classification` text NOT NULL,
	`organisation_id` text,
	`maintenance` integer DEFAULT 0 NOT NULL,
	`token_id` text NOT NULL,
	`token` text NOT NULL,
	`previous_token_id` text,
	`previous_token` text,
	`previous_until` integer,
	`rotated_at` integer NOT NULL,
	`state` text,
	`error` text,
	`checked_at` integer,
	`seen_at` integer,
	`latency_ms` integer,
	`drift_ms` integer,
	`version` text,
	`system` text,
	`revision` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `nodes_number` ON `nodes` (`number`);--> statement-breakpoint
CREATE UNIQUE INDEX `nodes_address` ON `nodes` (`fqdn`,`port`);--> statement-breakpoint
CREATE UNIQUE INDEX `nodes_token` ON `nodes` (`token_id`);--> statement-breakpoint
CREATE INDEX `nodes_previous_token` ON `nodes` (`previous_token_id`);--> statement-breakpoint
CREATE INDEX `nodes_organisation` ON `nodes` (`organisation_id`);--> statement-breakpoint
CREATE INDEX `nodes_name` ON `nodes` (`name`);--> statement-breakpoint
CREATE INDEX `nodes_created` ON `nodes` (`created_at`);--> statement-breakpoint
CREATE INDEX `nodes_seen` ON `nodes` (`seen_at`);