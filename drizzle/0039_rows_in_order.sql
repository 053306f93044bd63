ALTER TABLE `generations` ADD `ordered_to` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `generations` ADD `late` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- Up to where the rows of each generation are in order already, and how many are not.
UPDATE generations SET ordered_to = o.ordered_to FROM (
  SELECT generation, coalesce(min(id) FILTER (WHERE is_late) - 1, max(id)) AS ordered_to FROM (
    SELECT generation, id, (sort_key, type) < (lag(sort_key) OVER w, lag(type) OVER w) AS is_late
    FROM rrset_rows WINDOW w AS (PARTITION BY generation ORDER BY id)
  ) GROUP BY generation
) o WHERE o.generation = generations.id;
--> statement-breakpoint
UPDATE generations SET late = l.late FROM (
  SELECT r.generation, count(*) AS late FROM rrset_rows r JOIN generations g ON g.id = r.generation AND r.id > g.ordered_to
  GROUP BY r.generation
) l WHERE l.generation = generations.id;
--> statement-breakpoint
-- A generation that is being built says itself up to where it is in order. A number may be given again after the highest was
-- taken away.
CREATE TRIGGER rrset_rows_late AFTER INSERT ON rrset_rows
BEGIN
  UPDATE generations SET late = late + 1, ordered_to = min(ordered_to, new.id - 1)
    WHERE id = new.generation AND (ordered_to > 0 OR EXISTS (SELECT 1 FROM zones WHERE generation = new.generation));
END;
