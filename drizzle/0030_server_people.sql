CREATE TABLE `server_holders` (
	`server_id` text NOT NULL,
	`user_id` text NOT NULL,
	`given` text NOT NULL,
	`as_staff` integer NOT NULL,
	`given_at` integer NOT NULL,
	`cut_at` integer,
	PRIMARY KEY(`server_id`, `user_id`),
	FOREIGN KEY (`server_id`) REFERENCES `servers`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `server_holders_user` ON `server_holders` (`user_id`,`cut_at`);--> statement-breakpoint
CREATE INDEX `server_holders_staff` ON `server_holders` (`as_staff`,`cut_at`);--> statement-breakpoint
CREATE TABLE `server_invites` (
	`id` text PRIMARY KEY NOT NULL,
	`server_id` text NOT NULL,
	`email` text NOT NULL,
	`capabilities` text NOT NULL,
	`access_until` integer,
	`token_hash` text,
	`mail_id` text,
	`invited_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`server_id`) REFERENCES `servers`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`invited_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `server_invites_email` ON `server_invites` (`server_id`,`email`);--> statement-breakpoint
CREATE INDEX `server_invites_address` ON `server_invites` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `server_invites_token` ON `server_invites` (`token_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `server_invites_mail` ON `server_invites` (`mail_id`);--> statement-breakpoint
CREATE INDEX `server_invites_sender` ON `server_invites` (`invited_by`);--> statement-breakpoint
CREATE TABLE `server_reports` (
	`id` text PRIMARY KEY NOT NULL,
	`server_id` text NOT NULL,
	`user_id` text,
	`event` text NOT NULL,
	`details` text NOT NULL,
	`address` text,
	`at` integer NOT NULL,
	`received_at` integer NOT NULL,
	`digest` text NOT NULL,
	FOREIGN KEY (`server_id`) REFERENCES `servers`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `server_reports_digest` ON `server_reports` (`server_id`,`digest`);--> statement-breakpoint
CREATE INDEX `server_reports_at` ON `server_reports` (`server_id`,`at`);--> statement-breakpoint
CREATE INDEX `server_reports_received` ON `server_reports` (`received_at`);--> statement-breakpoint
CREATE INDEX `server_reports_user` ON `server_reports` (`user_id`);--> statement-breakpoint
CREATE TABLE `sftp_passwords` (
	`server_id` text NOT NULL,
	`user_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	PRIMARY KEY(`server_id`, `user_id`),
	FOREIGN KEY (`server_id`) REFERENCES `servers`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `sftp_passwords_user` ON `sftp_passwords` (`user_id`);--> statement-breakpoint
CREATE TABLE `ssh_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`public_key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `ssh_keys_fingerprint` ON `ssh_keys` (`user_id`,`fingerprint`);--> statement-breakpoint
CREATE INDEX `server_subusers_expires` ON `server_subusers` (`expires_at`);