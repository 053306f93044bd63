CREATE TABLE `zone_types` (
	`zone_id` text NOT NULL,
	`type` text NOT NULL,
	`sets` integer NOT NULL,
	`records` integer NOT NULL,
	PRIMARY KEY(`zone_id`, `type`),
	FOREIGN KEY (`zone_id`) REFERENCES `zones`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
INSERT INTO zone_types (zone_id, type, sets, records)
  SELECT zone_id, type, count(*), sum(record_count) FROM rrsets GROUP BY zone_id, type;
--> statement-breakpoint
UPDATE zones SET record_count = coalesce((SELECT sum(records) FROM zone_types t WHERE t.zone_id = zones.id), 0);
--> statement-breakpoint
CREATE TRIGGER rrsets_counted_in AFTER INSERT ON rrsets
BEGIN
  INSERT INTO zone_types (zone_id, type, sets, records) VALUES (new.zone_id, new.type, 1, new.record_count)
    ON CONFLICT (zone_id, type) DO UPDATE SET sets = sets + 1, records = records + excluded.records;
  UPDATE zones SET record_count = record_count + new.record_count WHERE id = new.zone_id;
END;
--> statement-breakpoint
CREATE TRIGGER rrsets_counted_again AFTER UPDATE OF record_count ON rrsets WHEN new.record_count <> old.record_count
BEGIN
  UPDATE zone_types SET records = records + new.record_count - old.record_count
    WHERE zone_id = new.zone_id AND type = new.type;
  UPDATE zones SET record_count = record_count + new.record_count - old.record_count WHERE id = new.zone_id;
END;
--> statement-breakpoint
CREATE TRIGGER rrsets_counted_out AFTER DELETE ON rrsets
BEGIN
  UPDATE zone_types SET sets = sets - 1, records = records - old.record_count
    WHERE zone_id = old.zone_id AND type = old.type;
  UPDATE zones SET record_count = record_count - old.record_count WHERE id = old.zone_id;
END;
