/** Everybody's accounts, for staff to look at. */
import { asc, count, eq, type SQL, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { inList, prepared } from "#db/hot.ts";
import { passkeys, sessions, tokens, users } from "#db/schema/index.ts";
import { rootGrant, uncovered } from "#lib/access/permissions.ts";
import { DEFAULT_ROLE } from "#lib/access/roles.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import { type Condition, type KeyedPage, type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { totpOf } from "#lib/factors/held.ts";
import { recoveryCodesLeft } from "#lib/factors/recovery-codes.ts";
import { namesOf, seekRole } from "#lib/roles/listing.ts";
import { loadRoles, roleIdsOf, roleNamesOf, standingOf } from "#lib/roles/roles.ts";
import { isStaffWith } from "#lib/staff/admission.ts";
import { searching } from "#lib/staff/find.ts";
import { effectsFor } from "./owned.ts";
import type { AccountSummary } from "./users.ts";

const accounts = {
  from: users,
  id: users.id,
  sorts: { createdAt: users.createdAt, email: users.email, name: users.name },
};

export const accountStates = ["active", "suspended", "deleting", "unverified"] as const;

export interface AccountQuery extends KeyedQuery {
  status?: (typeof accountStates)[number] | undefined;
  role?: string | undefined;
}

export function listAccounts(query: AccountQuery): KeyedPage<AccountSummary> {
  const { found, condition } = searching({ kind: "account", ...accounts, starts: [users.email, users.name] }, query.q);
  const conditions = [condition, query.status && inState(query.status), query.role ? withRole(query.role) : undefined];
  return readKeyed(accounts, query, { conditions: conditions.filter((one) => one !== undefined), found }, summaries);
}

/** In three queries for all of them. */
function summaries(ids: string[]): AccountSummary[] {
  const rows = byIds().all({ ids: JSON.stringify(ids) });
  const names = roleNamesOf(ids);
  return rows.map(({ suspendedAt, deletionDueAt, emailVerifiedAt, ...row }) => ({
    ...row,
    suspended: suspendedAt !== null,
    deleting: deletionDueAt !== null,
    verified: emailVerifiedAt !== null,
    roles: names.get(row.id) ?? [],
  }));
}

const byIds = prepared((handle) =>
  handle
    .select({
      id: users.id,
      name: users.name,
      email: users.email,
      emailVerifiedAt: users.emailVerifiedAt,
      suspendedAt: users.suspendedAt,
      deletionDueAt: users.deletionDueAt,
      createdAt: users.createdAt,
    })
    .from(users)
    .where(inList(users.id, sql.placeholder("ids")))
    .prepare(),
);

function inState(state: (typeof accountStates)[number]): Condition {
  const rare = (where: SQL): Condition => ({ where, few: sql`select id from users where ${where}` });
  if (state === "suspended") return rare(sql`suspended_at is not null`);
  if (state === "deleting") return rare(sql`deletion_due_at is not null`);
  if (state === "unverified") return rare(sql`email_verified_at is null`);
  return { where: sql`users.suspended_at is null and users.deletion_due_at is null` };
}

/** Those who were given the role, by its id or name; `default` also counts for whoever has none. */
function withRole(reference: string): Condition {
  const role = seekRole(reference, db());
  if (!role) return { where: sql`false`, few: sql`select id from users where false` };
  const has = sql`exists (select 1 from user_roles h where h.user_id = users.id and h.role_id = ${role.id})`;
  if (role.name === DEFAULT_ROLE)
    return { where: sql`(${has} or not exists (select 1 from user_roles h where h.user_id = users.id))` };
  return { where: has, few: sql`select user_id as id from user_roles where role_id = ${role.id}` };
}

/** One account as staff see it, and what the actor lacks to be allowed to change it. No secret is in it. */
export function openAccount(userId: string, actor: Actor) {
  const row = db()
    .select({
      id: users.id,
      name: users.name,
      email: users.email,
      emailVerifiedAt: users.emailVerifiedAt,
      suspendedAt: users.suspendedAt,
      suspendedReason: users.suspendedReason,
      deletionDueAt: users.deletionDueAt,
      createdAt: users.createdAt,
      hasPassword: sql<number>`${users.passwordHash} is not null`,
    })
    .from(users)
    .where(eq(users.id, userId))
    .get();
  if (!row) throw notFound("account");
  const standing = standingOf(userId);
  const lastSeen = db()
    .select({
      at: sql<number | null>`max(${sessions.lastSeenAt})`,
      open: sql<number>`coalesce(sum(${sessions.expiresAt} > ${Date.now()}), 0)`,
    })
    .from(sessions)
    .where(eq(sessions.userId, userId))
    .get();
  return {
    ...row,
    hasPassword: row.hasPassword === 1,
    roles: namesOf(roleIdsOf(userId), loadRoles()),
    administrator: standing.grants.includes(rootGrant),
    staff: isStaffWith(standing.grants),
    requiresMfa: standing.requiresMfa,
    ...factorsOf(userId),
    lastSeenAt: lastSeen?.at ?? null,
    sessions: lastSeen?.open ?? 0,
    missing: uncovered(actor.grants.grants, standing.grants),
    // What would go with it concerns whoever may delete it.
    leaving: actor.grants.has("users:delete") ? effectsFor(userId) : null,
  };
}

function factorsOf(userId: string) {
  const keys = db()
    .select({
      id: passkeys.id,
      name: passkeys.name,
      createdAt: passkeys.createdAt,
      lastUsedAt: passkeys.lastUsedAt,
    })
    .from(passkeys)
    .where(eq(passkeys.userId, userId))
    .orderBy(asc(passkeys.createdAt))
    .all();
  const tokensOf = db().select({ n: count() }).from(tokens).where(eq(tokens.userId, userId)).get();
  return {
    passkeys: keys,
    authenticator: totpOf(userId) !== null,
    recoveryCodes: recoveryCodesLeft(userId),
    tokens: tokensOf?.n ?? 0,
  };
}

export function assertAccount(userId: string): void {
  if (!db().select({ id: users.id }).from(users).where(eq(users.id, userId)).get()) throw notFound("account");
}
