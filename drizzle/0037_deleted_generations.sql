-- What refers to the table, which is made anew without its reference; foreign keys are off meanwhile (`db/migrate.ts`).
DROP TRIGGER zones_first_generation;
--> statement-breakpoint
DROP TRIGGER rrset_rows_found;
--> statement-breakpoint
DROP TRIGGER rrset_rows_found_otherwise;
--> statement-breakpoint
DROP VIEW rrset_lines;
--> statement-breakpoint
CREATE TABLE `__new_generations` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`zone_id` text NOT NULL
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_generations`("id", "zone_id") SELECT "id", "zone_id" FROM `generations`;
--> statement-breakpoint
DELETE FROM sqlite_sequence WHERE name = '__new_generations';
--> statement-breakpoint
INSERT INTO sqlite_sequence (name, seq) SELECT '__new_generations', seq FROM sqlite_sequence WHERE name = 'generations';
--> statement-breakpoint
DROP TABLE `generations`;
--> statement-breakpoint
ALTER TABLE `__new_generations` RENAME TO `generations`;
--> statement-breakpoint
CREATE INDEX `generations_zone` ON `generations` (`zone_id`);
--> statement-breakpoint
ALTER TABLE `deleted_zones` ADD `generation` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
CREATE INDEX `deleted_zones_generation` ON `deleted_zones` (`generation`);
--> statement-breakpoint
CREATE VIEW rrset_lines AS
  SELECT r.id, r.generation << 36 | r.id AS place,
    char(2) || r.type || char(2) || char(10)
    || CASE WHEN r.name = z.name THEN '@' ELSE replace(substr(r.name, 1, length(r.name) - length(z.name) - 1), '\', '') END
    || char(3) || char(10)
    || coalesce((SELECT group_concat(replace(replace(replace(value ->> 'content', '" "', ''), '"', ''), '\', ''), char(10))
         FROM json_each(r.records)), '')
    || char(10) AS text
  FROM rrset_rows r JOIN generations g ON g.id = r.generation JOIN zones z ON z.id = g.zone_id;
--> statement-breakpoint
CREATE TRIGGER rrset_rows_found AFTER INSERT ON rrset_rows
  WHEN EXISTS (SELECT 1 FROM zones WHERE generation = new.generation)
BEGIN
  INSERT INTO rrset_text (rowid, text) SELECT place, text FROM rrset_lines WHERE id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER rrset_rows_found_otherwise AFTER UPDATE OF records ON rrset_rows
  WHEN new.records <> old.records AND EXISTS (SELECT 1 FROM zones WHERE generation = new.generation)
BEGIN
  DELETE FROM rrset_text WHERE rowid = old.generation << 36 | old.id;
  INSERT INTO rrset_text (rowid, text) SELECT place, text FROM rrset_lines WHERE id = new.id;
END;
--> statement-breakpoint
-- One that comes back has its generation already.
CREATE TRIGGER zones_first_generation AFTER INSERT ON zones WHEN new.generation = 0
BEGIN
  INSERT INTO generations (zone_id) VALUES (new.id);
  UPDATE zones SET generation = last_insert_rowid() WHERE id = new.id;
END;
--> statement-breakpoint
-- A zone that cannot be brought back takes what it held along.
CREATE TRIGGER zones_last_generation AFTER DELETE ON zones
  WHEN NOT EXISTS (SELECT 1 FROM deleted_zones WHERE id = old.id)
BEGIN
  DELETE FROM generations WHERE zone_id = old.id;
END;
--> statement-breakpoint
-- What deleted zones held becomes a generation of each, indexed like every other.
INSERT INTO generations (zone_id) SELECT id FROM deleted_zones ORDER BY at, id;
--> statement-breakpoint
UPDATE deleted_zones SET generation = (SELECT max(g.id) FROM generations g WHERE g.zone_id = deleted_zones.id);
--> statement-breakpoint
INSERT INTO rrset_rows (generation, sort_key, type, name, ttl, records, record_count)
  SELECT d.generation, r.sort_key, r.type, r.name, r.ttl, r.records, json_array_length(r.records)
  FROM deleted_rrsets r JOIN deleted_zones d ON d.id = r.zone_id ORDER BY d.generation, r.sort_key, r.type;
--> statement-breakpoint
INSERT INTO generation_types (generation, type, sets, records)
  SELECT r.generation, r.type, count(*), sum(r.record_count)
  FROM rrset_rows r JOIN deleted_zones d ON d.generation = r.generation GROUP BY r.generation, r.type;
--> statement-breakpoint
INSERT INTO rrset_text (rowid, text)
  SELECT r.generation << 36 | r.id,
    char(2) || r.type || char(2) || char(10)
    || CASE WHEN r.name = d.name THEN '@' ELSE replace(substr(r.name, 1, length(r.name) - length(d.name) - 1), '\', '') END
    || char(3) || char(10)
    || coalesce((SELECT group_concat(replace(replace(replace(value ->> 'content', '" "', ''), '"', ''), '\', ''), char(10))
         FROM json_each(r.records)), '')
    || char(10)
  FROM rrset_rows r JOIN deleted_zones d ON d.generation = r.generation ORDER BY r.generation, r.id;
--> statement-breakpoint
DROP TABLE `deleted_rrsets`;
