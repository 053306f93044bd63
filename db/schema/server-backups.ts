/** Backups of servers, each on the disk of the node that made it. */
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { nodes } from "./nodes.ts";
import { servers } from "./servers.ts";

export const serverBackups = sqliteTable(
  "server_backups",
  {
    id: text().primaryKey(),
    /** What the daemon knows it by: version 4. */
    uuid: text().notNull(),
    serverId: text("server_id")
      .notNull()
      .references(() => servers.id, { onDelete: "cascade" }),
    /** Where it lies: not with the server any more, should that have moved. */
    nodeId: text("node_id")
      .notNull()
      .references(() => nodes.id, { onDelete: "cascade" }),
    /** How it is kept, settled when it is made. */
    adapter: text({ enum: ["wings"] }).notNull(),
    name: text().notNull(),
    /** Lines as in `.gitignore`: what is left out. */
    ignored: text().notNull().default(""),
    state: text({ enum: ["making", "done", "failed", "deleting"] }).notNull(),
    /** 1: it is not deleted. */
    locked: integer().notNull().default(0),
    /** Such as `sha1:…`. */
    checksum: text(),
    bytes: integer(),
    createdBy: text("created_by").references(() => users.id, { onDelete: "set null" }),
    createdAt: integer("created_at").notNull(),
    endedAt: integer("ended_at"),
  },
  (t) => [
    uniqueIndex("server_backups_uuid").on(t.uuid),
    index("server_backups_server").on(t.serverId, t.createdAt),
    index("server_backups_node").on(t.nodeId, t.state),
    index("server_backups_by").on(t.createdBy),
  ],
);
