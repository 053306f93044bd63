/** Folders of nodes that servers get besides their own files. */
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { eggs } from "./eggs.ts";
import { nodes } from "./nodes.ts";
import { servers } from "./servers.ts";

export const mounts = sqliteTable(
  "mounts",
  {
    id: text().primaryKey(),
    name: text().notNull(),
    /** On the node. */
    source: text().notNull(),
    /** In the server. */
    target: text().notNull(),
    readOnly: integer("read_only").notNull().default(1),
    /** 1: whoever may change a server's settings gives and takes it. */
    selfService: integer("self_service").notNull().default(0),
    /** 1: for servers of every egg; 0: of those that are listed. */
    everyEgg: integer("every_egg").notNull().default(1),
    /** Grows with each change. */
    revision: integer().notNull().default(1),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (t) => [uniqueIndex("mounts_name").on(t.name), index("mounts_created").on(t.createdAt)],
);

/** The nodes that have the folder. */
export const mountNodes = sqliteTable(
  "mount_nodes",
  {
    mountId: text("mount_id")
      .notNull()
      .references(() => mounts.id, { onDelete: "cascade" }),
    nodeId: text("node_id")
      .notNull()
      .references(() => nodes.id, { onDelete: "cascade" }),
  },
  (t) => [primaryKey({ columns: [t.mountId, t.nodeId] }), index("mount_nodes_node").on(t.nodeId)],
);

/** The eggs whose servers may get it, unless those of every egg may. */
export const mountEggs = sqliteTable(
  "mount_eggs",
  {
    mountId: text("mount_id")
      .notNull()
      .references(() => mounts.id, { onDelete: "cascade" }),
    eggId: text("egg_id")
      .notNull()
      .references(() => eggs.id, { onDelete: "cascade" }),
  },
  (t) => [primaryKey({ columns: [t.mountId, t.eggId] }), index("mount_eggs_egg").on(t.eggId)],
);

export const serverMounts = sqliteTable(
  "server_mounts",
  {
    serverId: text("server_id")
      .notNull()
      .references(() => servers.id, { onDelete: "cascade" }),
    mountId: text("mount_id")
      .notNull()
      .references(() => mounts.id, { onDelete: "cascade" }),
    createdAt: integer("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.serverId, t.mountId] }), index("server_mounts_mount").on(t.mountId)],
);
