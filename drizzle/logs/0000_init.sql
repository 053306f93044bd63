CREATE TABLE `errors` (
	`id` integer PRIMARY KEY NOT NULL,
	`source` text NOT NULL,
	`request_id` text,
	`place` text NOT NULL,
	`name` text NOT NULL,
	`message` text NOT NULL,
	`stack` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `errors_request` ON `errors` (`request_id`);--> statement-breakpoint
CREATE INDEX `errors_source` ON `errors` (`source`);--> statement-breakpoint
CREATE TABLE `requests` (
	`id` integer PRIMARY KEY NOT NULL,
	`request_id` blob NOT NULL,
	`route` integer NOT NULL,
	`status` integer NOT NULL,
	`micros` integer NOT NULL,
	`actor_type` integer NOT NULL,
	`actor` blob,
	`address` text,
	`code` text
) STRICT;
--> statement-breakpoint
CREATE INDEX `requests_route` ON `requests` (`route`);--> statement-breakpoint
CREATE INDEX `requests_status` ON `requests` (`status`);--> statement-breakpoint
CREATE INDEX `requests_actor` ON `requests` (`actor`) WHERE actor is not null;--> statement-breakpoint
CREATE INDEX `requests_refused` ON `requests` (`id`) WHERE status >= 400;--> statement-breakpoint
CREATE INDEX `requests_failed` ON `requests` (`id`) WHERE status >= 500;--> statement-breakpoint
CREATE INDEX `requests_over_100` ON `requests` (`id`) WHERE micros >= 100000;--> statement-breakpoint
CREATE INDEX `requests_over_1000` ON `requests` (`id`) WHERE micros >= 1000000;--> statement-breakpoint
CREATE INDEX `requests_over_5000` ON `requests` (`id`) WHERE micros >= 5000000;--> statement-breakpoint
CREATE TABLE `route_times` (
	`resolution` integer NOT NULL,
	`at` integer NOT NULL,
	`route` integer NOT NULL,
	`failures` integer NOT NULL,
	`counts` text NOT NULL,
	PRIMARY KEY(`resolution`, `at`, `route`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `routes` (
	`id` integer PRIMARY KEY NOT NULL,
	`method` text NOT NULL,
	`template` text NOT NULL,
	`action` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `routes_what` ON `routes` (`method`,`template`,`action`);--> statement-breakpoint
CREATE TABLE `samples` (
	`resolution` integer NOT NULL,
	`at` integer NOT NULL,
	`requests` integer NOT NULL,
	`failures` integer NOT NULL,
	`p50` real,
	`p95` real,
	`p99` real,
	`lag` real NOT NULL,
	`memory` integer NOT NULL,
	`heap` integer NOT NULL,
	`cpu` real NOT NULL,
	`database` integer NOT NULL,
	`wal` integer NOT NULL,
	`waiting` integer NOT NULL,
	`running` integer NOT NULL,
	`failed` integer NOT NULL,
	`calls` integer NOT NULL,
	`call_failures` integer NOT NULL,
	`call_ms` real,
	PRIMARY KEY(`resolution`, `at`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `statements` (
	`id` integer PRIMARY KEY NOT NULL,
	`text` text NOT NULL,
	`times` integer NOT NULL,
	`total_micros` integer NOT NULL,
	`max_micros` integer NOT NULL,
	`last_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `statements_text` ON `statements` (`text`);--> statement-breakpoint
CREATE INDEX `statements_times` ON `statements` (`times`);--> statement-breakpoint
CREATE INDEX `statements_total` ON `statements` (`total_micros`);--> statement-breakpoint
CREATE INDEX `statements_max` ON `statements` (`max_micros`);--> statement-breakpoint
CREATE INDEX `statements_last` ON `statements` (`last_at`);--> statement-breakpoint
CREATE VIRTUAL TABLE error_text USING fts5(place, name, message, stack, content='errors', content_rowid='id', tokenize='trigram');--> statement-breakpoint
CREATE TRIGGER error_added AFTER INSERT ON errors BEGIN
  INSERT INTO error_text (rowid, place, name, message, stack) VALUES (new.id, new.place, new.name, new.message, new.stack);
END;--> statement-breakpoint
CREATE TRIGGER error_removed AFTER DELETE ON errors BEGIN
  INSERT INTO error_text (error_text, rowid, place, name, message, stack) VALUES ('delete', old.id, old.place, old.name, old.message, old.stack);
END;
