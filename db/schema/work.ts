/** What the panel does by itself: the job queue, and the mails that leave through it. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { sealed } from "./sealed.ts";

/** One row a piece of work. `due_at` is its schedule, its back-off and its lease. */
export const jobs = sqliteTable(
  "jobs",
  {
    id: text().primaryKey(),
    kind: text().notNull(),
    /** JSON, of the kind's own shape. */
    payload: text().notNull(),
    state: text({ enum: ["queued", "running", "done", "failed", "cancelled"] })
      .notNull()
      .default("queued"),
    /** When it may next be taken: also the end of the lease of whoever took it. */
    dueAt: integer("due_at").notNull(),
    attempts: integer().notNull().default(0),
    /** 0 to 1000, thousandths. */
    progress: integer().notNull().default(0),
    error: text(),
    /** JSON: who asked for it, looked up again at every step. */
    actor: text(),
    createdAt: integer("created_at").notNull(),
    finishedAt: integer("finished_at"),
  },
  (t) => [index("jobs_due").on(t.state, t.dueAt), index("jobs_kind").on(t.kind, t.createdAt)],
);

/** Every mail is a row before it is sent. */
export const mails = sqliteTable(
  "mails",
  {
    id: text().primaryKey(),
    /** What the mail is for. */
    template: text().notNull(),
    userId: text("user_id").references(() => users.id, { onDelete: "set null" }),
    recipient: text().notNull(),
    subject: text().notNull(),
    /** Plain text; `[link]` stands for the one-time link. */
    text: text().notNull(),
    /** `unknown`: the server may have taken it, and it is not sent again by itself. */
    status: text({ enum: ["queued", "sending", "sent", "failed", "cancelled", "unknown"] })
      .notNull()
      .default("queued"),
    /** The Message-ID, the same at every attempt. */
    messageId: text("message_id").notNull(),
    attempts: integer().notNull().default(0),
    /** What the mail server answered last. */
    answer: text(),
    createdAt: integer("created_at").notNull(),
    /** When it may next be tried. */
    dueAt: integer("due_at").notNull(),
    sentAt: integer("sent_at"),
    /** When its link no longer works, and sending it has no sense. */
    expiresAt: integer("expires_at"),
  },
  (t) => [
    index("mails_due").on(t.status, t.dueAt),
    index("mails_created").on(t.createdAt),
    index("mails_status").on(t.status, t.createdAt),
    index("mails_template").on(t.template, t.createdAt),
    index("mails_subject").on(t.subject),
    index("mails_recipient").on(t.recipient, t.createdAt),
    index("mails_user").on(t.userId),
  ],
);

/** The one-time link of a mail: sealed, erased when the mail is sent or the link expires, and left out of backups. */
export const mailSecrets = sqliteTable("mail_secrets", {
  mailId: text("mail_id")
    .primaryKey()
    .references(() => mails.id, { onDelete: "cascade" }),
  link: sealed().notNull(),
  expiresAt: integer("expires_at").notNull(),
});
