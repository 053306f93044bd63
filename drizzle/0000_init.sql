CREATE TABLE `attempts` (
	`key` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`locked_until` integer NOT NULL,
	`expires_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `attempts_expires` ON `attempts` (`expires_at`);--> statement-breakpoint
CREATE TABLE `role_grants` (
	`role_id` text NOT NULL,
	`permission` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`role_id`, `permission`),
	FOREIGN KEY (`role_id`) REFERENCES `roles`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `roles` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`parent_id` text,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `roles_name` ON `roles` (`name`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`address` text NOT NULL,
	`user_agent` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE INDEX `sessions_expires` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `user_roles` (
	`user_id` text NOT NULL,
	`role_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `role_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`role_id`) REFERENCES `roles`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `user_roles_role` ON `user_roles` (`role_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_verified_at` integer,
	`password_hash` text,
	`suspended_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`email`);--> statement-breakpoint
CREATE INDEX `users_name` ON `users` (`name`);--> statement-breakpoint
CREATE INDEX `users_created` ON `users` (`created_at`);--> statement-breakpoint
CREATE TABLE `rrsets` (
	`zone_id` text NOT NULL,
	`sort_key` text NOT NULL,
	`type` text NOT NULL,
	`name` text NOT NULL,
	`ttl` integer NOT NULL,
	`records` text NOT NULL,
	`record_count` integer NOT NULL,
	PRIMARY KEY(`zone_id`, `sort_key`, `type`),
	FOREIGN KEY (`zone_id`) REFERENCES `zones`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `rrsets_type` ON `rrsets` (`zone_id`,`type`,`sort_key`);--> statement-breakpoint
CREATE INDEX `rrsets_name` ON `rrsets` (`zone_id`,`name`);--> statement-breakpoint
CREATE INDEX `rrsets_ttl` ON `rrsets` (`zone_id`,`ttl`,`sort_key`,`type`);--> statement-breakpoint
CREATE TABLE `zone_changes` (
	`id` text PRIMARY KEY NOT NULL,
	`zone_id` text NOT NULL,
	`batch_id` text,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`plan` text NOT NULL,
	`differs` text,
	`message` text DEFAULT '' NOT NULL,
	`actor_type` text NOT NULL,
	`actor_id` text,
	`actor_label` text NOT NULL,
	`actor` text NOT NULL,
	`steps` integer DEFAULT 1 NOT NULL,
	`steps_done` integer DEFAULT 0 NOT NULL,
	`revision` integer,
	`created_at` integer NOT NULL,
	`sent_at` integer,
	`settled_at` integer,
	`read_hash` text,
	`read_at` integer,
	FOREIGN KEY (`zone_id`) REFERENCES `zones`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `zone_changes_zone` ON `zone_changes` (`zone_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `zone_changes_open` ON `zone_changes` (`zone_id`) WHERE state in ('pending', 'unknown');--> statement-breakpoint
CREATE TABLE `zone_permissions` (
	`zone_id` text NOT NULL,
	`user_id` text NOT NULL,
	`can_view` integer NOT NULL,
	`can_modify` integer NOT NULL,
	`can_delete` integer NOT NULL,
	`names` text DEFAULT '[]' NOT NULL,
	`types` text DEFAULT '[]' NOT NULL,
	`expires_at` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`zone_id`, `user_id`),
	FOREIGN KEY (`zone_id`) REFERENCES `zones`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "zone_permissions_ladder" CHECK(can_view in (0, 1) and can_modify <= can_view and can_delete <= can_modify and can_delete >= 0)
) STRICT;
--> statement-breakpoint
CREATE INDEX `zone_permissions_user` ON `zone_permissions` (`user_id`);--> statement-breakpoint
CREATE TABLE `zones` (
	`id` text PRIMARY KEY NOT NULL,
	`organisation_id` text NOT NULL,
	`connection` text NOT NULL,
	`name` text NOT NULL,
	`external_id` text,
	`origin` text NOT NULL,
	`status` text NOT NULL,
	`status_message` text DEFAULT '' NOT NULL,
	`revision` integer DEFAULT 0 NOT NULL,
	`provider_version` text,
	`serial` integer,
	`record_count` integer DEFAULT 0 NOT NULL,
	`refreshed_at` integer DEFAULT 0 NOT NULL,
	`compared_at` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `zones_connection_name` ON `zones` (`connection`,`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `zones_organisation_name` ON `zones` (`organisation_id`,`name`);--> statement-breakpoint
CREATE INDEX `zones_name` ON `zones` (`name`);--> statement-breakpoint
CREATE TABLE `organisation_invites` (
	`id` text PRIMARY KEY NOT NULL,
	`organisation_id` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`invited_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`invited_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `organisation_invites_email` ON `organisation_invites` (`organisation_id`,`email`);--> statement-breakpoint
CREATE INDEX `organisation_invites_address` ON `organisation_invites` (`email`);--> statement-breakpoint
CREATE INDEX `organisation_invites_sender` ON `organisation_invites` (`invited_by`);--> statement-breakpoint
CREATE TABLE `organisation_members` (
	`organisation_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`organisation_id`, `user_id`),
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `organisation_members_user` ON `organisation_members` (`user_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `organisation_members_owner` ON `organisation_members` (`organisation_id`) WHERE role = 'owner';--> statement-breakpoint
CREATE TABLE `organisations` (
	`id` text PRIMARY KEY NOT NULL,
	`handle` text NOT NULL,
	`name` text NOT NULL,
	`member_default` text DEFAULT 'view' NOT NULL,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `organisations_handle` ON `organisations` (`handle`);--> statement-breakpoint
CREATE INDEX `organisations_name` ON `organisations` (`name`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor_type` text NOT NULL,
	`actor_id` text,
	`actor_label` text NOT NULL,
	`action` text NOT NULL,
	`target_type` text NOT NULL,
	`target_id` text,
	`target_label` text NOT NULL,
	`organisation_id` text,
	`outcome` text NOT NULL,
	`as_staff` integer DEFAULT 0 NOT NULL,
	`before` text,
	`after` text,
	`address` text,
	`request_id` text,
	`batch_id` text
) STRICT;
--> statement-breakpoint
CREATE INDEX `audit_log_at` ON `audit_log` (`at`);--> statement-breakpoint
CREATE INDEX `audit_log_actor` ON `audit_log` (`actor_id`,`at`);--> statement-breakpoint
CREATE INDEX `audit_log_target` ON `audit_log` (`target_type`,`target_id`,`at`);--> statement-breakpoint
CREATE INDEX `audit_log_organisation` ON `audit_log` (`organisation_id`,`at`);--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL
) STRICT;
