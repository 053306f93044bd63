/** Zones, their mirror, the journal of their changes, and who may do what in them. */
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, sqliteView, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { organisations } from "./organisations.ts";

export const zones = sqliteTable(
  "zones",
  {
    id: text().primaryKey(),
    organisationId: text("organisation_id")
      .notNull()
      .references(() => organisations.id),
    /** `local`, `powerdns`, `cloudflare` (from the environment), or a connection's id. */
    connection: text().notNull(),
    /** Absolute apex name. */
    name: text().notNull(),
    /** The provider's id of the zone. Null until it is there. */
    externalId: text("external_id"),
    /** `created` here, or `linked` because it existed. */
    origin: text({ enum: ["created", "linked"] }).notNull(),
    /** 0: only asked for (`zone_claims`), which keeps nobody else from the name. */
    reserved: integer().notNull().default(1),
    status: text({ enum: ["active", "pending", "error"] }).notNull(),
    statusMessage: text("status_message").notNull().default(""),
    /** Grows by one with each applied change. */
    revision: integer().notNull().default(0),
    /** What the provider calls its version, and the SOA serial that it serves. */
    providerVersion: text("provider_version"),
    serial: integer(),
    /** 1: the provider signs the zone, 0: it does not; null: it has not said. */
    signed: integer(),
    /** Which generation of its mirror is the zone. A trigger gives a new zone its first. */
    generation: integer().notNull().default(0),
    /** Kept by triggers on `rrset_rows`. */
    recordCount: integer("record_count").notNull().default(0),
    /** When the mirror was last known to be the provider's, and last compared whole. */
    refreshedAt: integer("refreshed_at").notNull().default(0),
    comparedAt: integer("compared_at").notNull().default(0),
    /** Notes for those who are in the organisation. */
    description: text().notNull().default(""),
    /** Since when this organisation has it; null: from the first. */
    heldSince: integer("held_since"),
    createdAt: integer("created_at").notNull(),
  },
  (t) => [
    uniqueIndex("zones_connection_name").on(t.connection, t.name).where(sql`reserved = 1`),
    uniqueIndex("zones_organisation_name").on(t.organisationId, t.name),
    index("zones_name").on(t.name),
    index("zones_generation").on(t.generation),
  ],
);

/**
 * A whole state of a zone's mirror. A big write builds a new one beside the one that is read, and then the zone points to
 * it; a deleted zone points to the one that it had. What nothing points to is left over, and swept.
 */
export const generations = sqliteTable(
  "generations",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    /** Without a reference: that of a deleted zone stays. With any other zone a trigger takes its generations along. */
    zoneId: text("zone_id").notNull(),
    /** Rows up to this number stand in the order of their names. What comes later gets a higher one, wherever it belongs. */
    orderedTo: integer("ordered_to").notNull().default(0),
    /** How many have come later. Kept by a trigger on `rrset_rows`, as is the order. */
    late: integer().notNull().default(0),
  },
  (t) => [index("generations_zone").on(t.zoneId)],
);

/** Written to, and by triggers into the search index `rrset_text`; read from the view `rrsets`, which has of each zone the generation that counts. */
export const rrsetRows = sqliteTable(
  "rrset_rows",
  {
    id: integer().primaryKey(),
    generation: integer()
      .notNull()
      .references(() => generations.id, { onDelete: "cascade" }),
    /** The labels from the apex down, so that bytewise order is canonical DNS order (RFC 4034 §6.1). */
    sortKey: text("sort_key").notNull(),
    type: text().notNull(),
    name: text().notNull(),
    /** Seconds; -1 is `auto`. */
    ttl: integer().notNull(),
    /** JSON array of records, sorted by content. */
    records: text().notNull(),
    recordCount: integer("record_count").notNull(),
  },
  (t) => [
    uniqueIndex("rrset_rows_key").on(t.generation, t.sortKey, t.type),
    index("rrset_rows_type").on(t.generation, t.type, t.sortKey),
    index("rrset_rows_ttl").on(t.generation, t.ttl, t.sortKey, t.type),
  ],
);

