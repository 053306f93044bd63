CREATE TABLE `egg_variables` (
	`id` text PRIMARY KEY NOT NULL,
	`egg_id` text NOT NULL,
	`position` integer NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`env` text NOT NULL,
	`default_value` text DEFAULT '' NOT NULL,
	`user_viewable` integer DEFAULT 0 NOT NULL,
	`user_editable` integer DEFAULT 0 NOT NULL,
	`rules` text DEFAULT '[]' NOT NULL,
	`field_type` text DEFAULT 'text' NOT NULL,
	`extras` text DEFAULT '{}' NOT NULL,
	FOREIGN KEY (`egg_id`) REFERENCES `eggs`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `egg_variables_env` ON `egg_variables` (`egg_id`,`env`);--> statement-breakpoint
CREATE INDEX `egg_variables_position` ON `egg_variables` (`egg_id`,`position`);--> statement-breakpoint
CREATE TABLE `eggs` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`author` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`features` text,
	`images` text NOT NULL,
	`startup` text DEFAULT '' NOT NULL,
	`stop` text DEFAULT '' NOT NULL,
	`file_denylist` text DEFAULT '[]' NOT NULL,
	`config_files` text DEFAULT '{}' NOT NULL,
	`config_startup` text DEFAULT '{}' NOT NULL,
	`config_logs` text DEFAULT '{}' NOT NULL,
	`script` text DEFAULT '' NOT NULL,
	`script_container` text DEFAULT '' NOT NULL,
	`script_entrypoint` text DEFAULT '' NOT NULL,
	`force_outgoing_ip` integer DEFAULT 0 NOT NULL,
	`update_url` text,
	`extras` text DEFAULT '{}' NOT NULL,
	`visible` integer DEFAULT 1 NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `eggs_name` ON `eggs` (`name`);--> statement-breakpoint
CREATE INDEX `eggs_author` ON `eggs` (`author`);--> statement-breakpoint
CREATE INDEX `eggs_created` ON `eggs` (`created_at`);--> statement-breakpoint
CREATE INDEX `eggs_updated` ON `eggs` (`updated_at`);