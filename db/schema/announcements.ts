/** What staff tell everybody, whom it reached, and who wants none of it by mail. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";

export const announcements = sqliteTable(
  "announcements",
  {
    id: text().primaryKey(),
    title: text().notNull(),
    /** Markdown. */
    body: text().notNull(),
    /** JSON: whom it is for. */
    audience: text().notNull(),
    banner: integer().notNull(),
    mail: integer().notNull(),
    state: text({ enum: ["draft", "scheduled", "sending", "sent", "cancelled"] }).notNull(),
    /** When it goes out, or went out. Null: a draft. */
    startsAt: integer("starts_at"),
    /** Until when its banner shows. */
    endsAt: integer("ends_at"),
    /** Mail: the last account that was looked at; those after it are still to come. */
    reached: text().notNull().default(""),
    /** Mail: how many it is for, and what became of them. */
    total: integer().notNull().default(0),
    sent: integer().notNull().default(0),
    failed: integer().notNull().default(0),
    unknown: integer().notNull().default(0),
    skipped: integer().notNull().default(0),
    createdBy: text("created_by").references(() => users.id, { onDelete: "set null" }),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (t) => [
    index("announcements_created").on(t.createdAt),
    index("announcements_title").on(t.title),
    index("announcements_starts").on(t.startsAt),
    index("announcements_state").on(t.state, t.startsAt),
    index("announcements_author").on(t.createdBy),
  ],
);

/** The mail of one announcement to one account. */
export const announcementMails = sqliteTable(
  "announcement_mails",
  {
    announcementId: text("announcement_id")
      .notNull()
      .references(() => announcements.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** `unknown`: the server may have taken it, and it is not sent again by itself. */
    status: text({ enum: ["queued", "sending", "sent", "failed", "unknown", "skipped"] }).notNull(),
    attempts: integer().notNull().default(0),
    /** What the mail server answered last, or why it was left out. */
    answer: text(),
    /** When it may next be tried; once it is over, when that was. */
    dueAt: integer("due_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.announcementId, t.userId] }),
    index("announcement_mails_due").on(t.announcementId, t.status, t.dueAt),
    index("announcement_mails_user").on(t.userId),
  ],
);

/** Banners that somebody has closed. */
export const announcementDismissals = sqliteTable(
  "announcement_dismissals",
  {
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    announcementId: text("announcement_id")
      .notNull()
      .references(() => announcements.id, { onDelete: "cascade" }),
    at: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.announcementId] }),
    index("announcement_dismissals_announcement").on(t.announcementId),
  ],
);

/** Who wants no announcements by mail. */
export const announcementOptouts = sqliteTable("announcement_optouts", {
  userId: text("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  at: integer().notNull(),
});
