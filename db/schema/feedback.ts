/** What people think of each release. */
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";

export const feedback = sqliteTable(
  "feedback",
  {
    id: text().primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** Of the panel, such as `0.1.0`. One each. */
    release: text().notNull(),
    /** 1 to 5. */
    rating: integer().notNull(),
    message: text().notNull(),
    status: text({ enum: ["new", "seen", "planned", "done", "declined"] })
      .notNull()
      .default("new"),
    reply: text(),
    repliedBy: text("replied_by").references(() => users.id, { onDelete: "set null" }),
    repliedAt: integer("replied_at"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (t) => [
    uniqueIndex("feedback_one").on(t.userId, t.release),
    index("feedback_created").on(t.createdAt),
    index("feedback_rating").on(t.rating),
    index("feedback_status").on(t.status, t.createdAt),
    index("feedback_author").on(t.repliedBy),
  ],
);
