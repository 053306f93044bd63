/** Short addresses that lead elsewhere, and how often each was followed. */
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";

export const shortUrls = sqliteTable(
  "short_urls",
  {
    id: text().primaryKey(),
    /** Lower case. */
    code: text().notNull(),
    /** http or https. */
    target: text().notNull(),
    /** For those who keep it. */
    note: text().notNull().default(""),
    enabled: integer().notNull().default(1),
    expiresAt: integer("expires_at"),
    clicks: integer().notNull().default(0),
    createdBy: text("created_by").references(() => users.id, { onDelete: "set null" }),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (t) => [
    uniqueIndex("short_urls_code").on(t.code),
    index("short_urls_created").on(t.createdAt),
    index("short_urls_clicks").on(t.clicks),
    index("short_urls_expires").on(t.expiresAt),
    index("short_urls_author").on(t.createdBy),
  ],
);

/** A number a day, and nothing about who it was. */
export const shortUrlClicks = sqliteTable(
  "short_url_clicks",
  {
    shortUrlId: text("short_url_id")
      .notNull()
      .references(() => shortUrls.id, { onDelete: "cascade" }),
    /** UTC, `2026-11-21`. */
    day: text().notNull(),
    clicks: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.shortUrlId, t.day] })],
);
