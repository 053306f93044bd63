/** What is done on a server by the clock: schedules, their steps, and what came of them. */
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { servers } from "./servers.ts";

export const serverSchedules = sqliteTable(
  "server_schedules",
  {
    id: text().primaryKey(),
    serverId: text("server_id")
      .notNull()
      .references(() => servers.id, { onDelete: "cascade" }),
    name: text().notNull(),
    /** Minute, hour, day, month, day of the week. */
    cron: text().notNull(),
    /** As IANA names it. */
    timezone: text().notNull().default("UTC"),
    enabled: integer().notNull().default(1),
    /** 1: nothing is done while the server is offline. */
    onlyRunning: integer("only_running").notNull().default(0),
    /** Milliseconds; null: never. */
    nextAt: integer("next_at"),
    /** Grows with each change by people. */
    revision: integer().notNull().default(1),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (t) => [index("server_schedules_server").on(t.serverId), index("server_schedules_next").on(t.nextAt)],
);

export const scheduleSteps = sqliteTable(
  "schedule_steps",
  {
    id: text().primaryKey(),
    scheduleId: text("schedule_id")
      .notNull()
      .references(() => serverSchedules.id, { onDelete: "cascade" }),
    position: integer().notNull(),
    kind: text({ enum: ["power", "command", "backup"] }).notNull(),
    /** The power action, the command, or one pattern a line of what a backup leaves out. */
    payload: text().notNull(),
    /** Seconds after the step before. */
    wait: integer().notNull().default(0),
    /** 1: what comes after it is done also where it failed. */
    goesOn: integer("goes_on").notNull().default(0),
    /** JSON: whoever wrote it, looked up again whenever it is run. */
    author: text().notNull(),
    authorId: text("author_id").notNull(),
  },
  (t) => [uniqueIndex("schedule_steps_position").on(t.scheduleId, t.position)],
);

export const scheduleRuns = sqliteTable(
  "schedule_runs",
  {
    id: text().primaryKey(),
    scheduleId: text("schedule_id")
      .notNull()
      .references(() => serverSchedules.id, { onDelete: "cascade" }),
    /** JSON: the steps as they were when it began. */
    steps: text().notNull(),
    /** JSON: what came of each so far. */
    outcomes: text().notNull().default("[]"),
    state: text({ enum: ["running", "done", "failed", "skipped"] }).notNull(),
    /** Why, where nothing was done. */
    message: text().notNull().default(""),
    /** Who started it; null: the clock. */
    byLabel: text("by_label"),
    startedAt: integer("started_at").notNull(),
    endedAt: integer("ended_at"),
  },
  (t) => [index("schedule_runs_schedule").on(t.scheduleId, t.startedAt), index("schedule_runs_state").on(t.state)],
);