/**
 * Where each record is, by its id. Kept by triggers on `rrset_rows` for generations that zones point to. Whoever builds one
 * writes those of all its rows in their own order: an index on the rows would be written to all over for every few of them.
 */
export const recordIds = sqliteTable(
  "record_ids",
  {
    generation: integer()
      .notNull()
      .references(() => generations.id, { onDelete: "cascade" }),
    id: text().notNull(),
    rowId: integer("row_id").notNull(),
  },
  (t) => [primaryKey({ columns: [t.generation, t.id] })],
);

/** The RRsets of every zone as they are now. `row_id` is that of `rrset_rows`. */
export const rrsets = sqliteView("rrsets", {
  rowId: integer("row_id").notNull(),
  zoneId: text("zone_id").notNull(),
  sortKey: text("sort_key").notNull(),
  type: text().notNull(),
  name: text().notNull(),
  ttl: integer().notNull(),
  records: text().notNull(),
  recordCount: integer("record_count").notNull(),
}).existing();

/** What a generation holds of each type: kept by triggers on `rrset_rows` for those that zones point to, so that no list has to count. */
export const generationTypes = sqliteTable(
  "generation_types",
  {
    generation: integer()
      .notNull()
      .references(() => generations.id, { onDelete: "cascade" }),
    type: text().notNull(),
    sets: integer().notNull(),
    records: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.generation, t.type] })],
);

/** The same of every zone. */
export const zoneTypes = sqliteView("zone_types", {
  zoneId: text("zone_id").notNull(),
  type: text().notNull(),
  sets: integer().notNull(),
  records: integer().notNull(),
}).existing();

export const zoneChanges = sqliteTable(
  "zone_changes",
  {
    id: text().primaryKey(),
    /** Without a reference: the journal of a deleted zone is kept as long as the zone can be brought back. */
    zoneId: text("zone_id").notNull(),
    /** Joins the entries of one act in several zones. */
    batchId: text("batch_id"),
    /** The entry that this one took back. */
    undoes: text(),
    /** The moment that this one brought the zone back to. */
    restoredTo: integer("restored_to"),
    kind: text({
      enum: ["change", "outside", "create", "link", "delete", "undelete", "transfer", "sign", "unsign"],
    }).notNull(),
    state: text({
      enum: ["pending", "applied", "differs", "refused", "not_applied", "partial", "unknown"],
    }).notNull(),
    /** JSON: the plan; of a large one its first steps. */
    plan: text().notNull(),
    /** How many steps more there are in `zone_change_parts`, and then how many records the whole plan touches (JSON). */
    moreSteps: integer("more_steps").notNull().default(0),
    counts: text(),
    /** JSON: RRsets that were read back otherwise than they were sent. */
    differs: text(),
    message: text().notNull().default(""),
    actorType: text("actor_type").notNull(),
    actorId: text("actor_id"),
    actorLabel: text("actor_label").notNull(),
    /** JSON: the whole actor, for the audit entry that settling writes. */
    actor: text().notNull(),
    steps: integer().notNull().default(1),
    stepsDone: integer("steps_done").notNull().default(0),
    /** The zone's revision once this was in. */
    revision: integer(),
    /** An outside change: until when the mirror was known to be right. What changed did so after it. */
    knownUntil: integer("known_until"),
    createdAt: integer("created_at").notNull(),
    /** When the first call went out. Null: it never did. */
    sentAt: integer("sent_at"),
    settledAt: integer("settled_at"),
    /** Settling: the hash of the last read, and when it was made. */
    readHash: text("read_hash"),
    readAt: integer("read_at"),
  },
  (t) => [
    index("zone_changes_zone").on(t.zoneId, t.createdAt),
    index("zone_changes_open").on(t.zoneId).where(sql`state in ('pending', 'unknown')`),
    index("zone_changes_revision").on(t.zoneId, t.revision),
    index("zone_changes_actor").on(t.zoneId, t.actorId, t.actorLabel),
    index("zone_changes_large").on(t.zoneId, t.moreSteps).where(sql`more_steps > 0`),
    index("zone_changes_undoes").on(t.undoes).where(sql`undoes is not null`),
    index("zone_changes_batch").on(t.batchId).where(sql`batch_id is not null`),
  ],
);

