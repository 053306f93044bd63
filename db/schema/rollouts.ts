/** What only a part of the accounts gets, while it is tried. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";

export const rollouts = sqliteTable("rollouts", {
  id: text().primaryKey(),
  /** One of lib/rollouts/features.ts. */
  key: text().notNull().unique(),
  description: text().notNull().default(""),
  /** 1: somebody may be in. */
  enabled: integer().notNull().default(0),
  /** Of 10,000. */
  share: integer().notNull().default(0),
  /** JSON: who may be in by chance; null: everybody. */
  audience: text(),
  /** JSON: name and weight of each. */
  treatments: text().notNull(),
  /** Milliseconds; null: no bound. */
  startsAt: integer("starts_at"),
  endsAt: integer("ends_at"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

/** Who is in or out whatever chance says. */
export const rolloutPeople = sqliteTable(
  "rollout_people",
  {
    rolloutId: text("rollout_id")
      .notNull()
      .references(() => rollouts.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    forced: text({ enum: ["in", "out"] }).notNull(),
    /** Of those who are in; null: by chance. */
    treatment: text(),
    createdAt: integer("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.rolloutId, t.userId] }), index("rollout_people_user").on(t.userId)],
);
