DROP VIEW rrsets;
--> statement-breakpoint
CREATE TABLE `rrset_rows_numbered` (
	`id` integer PRIMARY KEY NOT NULL,
	`generation` integer NOT NULL,
	`sort_key` text NOT NULL,
	`type` text NOT NULL,
	`name` text NOT NULL,
	`ttl` integer NOT NULL,
	`records` text NOT NULL,
	`record_count` integer NOT NULL,
	FOREIGN KEY (`generation`) REFERENCES `generations`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
INSERT INTO rrset_rows_numbered (generation, sort_key, type, name, ttl, records, record_count)
  SELECT generation, sort_key, type, name, ttl, records, record_count FROM rrset_rows ORDER BY generation, sort_key, type;
--> statement-breakpoint
DROP TABLE rrset_rows;
--> statement-breakpoint
ALTER TABLE rrset_rows_numbered RENAME TO rrset_rows;
--> statement-breakpoint
CREATE UNIQUE INDEX `rrset_rows_key` ON `rrset_rows` (`generation`,`sort_key`,`type`);
--> statement-breakpoint
CREATE INDEX `rrset_rows_type` ON `rrset_rows` (`generation`,`type`,`sort_key`);
--> statement-breakpoint
CREATE INDEX `rrset_rows_ttl` ON `rrset_rows` (`generation`,`ttl`,`sort_key`,`type`);
--> statement-breakpoint
CREATE VIEW rrsets AS
  SELECT r.id AS row_id, z.id AS zone_id, r.sort_key, r.type, r.name, r.ttl, r.records, r.record_count
  FROM zones z JOIN rrset_rows r ON r.generation = z.generation;
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
--> statement-breakpoint
-- What is searched of an RRset, one line each: its type between two \x02, its name relative to the apex and then \x03, and its
-- contents without quotes, escapes and the joints of long texts. It is indexed under its generation and its number.
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
CREATE VIRTUAL TABLE rrset_text USING fts5(text, content='', contentless_delete=1, tokenize='trigram');
--> statement-breakpoint
INSERT INTO rrset_text (rowid, text) SELECT place, text FROM rrset_lines;
--> statement-breakpoint
CREATE TRIGGER rrset_rows_found AFTER INSERT ON rrset_rows
BEGIN
  INSERT INTO rrset_text (rowid, text) SELECT place, text FROM rrset_lines WHERE id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER rrset_rows_found_otherwise AFTER UPDATE OF records ON rrset_rows WHEN new.records <> old.records
BEGIN
  DELETE FROM rrset_text WHERE rowid = old.generation << 36 | old.id;
  INSERT INTO rrset_text (rowid, text) SELECT place, text FROM rrset_lines WHERE id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER rrset_rows_found_no_more AFTER DELETE ON rrset_rows
BEGIN
  DELETE FROM rrset_text WHERE rowid = old.generation << 36 | old.id;
END;