/** The rest of a large plan, in order. */
export const zoneChangeParts = sqliteTable(
  "zone_change_parts",
  {
    changeId: text("change_id")
      .notNull()
      .references(() => zoneChanges.id, { onDelete: "cascade" }),
    part: integer().notNull(),
    /** JSON: steps of the plan. */
    plan: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.changeId, t.part] })],
);

/** The owner names and the types of each part, each once, between line breaks: a history is searched without reading the plans. */
export const zoneChangePlaces = sqliteTable(
  "zone_change_places",
  {
    changeId: text("change_id")
      .notNull()
      .references(() => zoneChanges.id, { onDelete: "cascade" }),
    part: integer().notNull(),
    names: text().notNull(),
    types: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.changeId, t.part] })],
);

/** A zone file that came in: alone, or with others in a bundle (`batch_id`). The text is a file in `data/imports`. */
export const zoneImports = sqliteTable(
  "zone_imports",
  {
    id: text().primaryKey(),
    batchId: text("batch_id"),
    organisationId: text("organisation_id")
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    /** Null: the organisation has no such zone, or none that whoever brought it can see. */
    zoneId: text("zone_id").references(() => zones.id, { onDelete: "cascade" }),
    /** What the zone is called in the bundle. */
    name: text().notNull(),
    mode: text({ enum: ["merge", "replace"] }).notNull(),
    /** Whether the file's SOA and apex NS are taken too. */
    apex: integer().notNull(),
    /** `waiting`: the zone that it is for waits for proof of control, and gets it as soon as it is there. */
    state: text({
      enum: ["planning", "planned", "applying", "waiting", "done", "failed", "cancelled"],
    }).notNull(),
    /** 0 to 1000, thousandths of the step that is under way. */
    progress: integer().notNull().default(0),
    /** Somebody said that they mean it, brake or not. */
    confirmed: integer().notNull().default(0),
    /** JSON: what the plan says, in short, or what became of it. */
    outcome: text(),
    /** Why it failed, for people. */
    message: text().notNull().default(""),
    /** The journal's entry, once there is one. */
    changeId: text("change_id"),
    /** JSON: who brought it; looked up again at every step. */
    actor: text().notNull(),
    userId: text("user_id").references(() => users.id, { onDelete: "set null" }),
    createdAt: integer("created_at").notNull(),
    finishedAt: integer("finished_at"),
  },
  (t) => [
    index("zone_imports_zone").on(t.zoneId, t.createdAt),
    index("zone_imports_organisation").on(t.organisationId, t.createdAt),
    index("zone_imports_batch").on(t.batchId),
    index("zone_imports_user").on(t.userId),
  ],
);

/** One change of records in many zones, planned before and done by a job. */
export const bulks = sqliteTable(
  "bulks",
  {
    id: text().primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** JSON: which records, and what becomes of them. */
    wanted: text().notNull(),
    /** Somebody said that they mean it, brake or not. */
    confirmed: integer().notNull(),
    state: text({ enum: ["running", "done", "undoing", "undone"] }).notNull(),
    /** JSON: whoever started it, and whoever undoes it; looked up again for each zone. */
    actor: text().notNull(),
    undoActor: text("undo_actor"),
    createdAt: integer("created_at").notNull(),
    finishedAt: integer("finished_at"),
    undoneAt: integer("undone_at"),
  },
  (t) => [index("bulks_user").on(t.userId, t.createdAt)],
);

