CREATE TABLE `record_ids` (
	`generation` integer NOT NULL,
	`id` text NOT NULL,
	`row_id` integer NOT NULL,
	PRIMARY KEY(`generation`, `id`),
	FOREIGN KEY (`generation`) REFERENCES `generations`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT OR IGNORE INTO record_ids (generation, id, row_id)
  SELECT r.generation, value ->> 'id', r.id FROM rrset_rows r, json_each(r.records) WHERE value ->> 'id' IS NOT NULL ORDER BY 1, 2;
--> statement-breakpoint
DROP INDEX `rrset_rows_first`;
--> statement-breakpoint
DROP INDEX `rrset_rows_several`;
--> statement-breakpoint
DROP TRIGGER rrset_rows_found;
--> statement-breakpoint
DROP TRIGGER rrset_rows_found_otherwise;
--> statement-breakpoint
-- A provider may have a record twice.
CREATE TRIGGER rrset_rows_found AFTER INSERT ON rrset_rows
  WHEN EXISTS (SELECT 1 FROM zones WHERE generation = new.generation)
BEGIN
  INSERT INTO rrset_text (rowid, text) SELECT place, text FROM rrset_lines WHERE id = new.id;
  INSERT INTO record_ids (generation, id, row_id)
    SELECT new.generation, value ->> 'id', new.id FROM json_each(new.records) WHERE value ->> 'id' IS NOT NULL
    ON CONFLICT (generation, id) DO UPDATE SET row_id = excluded.row_id;
END;
--> statement-breakpoint
CREATE TRIGGER rrset_rows_found_otherwise AFTER UPDATE OF records ON rrset_rows
  WHEN new.records <> old.records AND EXISTS (SELECT 1 FROM zones WHERE generation = new.generation)
BEGIN
  DELETE FROM rrset_text WHERE rowid = old.generation << 36 | old.id;
  INSERT INTO rrset_text (rowid, text) SELECT place, text FROM rrset_lines WHERE id = new.id;
  DELETE FROM record_ids
    WHERE generation = old.generation AND id IN (SELECT value ->> 'id' FROM json_each(old.records)) AND row_id = old.id;
  INSERT INTO record_ids (generation, id, row_id)
    SELECT new.generation, value ->> 'id', new.id FROM json_each(new.records) WHERE value ->> 'id' IS NOT NULL
    ON CONFLICT (generation, id) DO UPDATE SET row_id = excluded.row_id;
END;
--> statement-breakpoint
-- Of a generation that goes as a whole they go with it.
CREATE TRIGGER record_ids_gone AFTER DELETE ON rrset_rows
  WHEN EXISTS (SELECT 1 FROM zones WHERE generation = old.generation)
BEGIN
  DELETE FROM record_ids
    WHERE generation = old.generation AND id IN (SELECT value ->> 'id' FROM json_each(old.records)) AND row_id = old.id;
END;
