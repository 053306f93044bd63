/** Accounts, their roles and sessions, and what limits attempts. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const users = sqliteTable(
  "users",
  {
    id: text().primaryKey(),
    name: text().notNull(),
    /** Lower case. */
    email: text().notNull(),
    emailVerifiedAt: integer("email_verified_at"),
    /** bcrypt. Null: no password. */
    passwordHash: text("password_hash"),
    suspendedAt: integer("suspended_at"),
    /** Why, in staff's words. */
    suspendedReason: text("suspended_reason"),
    /** When the account will be deleted, if that was asked for. */
    deletionDueAt: integer("deletion_due_at"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (t) => [
    uniqueIndex("users_email").on(t.email),
    index("users_name").on(t.name),
    index("users_created").on(t.createdAt),
    index("users_suspended").on(t.suspendedAt).where(sql`suspended_at is not null`),
    index("users_deletion").on(t.deletionDueAt).where(sql`deletion_due_at is not null`),
    index("users_unverified").on(t.createdAt).where(sql`email_verified_at is null`),
  ],
);

export const roles = sqliteTable(
  "roles",
  {
    id: text().primaryKey(),
    name: text().notNull(),
    description: text().notNull().default(""),
    parentId: text("parent_id"),
    /** 1: whoever has the role, or one that inherits from it, needs a second factor. */
    requiresMfa: integer("requires_mfa").notNull().default(0),
    createdAt: integer("created_at").notNull(),
  },
  (t) => [uniqueIndex("roles_name").on(t.name)],
);

export const roleGrants = sqliteTable(
  "role_grants",
  {
    roleId: text("role_id")
      .notNull()
      .references(() => roles.id, { onDelete: "cascade" }),
    grant: text("permission").notNull(),
    position: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.roleId, t.grant] })],
);

export const userRoles = sqliteTable(
  "user_roles",
  {
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    roleId: text("role_id")
      .notNull()
      .references(() => roles.id),
    createdAt: integer("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.roleId] }), index("user_roles_role").on(t.roleId)],
);

export const sessions = sqliteTable(
  "sessions",
  {
    id: text().primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: integer("created_at").notNull(),
    lastSeenAt: integer("last_seen_at").notNull(),
    /** Absolute end. */
    expiresAt: integer("expires_at").notNull(),
    address: text().notNull(),
    userAgent: text("user_agent").notNull(),
    /** How it began. */
    method: text({ enum: ["password", "passkey"] })
      .notNull()
      .default("password"),
    /** 1: a second factor was shown, or a passkey that verified its user. */
    mfa: integer().notNull().default(0),
    /** The last sign-in or confirmation: what asks for a fresh one counts from here. */
    confirmedAt: integer("confirmed_at").notNull().default(0),
    /** When what staff see of others was first shown unmasked in it. */
    visibleAt: integer("visible_at"),
  },
  (t) => [index("sessions_user").on(t.userId), index("sessions_expires").on(t.expiresAt)],
);

/** Failures counted per key, and until when the key is locked. */
export const attempts = sqliteTable(
  "attempts",
  {
    key: text().primaryKey(),
    failures: integer().notNull(),
    lockedUntil: integer("locked_until").notNull(),
    /** When the count is forgotten. */
    expiresAt: integer("expires_at").notNull(),
  },
  (t) => [index("attempts_expires").on(t.expiresAt)],
);
