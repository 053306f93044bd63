/** Servers that run on nodes, and who besides their owners may do what on them. */
import { sql } from "drizzle-orm";
import {
  type AnySQLiteColumn,
  check,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { eggs } from "./eggs.ts";
import { allocations, nodes } from "./nodes.ts";
import { organisations } from "./organisations.ts";

export const servers = sqliteTable(
  "servers",
  {
    id: text().primaryKey(),
    /** What its daemon knows it by: version 4, because daemons take no other. */
    uuid: text().notNull(),
    /** The first eight digits of that, for SFTP and addresses: of no other server. */
    short: text().notNull(),
    name: text().notNull(),
    description: text().notNull().default(""),
    /** Whose it is: an account's, or an organisation's. */
    userId: text("user_id").references(() => users.id),
    organisationId: text("organisation_id").references(() => organisations.id),
    nodeId: text("node_id")
      .notNull()
      .references(() => nodes.id),
    eggId: text("egg_id")
      .notNull()
      .references(() => eggs.id),
    image: text().notNull(),
    /** Null: the egg's. */
    startup: text(),
    /** 1: nothing is run to install it. */
    skipScripts: integer("skip_scripts").notNull().default(0),
    /** The allocation that it is reached at; null: none. */
    allocationId: text("allocation_id").references((): AnySQLiteColumn => allocations.id),
    /** MiB; 0: without a limit. */
    memory: integer().notNull(),
    /** MiB; -1: without a limit. */
    swap: integer().notNull().default(0),
    /** MiB; 0: without a limit. */
    disk: integer().notNull(),
    /** Per cent of one processor; 0: without a limit. */
    cpu: integer().notNull().default(0),
    /** 10 to 1000; 0: as the machine has it. */
    io: integer().notNull().default(0),
    /** Such as `0-1,3`. */
    threads: text(),
    /** 1: the kernel may end it when it has no memory left. */
    oomKiller: integer("oom_killer").notNull().default(1),
    databaseLimit: integer("database_limit").notNull().default(0),
    backupLimit: integer("backup_limit").notNull().default(0),
    allocationLimit: integer("allocation_limit").notNull().default(0),
    /** `interrupted`: its node started anew while it was being installed. */
    state: text({
      enum: ["installing", "install_failed", "interrupted", "ready", "restoring", "transferring", "deleting"],
    }).notNull(),
    /** A sentence, where the last thing that was to be done with it could not be. */
    problem: text(),
    suspendedAt: integer("suspended_at"),
    suspendedReason: text("suspended_reason"),
    installedAt: integer("installed_at"),
    /** Grows with each change by people. */
    revision: integer().notNull().default(1),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (t) => [
    check("servers_owner", sql`(user_id is null) <> (organisation_id is null)`),
    uniqueIndex("servers_uuid").on(t.uuid),
    uniqueIndex("servers_short").on(t.short),
    uniqueIndex("servers_allocation").on(t.allocationId),
    index("servers_user").on(t.userId),
    index("servers_organisation").on(t.organisationId),
    index("servers_node").on(t.nodeId, t.state),
    index("servers_egg").on(t.eggId),
    index("servers_name").on(t.name),
    index("servers_created").on(t.createdAt),
    index("servers_state").on(t.state),
    index("servers_suspended").on(t.suspendedAt),
  ],
);

/** The values of an egg's variables; what has none has the egg's. Kept by name, so that they outlive a new version of it. */
export const serverVariables = sqliteTable(
  "server_variables",
  {
    serverId: text("server_id")
      .notNull()
      .references(() => servers.id, { onDelete: "cascade" }),
    env: text().notNull(),
    value: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.serverId, t.env] })],
);

/** Who was let into a server, and accepted. */
export const serverSubusers = sqliteTable(
  "server_subusers",
  {
    serverId: text("server_id")
      .notNull()
      .references(() => servers.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** JSON: a list of capabilities. */
    capabilities: text().notNull(),
    /** When it is over, in milliseconds; null: never. */
    expiresAt: integer("expires_at"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.serverId, t.userId] }),
    index("server_subusers_user").on(t.userId),
    index("server_subusers_expires").on(t.expiresAt),
  ],
);

