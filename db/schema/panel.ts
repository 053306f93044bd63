/** Settings of the panel, and the audit log. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const settings = sqliteTable("settings", {
  key: text().primaryKey(),
  /** JSON. */
  value: text().notNull(),
  updatedAt: integer("updated_at").notNull(),
});

/** Triggers refuse UPDATE and DELETE. */
export const auditLog = sqliteTable(
  "audit_log",
  {
    id: text().primaryKey(),
    at: integer().notNull(),
    actorType: text("actor_type").notNull(),
    actorId: text("actor_id"),
    actorLabel: text("actor_label").notNull(),
    /** The procedure's name, or what a command or job calls itself. */
    action: text().notNull(),
    targetType: text("target_type").notNull(),
    targetId: text("target_id"),
    targetLabel: text("target_label").notNull(),
    organisationId: text("organisation_id"),
    outcome: text().notNull(),
    /** 1: the actor came in through a platform permission, not through the organisation. */
    asStaff: integer("as_staff").notNull().default(0),
    /** JSON, secrets left out. */
    before: text(),
    after: text(),
    address: text(),
    requestId: text("request_id"),
    batchId: text("batch_id"),
  },
  (t) => [
    index("audit_log_at").on(t.at),
    index("audit_log_actor").on(t.actorId, t.at),
    index("audit_log_target").on(t.targetType, t.targetId, t.at),
    index("audit_log_action").on(t.action, t.at),
    index("audit_log_request").on(t.requestId),
    index("audit_log_organisation").on(t.organisationId, t.at),
  ],
);
