/** Accounts: making them, their profile and password. */
import { asc, count, desc, eq, or, sql } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import { prepared } from "#db/hot.ts";
import { users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { type ListQuery, likeAnywhere, offsetOf, type Page, sortOf } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { comparePassword, hashPassword, passwordProblem } from "#lib/auth/password.ts";
import { endOtherSessions } from "#lib/auth/session.ts";
import { assertNotLocked, clearFailures, recordFailure, signInLimits } from "#lib/auth/throttle.ts";
import { newId } from "#lib/id.ts";
import {
  assertCeiling,
  giveRole,
  grantsOf,
  guardRoots,
  roleByName,
  roleIdsOf,
  roleNamesOf,
  takeRole,
} from "#lib/roles/roles.ts";

export const emailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, "An e-mail address has at most 254 characters.")
  .pipe(z.email("Enter an e-mail address, such as name@example.org."));
export const personName = z
  .string()
  .trim()
  .min(1, "Enter a name.")
  .max(100, "A name has at most 100 characters.")
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, "A name cannot contain control characters.");
/** Not trimmed: spaces belong to a password. */
export const newPassword = z
  .string()
  .max(1000)
  .superRefine((value, context) => {
    const message = passwordProblem(value);
    if (message) context.addIssue({ code: "custom", message });
  });

export interface NewAccount {
  name: string;
  email: string;
  password: string;
}

export interface AccountSummary {
  id: string;
  name: string;
  email: string;
  suspended: boolean;
  roles: string[];
  createdAt: number;
}

/** Makes an account. Whoever makes it vouches for the address, so it counts as verified. */
export async function createAccount(input: NewAccount, actor: Actor): Promise<AccountSummary> {
  const passwordHash = await hashPassword(input.password);
  return transaction((tx) => insertAccount(tx, { ...input, passwordHash }, actor));
}

export function insertAccount(
  tx: Tx,
  input: { name: string; email: string; passwordHash: string },
  actor: Actor,
): AccountSummary {
  if (tx.select({ id: users.id }).from(users).where(eq(users.email, input.email)).get()) {
    throw new Problem("already_exists", "An account with this e-mail address exists.", {
      fields: { email: "An account with this e-mail address exists." },
    });
  }
  const now = Date.now();
  const account = { id: newId(now), ...input, emailVerifiedAt: now, createdAt: now, updatedAt: now };
  tx.insert(users).values(account).run();
  const { id, name, email } = account;
  audit(tx, actor, { target: { type: "account", id, label: email }, after: { name, email } });
  return { id, name, email, suspended: false, roles: [], createdAt: now };
}

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

const profileById = prepared((handle) =>
  handle
    .select({
      id: users.id,
      name: users.name,
      email: users.email,
      emailVerifiedAt: users.emailVerifiedAt,
      createdAt: users.createdAt,
    })
    .from(users)
    .where(eq(users.id, sql.placeholder("id")))
    .prepare(),
);

export function profileOf(userId: string) {
  const row = profileById().get({ id: userId });
  if (!row) throw notFound("account");
  return row;
}

export function renameAccount(userId: string, name: string, actor: Actor) {
  transaction((tx) => {
    const before = tx.select({ name: users.name, email: users.email }).from(users).where(eq(users.id, userId)).get();
    if (!before) throw notFound("account");
    tx.update(users).set({ name, updatedAt: Date.now() }).where(eq(users.id, userId)).run();
    audit(tx, actor, {
      target: { type: "account", id: userId, label: before.email },
      before: { name: before.name },
      after: { name },
    });
  });
  return profileOf(userId);
}

/** Needs the present password; ends all other sessions. Guesses count like guesses at sign-in. */
export async function changePassword(
  actor: Actor & { id: string },
  current: string,
  next: string,
): Promise<{ sessionsEnded: number }> {
  const user = db().select().from(users).where(eq(users.id, actor.id)).get();
  if (!user) throw notFound("account");
  const limits = signInLimits(user.email, actor.address ?? "unknown");
  assertNotLocked([limits[0]]);
  recordFailure([limits[0]]);
  if (!(await comparePassword(current, user.passwordHash))) {
    audit(db(), actor, { target: { type: "account", id: user.id, label: user.email }, outcome: "refused" });
    throw invalid({ currentPassword: "This is not your present password." });
  }
  clearFailures(limits[0].key);
  const passwordHash = await hashPassword(next);
  return transaction((tx) => {
    tx.update(users).set({ passwordHash, updatedAt: Date.now() }).where(eq(users.id, user.id)).run();
    audit(tx, actor, { target: { type: "account", id: user.id, label: user.email }, after: { password: "[changed]" } });
    return { sessionsEnded: endOtherSessions(user.id, actor.sessionId, tx) };
  });
}

export function accountByEmail(email: string, tx: DbOrTx = db()) {
  return tx.select().from(users).where(eq(users.email, email.trim().toLowerCase())).get();
}

/** Gives an account a role, under the ceiling. False if it had the role. */
export function assignRole(email: string, roleName: string, actor: Actor): boolean {
  return transaction((tx) => {
    const { user, role } = accountAndRole(tx, email, roleName);
    const before = grantsOf(user.id, tx);
    const given = giveRole(tx, user.id, role.id);
    assertCeiling(actor, before, grantsOf(user.id, tx));
    if (given) auditRoles(tx, actor, user, before);
    return given;
  });
}

/** Takes a role from an account, under the ceiling and the last-root guard. False if it did not have the role. */
export function unassignRole(email: string, roleName: string, actor: Actor): boolean {
  return transaction((tx) => {
    const { user, role } = accountAndRole(tx, email, roleName);
    if (!roleIdsOf(user.id, tx).includes(role.id)) return false;
    const before = grantsOf(user.id, tx);
    guardRoots(tx, actor, () => takeRole(tx, user.id, role.id));
    assertCeiling(actor, before, grantsOf(user.id, tx));
    auditRoles(tx, actor, user, before);
    return true;
  });
}

function accountAndRole(tx: Tx, email: string, roleName: string) {
  const user = accountByEmail(email, tx);
  if (!user) throw new Problem("not_found", `There is no account with the e-mail address ${email}.`);
  const role = roleByName(roleName, tx);
  if (!role) throw new Problem("not_found", `There is no role named ${roleName}.`);
  return { user, role };
}

function auditRoles(tx: Tx, actor: Actor, user: { id: string; email: string }, before: string[]): void {
  audit(tx, actor, {
    target: { type: "account", id: user.id, label: user.email },
    before: { grants: before },
    after: { grants: grantsOf(user.id, tx), roles: roleNamesOf([user.id], tx).get(user.id) ?? [] },
  });
}
