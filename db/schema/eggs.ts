/** Eggs: how a kind of game or application server is installed, started, stopped and set up. */
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const eggs = sqliteTable(
  "eggs",
  {
    id: text().primaryKey(),
    name: text().notNull(),
    author: text().notNull().default(""),
    description: text().notNull().default(""),
    /** JSON: a list of texts; null: nothing is said. */
    features: text(),
    /** JSON: a list of pairs, label and image; the first is what a server gets. */
    images: text().notNull(),
    startup: text().notNull().default(""),
    stop: text().notNull().default(""),
    /** JSON: a list of patterns. */
    fileDenylist: text("file_denylist").notNull().default("[]"),
    /** JSON, as it was written. */
    configFiles: text("config_files").notNull().default("{}"),
    configStartup: text("config_startup").notNull().default("{}"),
    configLogs: text("config_logs").notNull().default("{}"),
    script: text().notNull().default(""),
    scriptContainer: text("script_container").notNull().default(""),
    scriptEntrypoint: text("script_entrypoint").notNull().default(""),
    forceOutgoingIp: integer("force_outgoing_ip").notNull().default(0),
    updateUrl: text("update_url"),
    /** JSON: what a file said that there is no column for. */
    extras: text().notNull().default("{}"),
    /** 1: people can pick it when they create a server. */
    visible: integer().notNull().default(1),
    /** Grows with each change. */
    revision: integer().notNull().default(1),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (t) => [
    index("eggs_name").on(t.name),
    index("eggs_author").on(t.author),
    index("eggs_created").on(t.createdAt),
    index("eggs_updated").on(t.updatedAt),
  ],
);

export const eggVariables = sqliteTable(
  "egg_variables",
  {
    id: text().primaryKey(),
    eggId: text("egg_id")
      .notNull()
      .references(() => eggs.id, { onDelete: "cascade" }),
    position: integer().notNull(),
    name: text().notNull(),
    description: text().notNull().default(""),
    /** As servers get it. */
    env: text().notNull(),
    defaultValue: text("default_value").notNull().default(""),
    userViewable: integer("user_viewable").notNull().default(0),
    userEditable: integer("user_editable").notNull().default(0),
    /** JSON: a list of texts. */
    rules: text().notNull().default("[]"),
    fieldType: text("field_type").notNull().default("text"),
    /** JSON: what a file said of it besides. */
    extras: text().notNull().default("{}"),
  },
  (t) => [uniqueIndex("egg_variables_env").on(t.eggId, t.env), index("egg_variables_position").on(t.eggId, t.position)],
);
