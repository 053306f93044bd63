-- An index that is told of each row by a trigger writes itself out after each. What is built beside a zone is indexed by
-- whoever builds it, many rows at a time, before the zone points to it.
DROP TRIGGER rrset_rows_found;
--> statement-breakpoint
DROP TRIGGER rrset_rows_found_otherwise;
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
