CREATE TABLE `bulk_zones` (
	`bulk_id` text NOT NULL,
	`zone_id` text NOT NULL,
	`position` integer NOT NULL,
	`name` text NOT NULL,
	`digest` text NOT NULL,
	`state` text DEFAULT 'waiting' NOT NULL,
	`message` text DEFAULT '' NOT NULL,
	`change_id` text,
	`undo_state` text,
	`undo_message` text DEFAULT '' NOT NULL,
	`undo_change_id` text,
	PRIMARY KEY(`bulk_id`, `zone_id`),
	FOREIGN KEY (`bulk_id`) REFERENCES `bulks`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `bulks` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`wanted` text NOT NULL,
	`confirmed` integer NOT NULL,
	`state` text NOT NULL,
	`actor` text NOT NULL,
	`undo_actor` text,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	`undone_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `bulks_user` ON `bulks` (`user_id`,`created_at`);