/** What became of a bulk change in one zone. The zone may be gone. */
export const bulkZones = sqliteTable(
  "bulk_zones",
  {
    bulkId: text("bulk_id")
      .notNull()
      .references(() => bulks.id, { onDelete: "cascade" }),
    zoneId: text("zone_id").notNull(),
    /** In the order of the dry run. */
    position: integer().notNull(),
    name: text().notNull(),
    /** What its plan was at the dry run. */
    digest: text().notNull(),
    state: text({
      enum: ["waiting", "working", "applied", "differs", "partial", "unknown", "refused", "skipped", "failed"],
    })
      .notNull()
      .default("waiting"),
    message: text().notNull().default(""),
    /** The journal's entry. */
    changeId: text("change_id"),
    undoState: text("undo_state", {
      enum: ["waiting", "working", "undone", "differs", "partial", "unknown", "refused", "skipped", "failed"],
    }),
    undoMessage: text("undo_message").notNull().default(""),
    undoChangeId: text("undo_change_id"),
  },
  (t) => [primaryKey({ columns: [t.bulkId, t.zoneId] })],
);

/** Flags off the ladder cannot be written. */
export const zonePermissions = sqliteTable(
  "zone_permissions",
  {
    zoneId: text("zone_id")
      .notNull()
      .references(() => zones.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    canView: integer("can_view").notNull(),
    canModify: integer("can_modify").notNull(),
    canDelete: integer("can_delete").notNull(),
    /** JSON arrays. Empty: not narrowed. */
    names: text().notNull().default("[]"),
    types: text().notNull().default("[]"),
    expiresAt: integer("expires_at"),
    createdAt: integer("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.zoneId, t.userId] }),
    index("zone_permissions_user").on(t.userId),
    check(
      "zone_permissions_ladder",
      sql`can_view in (0, 1) and can_modify <= can_view and can_delete <= can_modify and can_delete >= 0`,
    ),
  ],
);

/** An invitation to become a guest of one zone: what the account's row will say once it accepts. */
export const zoneInvites = sqliteTable(
  "zone_invites",
  {
    id: text().primaryKey(),
    zoneId: text("zone_id")
      .notNull()
      .references(() => zones.id, { onDelete: "cascade" }),
    /** Lower case. */
    email: text().notNull(),
    level: text({ enum: ["view", "edit", "full"] }).notNull(),
    /** JSON arrays. Empty: not narrowed. */
    names: text().notNull().default("[]"),
    types: text().notNull().default("[]"),
    /** When the row will end. */
    accessUntil: integer("access_until").notNull(),
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
    uniqueIndex("zone_invites_email").on(t.zoneId, t.email),
    index("zone_invites_address").on(t.email),
    uniqueIndex("zone_invites_token").on(t.tokenHash),
    uniqueIndex("zone_invites_mail").on(t.mailId),
    index("zone_invites_sender").on(t.invitedBy),
  ],
);

/** What it takes to bring a deleted zone back. Its journal stays in `zone_changes`. */
export const deletedZones = sqliteTable(
  "deleted_zones",
  {
    /** The id that the zone had, and will have again. */
    id: text().primaryKey(),
    organisationId: text("organisation_id")
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    connection: text().notNull(),
    name: text().notNull(),
    origin: text({ enum: ["created", "linked"] }).notNull(),
    /** `panel`: it stayed at its provider. */
    deletedAt: text("deleted_at", { enum: ["panel", "provider"] }).notNull(),
    description: text().notNull(),
    heldSince: integer("held_since"),
    revision: integer().notNull(),
    /** What it held. */
    generation: integer().notNull().default(0),
    recordCount: integer("record_count").notNull(),
    /** JSON: the rows of `zone_permissions`. */
    permissions: text().notNull(),
    createdAt: integer("created_at").notNull(),
    /** Who deleted it, and when. */
    actorId: text("actor_id"),
    actorLabel: text("actor_label").notNull(),
    at: integer().notNull(),
  },
  (t) => [
    index("deleted_zones_organisation").on(t.organisationId, t.at),
    index("deleted_zones_at").on(t.at),
    index("deleted_zones_generation").on(t.generation),
  ],
);
