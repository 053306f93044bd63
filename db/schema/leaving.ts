/** What people ask for about their accounts: a copy of what is held, and their deletion. */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";

/** An archive of everything that is held about an account. The file is in `data/exports`, under the row's id. */
export const exportJobs = sqliteTable(
  "export_jobs",
  {
    id: text().primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** Who started it; the account itself, or staff. */
    askedBy: text("asked_by").references(() => users.id, { onDelete: "set null" }),
    state: text({ enum: ["queued", "running", "ready", "failed", "cancelled", "expired"] }).notNull(),
    /** 0 to 1000, thousandths. */
    progress: integer().notNull().default(0),
    /** Why it failed, for people. */
    message: text().notNull().default(""),
    /** Octets. */
    size: integer().notNull().default(0),
    downloads: integer().notNull().default(0),
    createdAt: integer("created_at").notNull(),
    finishedAt: integer("finished_at"),
    /** When the archive goes. */
    expiresAt: integer("expires_at"),
  },
  (t) => [
    index("export_jobs_user").on(t.userId, t.createdAt),
    index("export_jobs_asked").on(t.askedBy),
    index("export_jobs_created").on(t.createdAt),
    index("export_jobs_size").on(t.size),
    index("export_jobs_state").on(t.state, t.createdAt),
  ],
);

/** That an account is to be deleted: asked for, waited for, and what came of it. Once it is over nothing here says whose it was. */
export const deletions = sqliteTable(
  "deletions",
  {
    id: text().primaryKey(),
    userId: text("user_id").references(() => users.id, { onDelete: "set null" }),
    askedBy: text("asked_by", { enum: ["self", "staff"] }).notNull(),
    /** JSON: what becomes of each organisation that the account owns; `closing`: those that are yet to go. */
    choices: text().notNull(),
    state: text({ enum: ["waiting", "closing", "done", "cancelled"] }).notNull(),
    /** Why it is not done although it is due; later how it ended. */
    message: text().notNull().default(""),
    createdAt: integer("created_at").notNull(),
    /** When the choices were made. */
    chosenAt: integer("chosen_at").notNull(),
    dueAt: integer("due_at").notNull(),
    endedAt: integer("ended_at"),
  },
  (t) => [
    uniqueIndex("deletions_waiting").on(t.userId).where(sql`state = 'waiting'`),
    index("deletions_user").on(t.userId),
    index("deletions_due").on(t.dueAt),
    index("deletions_created").on(t.createdAt),
    index("deletions_state").on(t.state, t.dueAt),
  ],
);
