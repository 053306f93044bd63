CREATE TABLE `__new_zone_changes` (
	`id` text PRIMARY KEY NOT NULL,
	`zone_id` text NOT NULL,
	`batch_id` text,
	`undoes` text,
	`restored_to` integer,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`plan` text NOT NULL,
	`more_steps` integer DEFAULT 0 NOT NULL,
	`counts` text,
	`differs` text,
	`message` text DEFAULT '' NOT NULL,
	`actor_type` text NOT NULL,
	`actor_id` text,
	`actor_label` text NOT NULL,
	`actor` text NOT NULL,
	`steps` integer DEFAULT 1 NOT NULL,
	`steps_done` integer DEFAULT 0 NOT NULL,
	`revision` integer,
	`known_until` integer,
	`created_at` integer NOT NULL,
	`sent_at` integer,
	`settled_at` integer,
	`read_hash` text,
	`read_at` integer
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_zone_changes`("id", "zone_id", "batch_id", "undoes", "restored_to", "kind", "state", "plan", "more_steps", "counts", "differs", "message", "actor_type", "actor_id", "actor_label", "actor", "steps", "steps_done", "revision", "known_until", "created_at", "sent_at", "settled_at", "read_hash", "read_at") SELECT "id", "zone_id", "batch_id", NULL, NULL, "kind", "state", "plan", "more_steps", "counts", "differs", "message", "actor_type", "actor_id", "actor_label", "actor", "steps", "steps_done", "revision", NULL, "created_at", "sent_at", "settled_at", "read_hash", "read_at" FROM `zone_changes`;--> statement-breakpoint
DROP TABLE `zone_changes`;--> statement-breakpoint
ALTER TABLE `__new_zone_changes` RENAME TO `zone_changes`;--> statement-breakpoint
CREATE INDEX `zone_changes_zone` ON `zone_changes` (`zone_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `zone_changes_open` ON `zone_changes` (`zone_id`) WHERE state in ('pending', 'unknown');--> statement-breakpoint
CREATE INDEX `zone_changes_revision` ON `zone_changes` (`zone_id`,`revision`);--> statement-breakpoint
CREATE INDEX `zone_changes_actor` ON `zone_changes` (`zone_id`,`actor_id`,`actor_label`);--> statement-breakpoint
CREATE INDEX `zone_changes_undoes` ON `zone_changes` (`undoes`) WHERE undoes is not null;--> statement-breakpoint
CREATE INDEX `zone_changes_batch` ON `zone_changes` (`batch_id`) WHERE batch_id is not null;