/** An invitation into a server: what the account's row will say once it accepts. */
export const serverInvites = sqliteTable(
  "server_invites",
  {
    id: text().primaryKey(),
    serverId: text("server_id")
      .notNull()
      .references(() => servers.id, { onDelete: "cascade" }),
    /** Lower case. */
    email: text().notNull(),
    /** JSON: a list of capabilities. */
    capabilities: text().notNull(),
    /** When the row will end; null: never. */
    accessUntil: integer("access_until"),
    /** SHA-256 of the token in the link that was mailed; null: answered on the dashboard alone. */
    tokenHash: text("token_hash"),
    /** The last mail that carries the link. */
    mailId: text("mail_id"),
    invitedBy: text("invited_by")
      .notNull()
      .references(() => users.id),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (t) => [
    uniqueIndex("server_invites_email").on(t.serverId, t.email),
    index("server_invites_address").on(t.email),
    uniqueIndex("server_invites_token").on(t.tokenHash),
    uniqueIndex("server_invites_mail").on(t.mailId),
    index("server_invites_sender").on(t.invitedBy),
  ],
);

/** Whom a server's node was told of: it holds something for them until it is told otherwise, and may name them in what it reports. */
export const serverHolders = sqliteTable(
  "server_holders",
  {
    serverId: text("server_id")
      .notNull()
      .references(() => servers.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** JSON: the capabilities that it was for. */
    given: text().notNull(),
    /** 1: they had them through a permission of the platform. */
    asStaff: integer("as_staff").notNull(),
    givenAt: integer("given_at").notNull(),
    /** When all of it was taken back; null: it was not. */
    cutAt: integer("cut_at"),
  },
  (t) => [
    primaryKey({ columns: [t.serverId, t.userId] }),
    index("server_holders_user").on(t.userId, t.cutAt),
    index("server_holders_staff").on(t.asStaff, t.cutAt),
  ],
);

/** What somebody shows to get at a server's files over SFTP. */
export const sftpPasswords = sqliteTable(
  "sftp_passwords",
  {
    serverId: text("server_id")
      .notNull()
      .references(() => servers.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** SHA-256 of 256 random bits. */
    tokenHash: text("token_hash").notNull(),
    createdAt: integer("created_at").notNull(),
    lastUsedAt: integer("last_used_at"),
  },
  (t) => [primaryKey({ columns: [t.serverId, t.userId] }), index("sftp_passwords_user").on(t.userId)],
);

/** Public keys of an account, which open every server that it may use the files of. */
export const sshKeys = sqliteTable(
  "ssh_keys",
  {
    id: text().primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: text().notNull(),
    /** Its type and its base64, as in a file of authorised keys. */
    publicKey: text("public_key").notNull(),
    /** `SHA256:…`, as ssh-keygen says it. */
    fingerprint: text().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (t) => [uniqueIndex("ssh_keys_fingerprint").on(t.userId, t.fingerprint)],
);

/** What nodes say was done on their servers. */
export const serverReports = sqliteTable(
  "server_reports",
  {
    id: text().primaryKey(),
    serverId: text("server_id")
      .notNull()
      .references(() => servers.id, { onDelete: "cascade" }),
    /** Null: nobody, or somebody who is gone. */
    userId: text("user_id").references(() => users.id, { onDelete: "set null" }),
    event: text().notNull(),
    /** JSON: what it was done with, in the words of the event alone. */
    details: text().notNull(),
    address: text(),
    /** By the node's clock. */
    at: integer().notNull(),
    receivedAt: integer("received_at").notNull(),
    /** SHA-256 of all of it: nodes send again what they do not know to be received. */
    digest: text().notNull(),
  },
  (t) => [
    uniqueIndex("server_reports_digest").on(t.serverId, t.digest),
    index("server_reports_at").on(t.serverId, t.at),
    index("server_reports_received").on(t.receivedAt),
    index("server_reports_user").on(t.userId),
  ],
);
