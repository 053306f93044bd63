CREATE TABLE `announcement_dismissals` (
	`user_id` text NOT NULL,
	`announcement_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `announcement_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`announcement_id`) REFERENCES `announcements`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `announcement_dismissals_announcement` ON `announcement_dismissals` (`announcement_id`);--> statement-breakpoint
CREATE TABLE `announcement_mails` (
	`announcement_id` text NOT NULL,
	`user_id` text NOT NULL,
	`status` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`answer` text,
	`due_at` integer NOT NULL,
	PRIMARY KEY(`announcement_id`, `user_id`),
	FOREIGN KEY (`announcement_id`) REFERENCES `announcements`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `announcement_mails_due` ON `announcement_mails` (`announcement_id`,`status`,`due_at`);--> statement-breakpoint
CREATE INDEX `announcement_mails_user` ON `announcement_mails` (`user_id`);--> statement-breakpoint
CREATE TABLE `announcement_optouts` (
	`user_id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `announcements` (
	`id` text PRIMARY KEY NOT NULL,
	`title` text NOT NULL,
	`body` text NOT NULL,
	`audience` text NOT NULL,
	`banner` integer NOT NULL,
	`mail` integer NOT NULL,
	`state` text NOT NULL,
	`starts_at` integer,
	`ends_at` integer,
	`reached` text DEFAULT '' NOT NULL,
	`total` integer DEFAULT 0 NOT NULL,
	`sent` integer DEFAULT 0 NOT NULL,
	`failed` integer DEFAULT 0 NOT NULL,
	`unknown` integer DEFAULT 0 NOT NULL,
	`skipped` integer DEFAULT 0 NOT NULL,
	`created_by` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE INDEX `announcements_created` ON `announcements` (`created_at`);--> statement-breakpoint
CREATE INDEX `announcements_title` ON `announcements` (`title`);--> statement-breakpoint
CREATE INDEX `announcements_starts` ON `announcements` (`starts_at`);--> statement-breakpoint
CREATE INDEX `announcements_state` ON `announcements` (`state`,`starts_at`);--> statement-breakpoint
CREATE INDEX `announcements_author` ON `announcements` (`created_by`);--> statement-breakpoint
CREATE TABLE `feedback` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`release` text NOT NULL,
	`rating` integer NOT NULL,
	`message` text NOT NULL,
	`status` text DEFAULT 'new' NOT NULL,
	`reply` text,
	`replied_by` text,
	`replied_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`replied_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `feedback_one` ON `feedback` (`user_id`,`release`);--> statement-breakpoint
CREATE INDEX `feedback_created` ON `feedback` (`created_at`);--> statement-breakpoint
CREATE INDEX `feedback_rating` ON `feedback` (`rating`);--> statement-breakpoint
CREATE INDEX `feedback_status` ON `feedback` (`status`,`created_at`);--> statement-breakpoint
CREATE INDEX `feedback_author` ON `feedback` (`replied_by`);--> statement-breakpoint
CREATE TABLE `deletions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text,
	`asked_by` text NOT NULL,
	`choices` text NOT NULL,
	`state` text NOT NULL,
	`message` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	`chosen_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `deletions_waiting` ON `deletions` (`user_id`) WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX `deletions_user` ON `deletions` (`user_id`);--> statement-breakpoint
CREATE INDEX `deletions_due` ON `deletions` (`due_at`);--> statement-breakpoint
CREATE INDEX `deletions_created` ON `deletions` (`created_at`);--> statement-breakpoint
CREATE INDEX `deletions_state` ON `deletions` (`state`,`due_at`);--> statement-breakpoint
CREATE TABLE `export_jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`asked_by` text,
	`state` text NOT NULL,
	`progress` integer DEFAULT 0 NOT NULL,
	`message` text DEFAULT '' NOT NULL,
	`size` integer DEFAULT 0 NOT NULL,
	`downloads` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	`expires_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`asked_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE INDEX `export_jobs_user` ON `export_jobs` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `export_jobs_asked` ON `export_jobs` (`asked_by`);--> statement-breakpoint
CREATE INDEX `export_jobs_created` ON `export_jobs` (`created_at`);--> statement-breakpoint
CREATE INDEX `export_jobs_size` ON `export_jobs` (`size`);--> statement-breakpoint
CREATE INDEX `export_jobs_state` ON `export_jobs` (`state`,`created_at`);--> statement-breakpoint
CREATE TABLE `short_url_clicks` (
	`short_url_id` text NOT NULL,
	`day` text NOT NULL,
	`clicks` integer NOT NULL,
	PRIMARY KEY(`short_url_id`, `day`),
	FOREIGN KEY (`short_url_id`) REFERENCES `short_urls`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `short_urls` (
	`id` text PRIMARY KEY NOT NULL,
	`code` text NOT NULL,
	`target` text NOT NULL,
	`note` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT 1 NOT NULL,
	`expires_at` integer,
	`clicks` integer DEFAULT 0 NOT NULL,
	`created_by` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `short_urls_code` ON `short_urls` (`code`);--> statement-breakpoint
CREATE INDEX `short_urls_created` ON `short_urls` (`created_at`);--> statement-breakpoint
CREATE INDEX `short_urls_clicks` ON `short_urls` (`clicks`);--> statement-breakpoint
CREATE INDEX `short_urls_expires` ON `short_urls` (`expires_at`);--> statement-breakpoint
CREATE INDEX `short_urls_author` ON `short_urls` (`created_by`);--> statement-breakpoint
CREATE INDEX `mails_status` ON `mails` (`status`,`created_at`);--> statement-breakpoint
CREATE INDEX `mails_template` ON `mails` (`template`,`created_at`);--> statement-breakpoint
CREATE INDEX `mails_subject` ON `mails` (`subject`);--> statement-breakpoint
INSERT INTO `deletions` (`id`, `user_id`, `asked_by`, `choices`, `state`, `created_at`, `chosen_at`, `due_at`)
SELECT `id`, `id`, 'staff', '[]', 'waiting', `updated_at`, `updated_at`, `deletion_due_at` FROM `users` WHERE `deletion_due_at` IS NOT NULL;
