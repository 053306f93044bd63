/** Roles and who has them: what accounts are granted, the ceilings of those who grant it, and the last root. */
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { type DbOrTx, db, type Tx } from "#db/client.ts";
import { inList, preparedOn, remembered } from "#db/hot.ts";
import { roleGrants, roles, userRoles, users } from "#db/schema/index.ts";
import { withinCeiling } from "#lib/access/ceiling.ts";
import { compileGrants, type GrantSet, rootGrant } from "#lib/access/permissions.ts";
import {
  accountGrants,
  accountRequiresMfa,
  DEFAULT_ROLE,
  defaultRoleGrants,
  effectiveGrants,
  ROOT_ADMIN,
  type RoleRow,
} from "#lib/access/roles.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { newId } from "#lib/id.ts";
import { setSetting, setting } from "#lib/settings/settings.ts";

/** Every role with its own grants, by id: two queries. */
export function loadRoles(tx: DbOrTx = db()): Map<string, RoleRow> {
  const loaded = new Map<string, RoleRow & { grants: string[] }>();
  for (const role of tx.select().from(roles).all())
    loaded.set(role.id, { ...role, requiresMfa: role.requiresMfa === 1, grants: [] });
  for (const row of tx.select().from(roleGrants).orderBy(asc(roleGrants.position)).all())
    loaded.get(row.roleId)?.grants.push(row.grant);
  return loaded;
}

export function roleIdsOf(userId: string, tx: DbOrTx = db()): string[] {
  return tx
    .select({ id: userRoles.roleId })
    .from(userRoles)
    .where(eq(userRoles.userId, userId))
    .all()
    .map((row) => row.id);
}

/** What an account holds now: the union over its roles and their ancestors; without a role, those of `default`. */
export const grantsOf = (userId: string, tx: DbOrTx = db()): string[] =>
  accountGrants(roleIdsOf(userId, tx), loadRoles(tx));

export interface Standing {
  grants: readonly string[];
  /** The same, ready to be asked. */
  held: GrantSet;
  /** Whether any of its roles asks for a second factor. */
  requiresMfa: boolean;
}

/** What an account holds now: outside a transaction read once, until something is written. */
export const standingOf = (userId: string, tx?: DbOrTx): Standing =>
  tx ? readStanding(roleIdsOf(userId, tx), loadRoles(tx)) : rememberedStanding(userId);

const rememberedStanding = remembered((userId: string) => readStanding(roleIdsOf(userId), everyRole("all")));
const everyRole = remembered((_: "all") => loadRoles());

function readStanding(own: readonly string[], all: ReadonlyMap<string, RoleRow>): Standing {
  const grants = accountGrants(own, all);
  return { grants, held: compileGrants(grants), requiresMfa: accountRequiresMfa(own, all) };
}

/** Makes the built-in roles if they are not there. */
export function ensureBuiltInRoles(tx: Tx): void {
  for (const [name, description, grants] of [
    [ROOT_ADMIN, "Everything. At least one account that can sign in holds it.", [rootGrant]],
    [DEFAULT_ROLE, "What an account without a role may do for itself.", defaultRoleGrants],
  ] as const) {
    if (tx.select({ id: roles.id }).from(roles).where(eq(roles.name, name)).get()) continue;
    const id = newId();
    tx.insert(roles).values({ id, name, description, createdAt: Date.now() }).run();
    tx.insert(roleGrants)
      .values(grants.map((grant, position) => ({ roleId: id, grant, position })))
      .run();
  }
}

export function roleByName(name: string, tx: DbOrTx = db()) {
  return tx.select().from(roles).where(eq(roles.name, name)).get();
}

/** Gives a role. The caller has checked the ceiling. False if the account had it. */
export function giveRole(tx: Tx, userId: string, roleId: string): boolean {
  const given =
    tx.insert(userRoles).values({ userId, roleId, createdAt: Date.now() }).onConflictDoNothing().run().changes > 0;
  if (setting("setup.completed_at", tx) === null && rootHolders(tx).length > 0)
    setSetting("setup.completed_at", Date.now(), tx);
  return given;
}

