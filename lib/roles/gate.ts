/** What every write to an account's access or to a role passes, in the transaction of the write itself. */
import { and, eq, inArray } from "drizzle-orm";
import type { DbOrTx, Tx } from "#db/client.ts";
import { sessions, userRoles, users } from "#db/schema/index.ts";
import { compileGrants, type Permission, rootGrant, uncovered } from "#lib/access/permissions.ts";
import {
  accountGrants,
  accountRequiresMfa,
  checkDefaultGrants,
  DEFAULT_ROLE,
  descendants,
  effectiveGrants,
  existing,
  grantsOfAll,
  type RoleRow,
} from "#lib/access/roles.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { assertFresh } from "#lib/auth/fresh.ts";
import { voidLinksOfStaff, withLinksOfStaff } from "#lib/links/links.ts";
import { isShut } from "#lib/users/shut.ts";
import { assertCeiling, grantsOf, guardRoots, loadRoles, roleIdsOf } from "./roles.ts";

type Roles = ReadonlyMap<string, RoleRow>;

/** Does something to an account, within the actor's ceiling before and after. Returns what it held then and holds now. */
export function onAccount(
  tx: Tx,
  actor: Actor,
  userId: string,
  needs: readonly Permission[],
  act: () => void,
): { before: string[]; after: string[] } {
  const limits = asOfNow(tx, actor, needs);
  const before = grantsOf(userId, tx);
  for (const limit of limits) assertCeiling(limit, before);
  endingLinks(tx, () => guardRoots(tx, actor, act));
  const after = grantsOf(userId, tx);
  for (const limit of limits) assertCeiling(limit, after);
  if (after.includes(rootGrant) && !before.includes(rootGrant)) assertFresh(actor);
  return { before, after };
}

/** What a write to a role came to. */
export interface RoleChange {
  before: Roles;
  after: Roles;
  /** The role and those that inherit from it. */
  affected: string[];
  /** Every set of roles that accounts with an affected role have, as it was before. */
  sets: { roles: string[]; accounts: number }[];
}

/**
 * Does something to a role. The ceiling is over the role, all that inherit from it, and all accounts that have any of
 * these, before and after; `default` is for holders of `*` alone, also where something above it changes.
 */
export function onRole(
  tx: Tx,
  actor: Actor,
  roleId: string,
  needs: readonly Permission[],
  act: () => void,
): RoleChange {
  const limits = asOfNow(tx, actor, needs);
  const before = loadRoles(tx);
  const affected = [roleId, ...descendants(before, roleId)];
  const sets = setsWith(tx, affected);
  const rolesOfAll = sets.map((set) => set.roles);
  const held = grantsOfAll(affected, rolesOfAll, before);
  for (const limit of limits) assertCeiling(limit, held, held, "This role, or somebody who has it,");
  endingLinks(tx, () => guardRoots(tx, actor, act));
  const after = loadRoles(tx);
  const holding = grantsOfAll(affected, rolesOfAll, after);
  for (const limit of limits) assertCeiling(limit, holding, holding, "This role, or somebody who has it,");
  const change = { before, after, affected, sets };
  guardDefault(limits, change);
  guardFactors(tx, actor, change);
  if (givesRoot(change)) assertFresh(actor);
  return change;
}

/**
 * A link from staff was made for the account as it stood, by somebody whose ceiling it was below. Once the account holds
 * more, whoever has the link would get that too: it ends.
 */
function endingLinks(tx: Tx, act: () => void): void {
  const before = new Map(withLinksOfStaff(tx).map((id) => [id, grantsOf(id, tx)]));
  act();
  for (const [id, held] of before) if (uncovered(held, grantsOf(id, tx)).length > 0) voidLinksOfStaff(tx, id);
}

/**
 * The actor as the request found it, and as the database has it in this transaction: an act passes only if both may do it,
 * so that what was taken away since the request began counts.
 */
