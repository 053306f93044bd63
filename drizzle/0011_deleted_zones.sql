CREATE TABLE `deleted_rrsets` (
	`zone_id` text NOT NULL,
	`sort_key` text NOT NULL,
	`type` text NOT NULL,
	`name` text NOT NULL,
	`ttl` integer NOT NULL,
	`records` text NOT NULL,
	PRIMARY KEY(`zone_id`, `sort_key`, `type`),
	FOREIGN KEY (`zone_id`) REFERENCES `deleted_zones`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `deleted_zones` (
	`id` text PRIMARY KEY NOT NULL,
	`organisation_id` text NOT NULL,
	`connection` text NOT NULL,
	`name` text NOT NULL,
	`origin` text NOT NULL,
	`deleted_at` text NOT NULL,
	`description` text NOT NULL,
	`held_since` integer,
	`revision` integer NOT NULL,
	`record_count` integer NOT NULL,
	`permissions` text NOT NULL,
	`created_at` integer NOT NULL,
	`actor_id` text,
	`actor_label` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `deleted_zones_organisation` ON `deleted_zones` (`organisation_id`,`at`);--> statement-breakpoint
CREATE INDEX `deleted_zones_at` ON `deleted_zones` (`at`);--> statement-breakpoint
ALTER TABLE `zones` ADD `description` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `zones` ADD `held_since` integer;