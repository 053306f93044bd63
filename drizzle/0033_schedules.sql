CREATE TABLE `schedule_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`schedule_id` text NOT NULL,
	`steps` text NOT NULL,
	`outcomes` text DEFAULT '[]' NOT NULL,
	`state` text NOT NULL,
	`message` text DEFAULT '' NOT NULL,
	`by_label` text,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`schedule_id`) REFERENCES `server_schedules`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `schedule_runs_schedule` ON `schedule_runs` (`schedule_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `schedule_runs_state` ON `schedule_runs` (`state`);--> statement-breakpoint
CREATE TABLE `schedule_steps` (
	`id` text PRIMARY KEY NOT NULL,
	`schedule_id` text NOT NULL,
	`position` integer NOT NULL,
	`kind` text NOT NULL,
	`payload` text NOT NULL,
	`wait` integer DEFAULT 0 NOT NULL,
	`goes_on` integer DEFAULT 0 NOT NULL,
	`author` text NOT NULL,
	`author_id` text NOT NULL,
	FOREIGN KEY (`schedule_id`) REFERENCES `server_schedules`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `schedule_steps_position` ON `schedule_steps` (`schedule_id`,`position`);--> statement-breakpoint
CREATE TABLE `server_schedules` (
	`id` text PRIMARY KEY NOT NULL,
	`server_id` text NOT NULL,
	`name` text NOT NULL,
	`cron` text NOT NULL,
	`timezone` text DEFAULT 'UTC' NOT NULL,
	`enabled` integer DEFAULT 1 NOT NULL,
	`only_running` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`revision` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`server_id`) REFERENCES `servers`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `server_schedules_server` ON `server_schedules` (`server_id`);--> statement-breakpoint
CREATE INDEX `server_schedules_next` ON `server_schedules` (`next_at`);