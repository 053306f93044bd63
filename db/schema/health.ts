/** What the last health check of a zone found. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { zones } from "./dns.ts";

export const zoneHealth = sqliteTable("zone_health", {
  zoneId: text("zone_id")
    .primaryKey()
    .references(() => zones.id, { onDelete: "cascade" }),
  startedAt: integer("started_at").notNull(),
  /** Null while it runs. */
  finishedAt: integer("finished_at"),
  /** Who asked for it. */
  askedBy: text("asked_by").notNull(),
  /** JSON: the last result, kept while the next check runs. */
  result: text(),
});
