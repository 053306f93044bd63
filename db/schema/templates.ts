/** Templates of zones, each of one organisation. */
import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { organisations } from "./organisations.ts";

export const zoneTemplates = sqliteTable(
  "zone_templates",
  {
    id: text().primaryKey(),
    organisationId: text("organisation_id")
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    name: text().notNull(),
    /** JSON: records as lines of a zone file, name servers, SOA timers. */
    content: text().notNull(),
    /** 1: new zones take it unless told otherwise. */
    standard: integer().notNull().default(0),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (t) => [uniqueIndex("zone_templates_name").on(t.organisationId, t.name)],
);