/** Takes a role. The caller has checked the ceiling and guards the roots. False if the account did not have it. */
export const takeRole = (tx: Tx, userId: string, roleId: string): boolean =>
  tx
    .delete(userRoles)
    .where(and(eq(userRoles.userId, userId), eq(userRoles.roleId, roleId)))
    .run().changes > 0;

/**
 * Not suspended, not about to be deleted, and with a password or a passkey. Names are written out: where there is no join,
 * drizzle leaves the table away, and `id` in the subquery would be the passkey's own.
 */
const canSignIn = sql<number>`users.suspended_at is null and users.deletion_due_at is null
  and (users.password_hash is not null or exists (select 1 from passkeys p where p.user_id = users.id))`;

/** Accounts that hold `*`, each with whether it can sign in. */
function rootAccounts(tx: DbOrTx): Map<string, boolean> {
  const all = loadRoles(tx);
  const giving = [...all.keys()].filter((id) => effectiveGrants([id], all).includes(rootGrant));
  const rows = tx
    .select({ id: users.id, canSignIn })
    .from(users)
    .where(
      inArray(users.id, tx.select({ id: userRoles.userId }).from(userRoles).where(inArray(userRoles.roleId, giving))),
    )
    .all();
  return new Map(rows.map((row) => [row.id, row.canSignIn === 1]));
}

/** Accounts that hold `*` and can sign in. */
export const rootHolders = (tx: DbOrTx = db()): string[] =>
  [...rootAccounts(tx)].filter(([, able]) => able).map(([id]) => id);

/**
 * Does something that may lower the number of accounts that hold `*`, inside its transaction, and refuses it afterwards if
 * it left none that can sign in, or if the actor lost it by its own act. Whatever took the place of the check, two at once
 * included, sees the other's result, because transactions are immediate.
 */
export function guardRoots<T>(tx: Tx, actor: Actor | null, act: () => T): T {
  const before = rootAccounts(tx);
  const result = act();
  const after = rootAccounts(tx);
  const able = (accounts: Map<string, boolean>) => [...accounts.values()].some(Boolean);
  if (able(before) && !able(after)) {
    throw new Problem(
      "last_root",
      "Nobody who can sign in would hold full access any more. Give it to another account first.",
    );
  }
  const self = actor?.id ?? "";
  if (before.has(self) && (!after.has(self) || (before.get(self) && !after.get(self)))) {
    throw new Problem("last_root", "Another administrator has to take this from you: nobody lowers their own access.");
  }
  return result;
}

/** Refuses a write to an account or a role unless the actor's grants cover what it has, before and after. */
export function assertCeiling(
  actor: Actor,
  before: readonly string[],
  after: readonly string[] = before,
  target = "This account",
): void {
  const verdict = withinCeiling(actor.grants.grants, before, after);
  if (!verdict.ok) {
    const missing = verdict.missing.join(", ");
    throw new Problem("forbidden", `${target} has, or would have, access that you do not have: ${missing}.`, {
      missing,
    });
  }
}

/** The names of the roles of many accounts, in one query. */
export function roleNamesOf(userIds: readonly string[], tx: DbOrTx = db()): Map<string, string[]> {
  const names = new Map<string, string[]>();
  if (userIds.length === 0) return names;
  for (const row of namesByAccount(tx).all({ ids: JSON.stringify(userIds) }))
    names.set(row.userId, [...(names.get(row.userId) ?? []), row.name]);
  return names;
}

const namesByAccount = preparedOn((handle) =>
  handle
    .select({ userId: userRoles.userId, name: roles.name })
    .from(userRoles)
    .innerJoin(roles, eq(roles.id, userRoles.roleId))
    .where(inList(userRoles.userId, sql.placeholder("ids")))
    .orderBy(asc(roles.name))
    .prepare(),
);
