/** Databases of servers, and the hosts that they are on. */
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { nodes } from "./nodes.ts";
import { sealed } from "./sealed.ts";
import { servers } from "./servers.ts";

export const databaseHosts = sqliteTable(
  "database_hosts",
  {
    id: text().primaryKey(),
    name: text().notNull(),
    kind: text({ enum: ["mariadb", "postgresql"] }).notNull(),
    /** Where the panel reaches it. */
    host: text().notNull(),
    port: integer().notNull(),
    /** What servers are told; null: the same. */
    publicHost: text("public_host"),
    publicPort: integer("public_port"),
    username: text().notNull(),
    password: sealed().notNull(),
    /** `verify`: TLS, with the certificate checked. */
    tls: text({ enum: ["off", "verify"] }).notNull(),
    /** PEM, where whoever signed its certificate is not known everywhere. */
    ca: text(),
    /** Databases in all; null: as many as there are. */
    most: integer(),
    /** Whose servers alone get databases here; null: those of every node. */
    nodeId: text("node_id").references(() => nodes.id, { onDelete: "set null" }),
    /** 1: nothing new is made here. */
    closed: integer().notNull().default(0),
    /** What the last question came to; null: it was never asked. */
    state: text({ enum: ["ok", "failed"] }),
    error: text(),
    version: text(),
    checkedAt: integer("checked_at"),
    /** Grows with each change by people. */
    revision: integer().notNull().default(1),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (t) => [
    uniqueIndex("database_hosts_address").on(t.host, t.port),
    index("database_hosts_name").on(t.name),
    index("database_hosts_created").on(t.createdAt),
    index("database_hosts_node").on(t.nodeId),
  ],
);

export const serverDatabases = sqliteTable(
  "server_databases",
  {
    id: text().primaryKey(),
    serverId: text("server_id")
      .notNull()
      .references(() => servers.id),
    hostId: text("host_id")
      .notNull()
      .references(() => databaseHosts.id),
    /** As it is called at its host, and who may use it there. */
    name: text().notNull(),
    username: text().notNull(),
    password: sealed().notNull(),
    /** The one that a rotation is about to set, until the host has it. */
    nextPassword: sealed("next_password"),
    /** `creating` and `deleting`: what its host has of it is not known. */
    state: text({ enum: ["creating", "ready", "deleting"] }).notNull(),
    createdBy: text("created_by").references(() => users.id, { onDelete: "set null" }),
    createdAt: integer("created_at").notNull(),
    rotatedAt: integer("rotated_at"),
  },
  (t) => [
    uniqueIndex("server_databases_name").on(t.hostId, t.name),
    uniqueIndex("server_databases_username").on(t.hostId, t.username),
    index("server_databases_server").on(t.serverId),
    index("server_databases_state").on(t.state),
    index("server_databases_created").on(t.createdAt),
  ],
);
