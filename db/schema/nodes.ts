/** Nodes: machines with a daemon (Wings) that runs servers, the addresses that servers get there, and how the daemon answered. */
import {
  type AnySQLiteColumn,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { organisations } from "./organisations.ts";
import { sealed } from "./sealed.ts";
import { servers } from "./servers.ts";

export const nodes = sqliteTable(
  "nodes",
  {
    id: text().primaryKey(),
    /** Counted from 1, for command lines: a daemon asks for its configuration by a number. */
    number: integer().notNull(),
    name: text().notNull(),
    location: text().notNull().default(""),
    /** A host name or an address. */
    fqdn: text().notNull(),
    scheme: text({ enum: ["https", "http"] }).notNull(),
    /** 1: something in front of the daemon speaks TLS. */
    behindProxy: integer("behind_proxy").notNull().default(0),
    /** Where the panel and browsers reach the daemon. */
    port: integer().notNull(),
    /** Where the daemon itself listens. */
    listenPort: integer("listen_port").notNull(),
    sftpPort: integer("sftp_port").notNull(),
    /** MiB. */
    memory: integer().notNull(),
    /** Per cent above what there is; -1: without a limit. */
    memoryOver: integer("memory_over").notNull().default(0),
    /** MiB. */
    disk: integer().notNull(),
    diskOver: integer("disk_over").notNull().default(0),
    /** MiB a file. */
    uploadLimit: integer("upload_limit").notNull().default(100),
    dataDirectory: text("data_directory").notNull(),
    classification: text({ enum: ["free", "paid", "free_and_paid", "enterprise"] }).notNull(),
    /** Whose servers alone it runs; null: everybody's. */
    organisationId: text("organisation_id").references(() => organisations.id, { onDelete: "set null" }),
    /** 1: nothing is begun there. */
    maintenance: integer().notNull().default(0),
    /** Names the secret below. */
    tokenId: text("token_id").notNull(),
    /** What daemon and panel prove themselves with, and what people's tokens are signed with. */
    token: sealed().notNull(),
    /** Those before the last rotation, and until when they count (milliseconds). */
    previousTokenId: text("previous_token_id"),
    previousToken: sealed("previous_token"),
    previousUntil: integer("previous_until"),
    rotatedAt: integer("rotated_at").notNull(),
    /** What the last question came to; null: it was never asked. */
    state: text({ enum: ["ok", "refused", "failed"] }),
    /** A sentence, where it was not ok. */
    error: text(),
    checkedAt: integer("checked_at"),
    /** When it last answered as it should. */
    seenAt: integer("seen_at"),
    latencyMs: integer("latency_ms"),
    /** When it last called the panel itself. */
    heardAt: integer("heard_at"),
    /** Since when it does not though it should; null: it does, as far as is known. */
    unheardSince: integer("unheard_since"),
    /** How far its clock is ahead of the panel's, in milliseconds. */
    driftMs: integer("drift_ms"),
    version: text(),
    /** JSON: what the daemon says of its machine. */
    system: text(),
    /** Grows with each change by people. */
    revision: integer().notNull().default(1),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (t) => [
    uniqueIndex("nodes_number").on(t.number),
    uniqueIndex("nodes_address").on(t.fqdn, t.port),
    uniqueIndex("nodes_token").on(t.tokenId),
    index("nodes_previous_token").on(t.previousTokenId),
    index("nodes_organisation").on(t.organisationId),
    index("nodes_name").on(t.name),
    index("nodes_created").on(t.createdAt),
    index("nodes_seen").on(t.seenAt),
  ],
);

/** Commands that fetch a node's configuration, once: the latest of each node. */
export const nodeSetups = sqliteTable("node_setups", {
  nodeId: text("node_id")
    .primaryKey()
    .references(() => nodes.id, { onDelete: "cascade" }),
  tokenHash: text("token_hash").notNull(),
  /** Milliseconds. */
  expiresAt: integer("expires_at").notNull(),
});

export const allocations = sqliteTable(
  "allocations",
  {
    id: text().primaryKey(),
    nodeId: text("node_id")
      .notNull()
      .references(() => nodes.id, { onDelete: "cascade" }),
    /** Canonical. */
    ip: text().notNull(),
    port: integer().notNull(),
    /** What people are shown in its place. */
    alias: text(),
    /** The server that has it; null: it is free. */
    serverId: text("server_id").references((): AnySQLiteColumn => servers.id, { onDelete: "set null" }),
    createdAt: integer("created_at").notNull(),
  },
  (t) => [
    uniqueIndex("allocations_address").on(t.nodeId, t.ip, t.port),
    index("allocations_port").on(t.nodeId, t.port),
    index("allocations_server").on(t.serverId),
    index("allocations_free").on(t.nodeId, t.serverId),
  ],
);

/** How a daemon answered, five minutes at a time. */
export const nodeBeats = sqliteTable(
  "node_beats",
  {
    nodeId: text("node_id")
      .notNull()
      .references(() => nodes.id, { onDelete: "cascade" }),
    /** Where the five minutes begin, in milliseconds. */
    at: integer().notNull(),
    asked: integer().notNull(),
    answered: integer().notNull(),
    /** Of those that were answered. */
    totalMs: integer("total_ms").notNull(),
    mostMs: integer("most_ms").notNull(),
  },
  (t) => [primaryKey({ columns: [t.nodeId, t.at] }), index("node_beats_at").on(t.at)],
);