export function asOfNow(tx: Tx, actor: Actor, needs: readonly Permission[]): Actor[] {
  const limits = [actor];
  if (actor.type !== "system") {
    if (!isStillThere(tx, actor)) throw new Problem("unauthenticated", "Sign in first.");
    limits.push({ ...actor, grants: compileGrants(grantsOf(actor.id ?? "", tx)) });
  }
  for (const permission of needs) {
    if (limits.every((limit) => limit.grants.has(permission))) continue;
    throw new Problem("forbidden", `That needs the permission ${permission}.`, { missing: permission });
  }
  return limits;
}

function isStillThere(tx: Tx, actor: Actor): boolean {
  const account = tx
    .select({ suspendedAt: users.suspendedAt, deletionDueAt: users.deletionDueAt })
    .from(users)
    .where(eq(users.id, actor.id ?? ""))
    .get();
  if (!account || isShut(account)) return false;
  if (actor.sessionId === null) return true;
  const own = and(eq(sessions.id, actor.sessionId), eq(sessions.userId, actor.id ?? ""));
  return tx.select({ id: sessions.id }).from(sessions).where(own).get() !== undefined;
}

/** Every set of roles that accounts with any of these roles have, and how many accounts have it. */
export function setsWith(tx: DbOrTx, roleIds: readonly string[]): RoleChange["sets"] {
  const holders = tx
    .select({ id: userRoles.userId })
    .from(userRoles)
    .where(inArray(userRoles.roleId, [...roleIds]));
  const rows = tx
    .select({ userId: userRoles.userId, roleId: userRoles.roleId })
    .from(userRoles)
    .where(inArray(userRoles.userId, holders))
    .orderBy(userRoles.userId, userRoles.roleId)
    .all();
  const sets = new Map<string, { roles: string[]; accounts: number }>();
  for (const own of Map.groupBy(rows, (row) => row.userId).values()) {
    const ids = own.map((row) => row.roleId);
    const set = sets.get(ids.join()) ?? { roles: ids, accounts: 0 };
    set.accounts++;
    sets.set(ids.join(), set);
  }
  return [...sets.values()];
}

function guardDefault(limits: readonly Actor[], { before, after, affected }: RoleChange): void {
  const fallback = [...before.values()].find((role) => role.name === DEFAULT_ROLE);
  if (!fallback || !affected.includes(fallback.id)) return;
  if (!limits.every(({ grants }) => grants.root)) {
    throw new Problem("forbidden", `Everybody without a role has ${DEFAULT_ROLE}: only full access changes it.`, {
      missing: rootGrant,
    });
  }
  const verdict = checkDefaultGrants(effectiveGrants([fallback.id], after));
  const moved = after.get(fallback.id)?.parentId !== fallback.parentId;
  if (!verdict.ok) throw invalid({ [moved ? "parent" : "grants"]: verdict.reason });
}

/** Who makes a role ask for a second factor that they would then need themselves has shown theirs: somebody is never locked out of undoing it. */
function guardFactors(tx: Tx, actor: Actor, { before, after }: RoleChange): void {
  if (actor.type === "system" || actor.mfa === "shown" || actor.id === null) return;
  const own = roleIdsOf(actor.id, tx);
  if (accountRequiresMfa(own, before) || !accountRequiresMfa(own, after)) return;
  const sentence = "You would need a second factor yourself. Set one up and sign in with it first.";
  throw new Problem("second_factor_required", sentence, {
    missing: "second factor",
    fields: { requiresMfa: sentence },
  });
}

function givesRoot({ before, after, affected, sets }: RoleChange): boolean {
  const gained = (grants: readonly string[], held: readonly string[]) =>
    grants.includes(rootGrant) && !held.includes(rootGrant);
  return (
    affected.some((id) => gained(effectiveGrants([id], after), effectiveGrants([id], before))) ||
    sets.some((set) => gained(accountGrants(existing(set.roles, after), after), accountGrants(set.roles, before)))
  );
}
