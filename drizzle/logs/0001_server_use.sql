CREATE TABLE `server_use` (
	`resolution` integer NOT NULL,
	`at` integer NOT NULL,
	`server` integer NOT NULL,
	`times` integer NOT NULL,
	`cpu` integer NOT NULL,
	`cpu_most` integer NOT NULL,
	`memory` integer NOT NULL,
	`memory_most` integer NOT NULL,
	`disk` integer NOT NULL,
	`counted` integer NOT NULL,
	`received` integer NOT NULL,
	`sent` integer NOT NULL,
	PRIMARY KEY(`resolution`, `at`, `server`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `used_servers` (
	`id` integer PRIMARY KEY NOT NULL,
	`server` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `used_servers_server` ON `used_servers` (`server`);