/** Everybody's accounts, for staff to look at. */
import { asc, count, desc, eq, or, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { passkeys, sessions, tokens, users } from "#db/schema/index.ts";
import { isStaff, rootGrant, uncovered } from "#lib/access/permissions.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import { type ListQuery, likeAnywhere, offsetOf, type Page, sortOf } from "#lib/api/list.ts";
import { recoveryCodesLeft } from "#lib/factors/recovery-codes.ts";
import { totpOf } from "#lib/factors/totp.ts";
import { namesOf } from "#lib/roles/listing.ts";
import { loadRoles, roleIdsOf, roleNamesOf, standingOf } from "#lib/roles/roles.ts";
import type { AccountSummary } from "./users.ts";

const sorts = { name: users.name, email: users.email, createdAt: users.createdAt } as const;

export function listAccounts(query: ListQuery): Page<AccountSummary> {
  const where = query.q
    ? or(
        sql`${users.email} like ${likeAnywhere(query.q)} escape '\\'`,
        sql`${users.name} like ${likeAnywhere(query.q)} escape '\\'`,
        eq(users.id, query.q),
      )
    : undefined;
  const { column, descending } = sortOf(query);
  const by = sorts[column as keyof typeof sorts];
  const rows = db()
    .select({
      id: users.id,
      name: users.name,
      email: users.email,
      suspendedAt: users.suspendedAt,
      createdAt: users.createdAt,
    })
    .from(users)
    .where(where)
    .orderBy(descending ? desc(by) : asc(by), asc(users.id))
    .limit(query.perPage)
    .offset(offsetOf(query))
    .all();
  const names = roleNamesOf(rows.map((row) => row.id));
  return {
    items: rows.map(({ suspendedAt, ...row }) => ({
      ...row,
      suspended: suspendedAt !== null,
      roles: names.get(row.id) ?? [],
    })),
    total: db().select({ n: count() }).from(users).where(where).get()?.n ?? 0,
    page: query.page,
    perPage: query.perPage,
  };
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
    .select({ at: sql<number | null>`max(${sessions.lastSeenAt})` })
    .from(sessions)
    .where(eq(sessions.userId, userId))
    .get();
  return {
    ...row,
    hasPassword: row.hasPassword === 1,
    roles: namesOf(roleIdsOf(userId), loadRoles()),
    administrator: standing.grants.includes(rootGrant),
    staff: isStaff(standing.grants),
    requiresMfa: standing.requiresMfa,
    ...factorsOf(userId),
    lastSeenAt: lastSeen?.at ?? null,
    missing: uncovered(actor.grants.grants, standing.grants),
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
