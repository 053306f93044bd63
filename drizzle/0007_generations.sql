CREATE TABLE `generation_types` (
	`generation` integer NOT NULL,
	`type` text NOT NULL,
	`sets` integer NOT NULL,
	`records` integer NOT NULL,
	PRIMARY KEY(`generation`, `type`),
	FOREIGN KEY (`generation`) REFERENCES `generations`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `generations` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`zone_id` text NOT NULL,
	FOREIGN KEY (`zone_id`) REFERENCES `zones`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `generations_zone` ON `generations` (`zone_id`);--> statement-breakpoint
CREATE TABLE `rrset_rows` (
	`generation` integer NOT NULL,
	`sort_key` text NOT NULL,
	`type` text NOT NULL,
	`name` text NOT NULL,
	`ttl` integer NOT NULL,
	`records` text NOT NULL,
	`record_count` integer NOT NULL,
	PRIMARY KEY(`generation`, `sort_key`, `type`),
	FOREIGN KEY (`generation`) REFERENCES `generations`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `rrset_rows_type` ON `rrset_rows` (`generation`,`type`,`sort_key`);--> statement-breakpoint
CREATE INDEX `rrset_rows_ttl` ON `rrset_rows` (`generation`,`ttl`,`sort_key`,`type`);--> statement-breakpoint
CREATE TABLE `zone_change_parts` (
	`change_id` text NOT NULL,
	`part` integer NOT NULL,
	`plan` text NOT NULL,
	PRIMARY KEY(`change_id`, `part`),
	FOREIGN KEY (`change_id`) REFERENCES `zone_changes`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `zone_imports` (
	`id` text PRIMARY KEY NOT NULL,
	`batch_id` text,
	`organisation_id` text NOT NULL,
	`zone_id` text,
	`name` text NOT NULL,
	`mode` text NOT NULL,
	`apex` integer NOT NULL,
	`state` text NOT NULL,
	`progress` integer DEFAULT 0 NOT NULL,
	`confirmed` integer DEFAULT 0 NOT NULL,
	`outcome` text,
	`message` text DEFAULT '' NOT NULL,
	`change_id` text,
	`actor` text NOT NULL,
	`user_id` text,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`zone_id`) REFERENCES `zones`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE INDEX `zone_imports_zone` ON `zone_imports` (`zone_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `zone_imports_organisation` ON `zone_imports` (`organisation_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `zone_imports_batch` ON `zone_imports` (`batch_id`);--> statement-breakpoint
CREATE INDEX `zone_imports_user` ON `zone_imports` (`user_id`);--> statement-breakpoint
ALTER TABLE `zone_changes` ADD `more_steps` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `zone_changes` ADD `counts` text;--> statement-breakpoint
ALTER TABLE `zones` ADD `generation` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `zones_generation` ON `zones` (`generation`);--> statement-breakpoint
INSERT INTO generations (zone_id) SELECT id FROM zones;
--> statement-breakpoint
UPDATE zones SET generation = (SELECT g.id FROM generations g WHERE g.zone_id = zones.id);
--> statement-breakpoint
INSERT INTO rrset_rows (generation, sort_key, type, name, ttl, records, record_count)
  SELECT z.generation, r.sort_key, r.type, r.name, r.ttl, r.records, r.record_count
  FROM rrsets r JOIN zones z ON z.id = r.zone_id ORDER BY z.generation, r.sort_key, r.type;
--> statement-breakpoint
INSERT INTO generation_types (generation, type, sets, records)
  SELECT z.generation, t.type, t.sets, t.records FROM zone_types t JOIN zones z ON z.id = t.zone_id;
--> statement-breakpoint
DROP TABLE `rrsets`;
--> statement-breakpoint
DROP TABLE `zone_types`;
--> statement-breakpoint
CREATE VIEW rrsets AS
  SELECT r.rowid AS row_id, z.id AS zone_id, r.sort_key, r.type, r.name, r.ttl, r.records, r.record_count
  FROM zones z JOIN rrset_rows r ON r.generation = z.generation;
--> statement-breakpoint
CREATE VIEW zone_types AS
  SELECT z.id AS zone_id, t.type, t.sets, t.records
  FROM zones z JOIN generation_types t ON t.generation = z.generation;
--> statement-breakpoint
CREATE TRIGGER zones_first_generation AFTER INSERT ON zones
BEGIN
  INSERT INTO generations (zone_id) VALUES (new.id);
  UPDATE zones SET generation = last_insert_rowid() WHERE id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER rrset_rows_counted_in AFTER INSERT ON rrset_rows
  WHEN EXISTS (SELECT 1 FROM zones WHERE generation = new.generation)
BEGIN
  INSERT INTO generation_types (generation, type, sets, records) VALUES (new.generation, new.type, 1, new.record_count)
    ON CONFLICT (generation, type) DO UPDATE SET sets = sets + 1, records = records + excluded.records;
  UPDATE zones SET record_count = record_count + new.record_count WHERE generation = new.generation;
END;
--> statement-breakpoint
CREATE TRIGGER rrset_rows_counted_again AFTER UPDATE OF record_count ON rrset_rows
  WHEN new.record_count <> old.record_count AND EXISTS (SELECT 1 FROM zones WHERE generation = new.generation)
BEGIN
  UPDATE generation_types SET records = records + new.record_count - old.record_count
    WHERE generation = new.generation AND type = new.type;
  UPDATE zones SET record_count = record_count + new.record_count - old.record_count WHERE generation = new.generation;
END;
--> statement-breakpoint
CREATE TRIGGER rrset_rows_counted_out AFTER DELETE ON rrset_rows
  WHEN EXISTS (SELECT 1 FROM zones WHERE generation = old.generation)
BEGIN
  UPDATE generation_types SET sets = sets - 1, records = records - old.record_count
    WHERE generation = old.generation AND type = old.type;
  UPDATE zones SET record_count = record_count - old.record_count WHERE generation = old.generation;
END;
