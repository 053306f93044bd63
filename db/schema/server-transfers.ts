/** Servers that move, or moved, from one node to another. */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { allocations, nodes } from "./nodes.ts";
import { servers } from "./servers.ts";

export const serverTransfers = sqliteTable(
  "server_transfers",
  {
    id: text().primaryKey(),
    serverId: text("server_id")
      .notNull()
      .references(() => servers.id, { onDelete: "cascade" }),
    fromNodeId: text("from_node_id").references(() => nodes.id, { onDelete: "set null" }),
    toNodeId: text("to_node_id").references(() => nodes.id, { onDelete: "set null" }),
    /** As the nodes were called then. */
    fromName: text("from_name").notNull(),
    toName: text("to_name").notNull(),
    /** The allocation at the target that it will be reached at; null: none. The others there are the server's already. */
    toAllocationId: text("to_allocation_id").references(() => allocations.id, { onDelete: "set null" }),
    /** JSON: the addresses at both ends, the main one first, as they were then. */
    fromAddresses: text("from_addresses").notNull(),
    toAddresses: text("to_addresses").notNull(),
    /** `interrupted`: nobody said what came of it. */
    state: text({ enum: ["going", "moved", "failed", "cancelled", "interrupted"] }).notNull(),
    /** A sentence, where it did not move. */
    problem: text(),
    startedBy: text("started_by").references(() => users.id, { onDelete: "set null" }),
    startedAt: integer("started_at").notNull(),
    /** When the source was asked to send it; null: it was not yet. It is asked once. */
    askedAt: integer("asked_at"),
    endedAt: integer("ended_at"),
    /** When the node that does not have the server in the end had deleted its copy; null: it has it still. */
    clearedAt: integer("cleared_at"),
  },
  (t) => [
    uniqueIndex("server_transfers_going").on(t.serverId).where(sql`state = 'going'`),
    index("server_transfers_server").on(t.serverId, t.startedAt),
    index("server_transfers_from").on(t.fromNodeId, t.state),
    index("server_transfers_to").on(t.toNodeId, t.state),
    index("server_transfers_allocation").on(t.toAllocationId),
    index("server_transfers_state").on(t.state, t.startedAt),
    index("server_transfers_by").on(t.startedBy),
  ],
);
