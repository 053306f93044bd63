/** What names of accounts, organisations, zones, servers and of what is about accounts are found by, beside the FTS5 tables that a migration makes. */
import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** Numbers for what is indexed as text: later ones are higher. Triggers keep them. */
export const searchKeys = sqliteTable(
  "search_keys",
  {
    n: integer().primaryKey(),
    kind: text({ enum: ["account", "organisation", "zone", "server", "export", "deletion", "feedback"] }).notNull(),
    id: text().notNull(),
  },
  (t) => [uniqueIndex("search_keys_id").on(t.kind, t.id)],
);
