CREATE TABLE `server_transfers` (
	`id` text PRIMARY KEY NOT NULL,
	`server_id` text NOT NULL,
	`from_node_id` text,
	`to_node_id` text,
	`from_name` text NOT NULL,
	`to_name` text NOT NULL,
	`to_allocation_id` text,
	`from_addresses` text NOT NULL,
	`to_addresses` text NOT NULL,
	`state` text NOT NULL,
	`problem` text,
	`started_by` text,
	`started_at` integer NOT NULL,
	`asked_at` integer,
	`ended_at` integer,
	`cleared_at` integer,
	FOREIGN KEY (`server_id`) REFERENCES `servers`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`from_node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`to_node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`to_allocation_id`) REFERENCES `allocations`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`started_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `server_transfers_going` ON `server_transfers` (`server_id`) WHERE state = 'going';--> statement-breakpoint
CREATE INDEX `server_transfers_server` ON `server_transfers` (`server_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `server_transfers_from` ON `server_transfers` (`from_node_id`,`state`);--> statement-breakpoint
CREATE INDEX `server_transfers_to` ON `server_transfers` (`to_node_id`,`state`);--> statement-breakpoint
CREATE INDEX `server_transfers_allocation` ON `server_transfers` (`to_allocation_id`);--> statement-breakpoint
CREATE INDEX `server_transfers_state` ON `server_transfers` (`state`,`started_at`);--> statement-breakpoint
CREATE INDEX `server_transfers_by` ON `server_transfers` (`started_by`);