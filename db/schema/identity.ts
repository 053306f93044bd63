/** What people prove who they are with, the links that are mailed to them, and the tokens that act for them. */
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { sealed } from "./sealed.ts";

/** WebAuthn credentials (WebAuthn Level 3 §4). */
export const passkeys = sqliteTable(
  "passkeys",
  {
    id: text().primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: text().notNull(),
    /** base64url. */
    credentialId: text("credential_id").notNull(),
    /** COSE key. */
    publicKey: blob("public_key", { mode: "buffer" }).notNull(),
    /** The signature counter last seen; 0 from authenticators that have none. */
    counter: integer().notNull(),
    /** JSON array. */
    transports: text().notNull().default("[]"),
    /** 1: may be synced between devices (backup eligible). */
    synced: integer().notNull(),
    /** 1: is backed up now (backup state). */
    backedUp: integer("backed_up").notNull(),
    aaguid: text().notNull(),
    createdAt: integer("created_at").notNull(),
    lastUsedAt: integer("last_used_at"),
  },
  (t) => [uniqueIndex("passkeys_credential").on(t.credentialId), index("passkeys_user").on(t.userId)],
);

/** Something that has to be answered once, for one purpose, from the same browser, before it expires. */
export const challenges = sqliteTable(
  "challenges",
  {
    id: text().primaryKey(),
    purpose: text().notNull(),
    userId: text("user_id").references(() => users.id, { onDelete: "cascade" }),
    /** base64url of random octets: a WebAuthn challenge. Empty where the purpose needs none. */
    challenge: text().notNull().default(""),
    /** SHA-256 of what the browser's cookie holds. */
    browserHash: text("browser_hash").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (t) => [index("challenges_expires").on(t.expiresAt), index("challenges_user").on(t.userId)],
);

/** One-time passwords (RFC 6238). One an account; it counts once it is confirmed. */
export const totpFactors = sqliteTable("totp_factors", {
  userId: text("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  secret: sealed().notNull(),
  confirmedAt: integer("confirmed_at"),
  /** The last time step that was used: none is used twice. */
  lastStep: integer("last_step").notNull().default(0),
  createdAt: integer("created_at").notNull(),
});

/** A code is deleted when it is used. */
export const recoveryCodes = sqliteTable(
  "recovery_codes",
  {
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** SHA-256. */
    codeHash: text("code_hash").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.codeHash] })],
);

/** One-time links to an account's address: deleted when used. */
export const accountLinks = sqliteTable(
  "account_links",
  {
    id: text().primaryKey(),
    kind: text({ enum: ["reset", "verify", "email"] }).notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** The address that the link proves. */
    email: text().notNull(),
    /** SHA-256 of 256 random bits. */
    tokenHash: text("token_hash").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (t) => [
    uniqueIndex("account_links_token").on(t.tokenHash),
    index("account_links_user").on(t.userId, t.kind),
    index("account_links_expires").on(t.expiresAt),
  ],
);

/** Addresses that asked for an account. It is made when whoever reads them comes back with the link. */
export const registrations = sqliteTable(
  "registrations",
  {
    id: text().primaryKey(),
    /** Lower case. */
    email: text().notNull(),
    /** SHA-256 of 256 random bits. */
    tokenHash: text("token_hash").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (t) => [
    uniqueIndex("registrations_token").on(t.tokenHash),
    index("registrations_email").on(t.email),
    index("registrations_expires").on(t.expiresAt),
  ],
);

/** API tokens. What a token may do is the lower of what stands here and what its account may do now. */
export const tokens = sqliteTable(
  "tokens",
  {
    id: text().primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: text().notNull(),
    /** How it begins, to tell it from others. */
    prefix: text().notNull(),
    /** SHA-256 of the whole token. */
    tokenHash: text("token_hash").notNull(),
    mode: text({ enum: ["full", "listed"] }).notNull(),
    /** JSON: grants. */
    permissions: text().notNull().default("[]"),
    /** JSON: `{ organisation, role }`, by id. */
    organisations: text().notNull().default("[]"),
    /** JSON: `{ zone, name, type, level }`; null is any. */
    zones: text().notNull().default("[]"),
    /** JSON: `{ server, capabilities }`. */
    servers: text().notNull().default("[]"),
    /** JSON: addresses and CIDR blocks it may be used from; empty is anywhere. */
    networks: text().notNull().default("[]"),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at"),
    lastUsedAt: integer("last_used_at"),
    lastUsedAddress: text("last_used_address"),
    /** When it was last noted that staff's answers left unmasked. */
    visibleAt: integer("visible_at"),
  },
  (t) => [
    uniqueIndex("tokens_hash").on(t.tokenHash),
    index("tokens_user").on(t.userId, t.createdAt),
    index("tokens_created").on(t.createdAt),
    index("tokens_name").on(t.name),
    index("tokens_used").on(t.lastUsedAt),
    index("tokens_prefix").on(t.prefix),
  ],
);
