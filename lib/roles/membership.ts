/** Giving roles to accounts and taking them away. */
import { eq } from "drizzle-orm";
import { type Tx, transaction } from "#db/client.ts";
import { users } from "#db/schema/index.ts";
import { DEFAULT_ROLE } from "#lib/access/roles.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { accountByEmail } from "#lib/users/users.ts";
import { changes, difference, fallsToDefault, perhaps } from "./effect.ts";
import { onAccount } from "./gate.ts";
import { findRole, namesOf, seekRole } from "./listing.ts";
import { giveRole, loadRoles, roleIdsOf, takeRole } from "./roles.ts";
import type { AccountRolesEffect } from "./shapes.ts";

/** An account's roles, all at once. */
export function setRoles(userId: string, refs: readonly string[], actor: Actor, dryRun: boolean): AccountRolesEffect {
  return perhaps(dryRun, (tx) => {
    const user = accountById(tx, userId);
    const next = refs.map((ref, at) => {
      const role = seekRole(ref, tx);
      if (!role) throw invalid({ [`roles.${at}`]: "There is no such role." });
      return role.id;
    });
    return moveTo(tx, actor, user, [...new Set(next)], dryRun);
  });
}

/** One role more. An account that has it keeps it. */
export function addMember(ref: string, userId: string, actor: Actor, dryRun: boolean): AccountRolesEffect {
  return perhaps(dryRun, (tx) => {
    const role = findRole(ref, tx);
    const user = accountById(tx, userId);
    return moveTo(tx, actor, user, [...new Set([...roleIdsOf(user.id, tx), role.id])], dryRun);
  });
}

/** One role less. Throws `not_found` if the account does not have it. */
export function removeMember(ref: string, userId: string, actor: Actor, dryRun: boolean): AccountRolesEffect {
  return perhaps(dryRun, (tx) => {
    const role = findRole(ref, tx);
    const user = accountById(tx, userId);
    const own = roleIdsOf(user.id, tx);
    if (!own.includes(role.id)) throw notFound("member");
    return moveTo(
      tx,
      actor,
      user,
      own.filter((id) => id !== role.id),
      dryRun,
    );
  });
}

/** Gives the role with this name to the account with this address. Null if it had it. */
export function assignRole(email: string, roleName: string, actor: Actor): AccountRolesEffect | null {
  return transaction((tx) => {
    const { user, role, own } = named(tx, email, roleName);
    return own.includes(role.id) ? null : moveTo(tx, actor, user, [...own, role.id], false);
  });
}

/** Takes it away. Null if the account did not have it. */
export function unassignRole(email: string, roleName: string, actor: Actor): AccountRolesEffect | null {
  return transaction((tx) => {
    const { user, role, own } = named(tx, email, roleName);
    if (!own.includes(role.id)) return null;
    const kept = own.filter((id) => id !== role.id);
    return moveTo(tx, actor, user, kept, false);
  });
}

interface Account {
  id: string;
  email: string;
}

/** Losing the last role is a grant too: what `default` gives is checked, told and audited as such. */
function moveTo(tx: Tx, actor: Actor, user: Account, next: string[], dryRun: boolean): AccountRolesEffect {
  const own = roleIdsOf(user.id, tx);
  const all = loadRoles(tx);
  const { before, after } = onAccount(tx, actor, user.id, ["roles:assign"], () => {
    for (const id of own) if (!next.includes(id)) takeRole(tx, user.id, id);
    for (const id of next) if (!own.includes(id)) giveRole(tx, user.id, id);
  });
  const effect = difference(before, after);
  const falls = own.length > 0 && next.length === 0;
  if (own.toSorted().join() !== next.toSorted().join()) {
    const names = (ids: readonly string[]) => namesOf(ids, all).map((role) => role.name);
    audit(tx, actor, {
      target: { type: "account", id: user.id, label: user.email },
      before: { roles: names(own), grants: before },
      after: {
        roles: names(next),
        grants: after,
        ...(falls ? { fallsTo: DEFAULT_ROLE, gained: effect.gained } : {}),
      },
    });
  }
  const says = falls ? fallsToDefault(effect, after, !dryRun, 1) : changes(effect, !dryRun, 1);
  return {
    applied: !dryRun,
    roles: namesOf(next, all),
    ...effect,
    fallsToDefault: falls,
    says: [`The account ${says}.`],
  };
}

const account = { id: users.id, email: users.email };

function accountById(tx: Tx, id: string): Account {
  const user = tx.select(account).from(users).where(eq(users.id, id)).get();
  if (!user) throw notFound("account");
  return user;
}

function named(tx: Tx, email: string, roleName: string) {
  const user = accountByEmail(email, tx);
  if (!user) throw new Problem("not_found", `There is no account with the e-mail address ${email}.`);
  const role = seekRole(roleName, tx);
  if (!role) throw new Problem("not_found", `There is no role named ${roleName}.`);
  return { user, role, own: roleIdsOf(user.id, tx) };
}
