/** Organisations and who is in them. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";

export const organisations = sqliteTable(
  "organisations",
  {
    id: text().primaryKey(),
    /** Lower case, in addresses. */
    handle: text().notNull(),
    name: text().notNull(),
    /** The zone level of a member without a row of its own. */
    memberDefault: text("member_default", { enum: ["none", "view", "edit", "full"] })
      .notNull()
      .default("view"),
    /** Whether accounts outside the organisation may hold rows in its zones. */
    guests: text({ enum: ["allowed", "forbidden"] })
      .notNull()
      .default("allowed"),
    createdAt: integer("created_at").notNull(),
  },
  (t) => [
    uniqueIndex("organisations_handle").on(t.handle),
    index("organisations_name").on(t.name),
    index("organisations_created").on(t.createdAt),
  ],
);

export const organisationMembers = sqliteTable(
  "organisation_members",
  {
    organisationId: text("organisation_id")
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    role: text({ enum: ["owner", "admin", "member"] }).notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.userId] }),
    index("organisation_members_user").on(t.userId),
    uniqueIndex("organisation_members_owner").on(t.organisationId).where(sql`role = 'owner'`),
  ],
);

/** What staff gave one organisation instead of the panel's own limit. */
export const organisationLimits = sqliteTable(
  "organisation_limits",
  {
    organisationId: text("organisation_id")
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    /** A setting's name, such as `limits.zones_per_organisation`. */
    key: text().notNull(),
    value: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.key] })],
);

/** An addition that waits for the person. Kept by address, so that it says nothing about whether an account exists. */
export const organisationInvites = sqliteTable(
  "organisation_invites",
  {
    id: text().primaryKey(),
    organisationId: text("organisation_id")
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    /** Lower case. */
    email: text().notNull(),
    role: text({ enum: ["admin", "member"] }).notNull(),
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
    uniqueIndex("organisation_invites_email").on(t.organisationId, t.email),
    index("organisation_invites_address").on(t.email),
    uniqueIndex("organisation_invites_token").on(t.tokenHash),
    uniqueIndex("organisation_invites_mail").on(t.mailId),
    index("organisation_invites_sender").on(t.invitedBy),
  ],
);
