/** Making, changing and deleting roles. */
import { asc, eq } from "drizzle-orm";
import { type Tx, transaction } from "#db/client.ts";
import { roleGrants, roles, userRoles, users } from "#db/schema/index.ts";
import { type Permission, rootGrant } from "#lib/access/permissions.ts";
import { accountGrants, DEFAULT_ROLE, existing, ROOT_ADMIN, wouldCycle } from "#lib/access/roles.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { difference, effectOf, inSentences, perhaps } from "./effect.ts";
import { asOfNow, onRole, type RoleChange } from "./gate.ts";
import { findRole, isBuiltIn, openRole, seekRole } from "./listing.ts";
import { loadRoles, roleIdsOf } from "./roles.ts";
import type { RoleDetail, RoleEffect } from "./shapes.ts";

export interface NewRole {
  name: string;
  description: string;
  /** Id or name. */
  parent: string | null;
  requiresMfa: boolean;
  grants: string[];
}

export function createRole(input: NewRole, actor: Actor): RoleDetail {
  return transaction((tx) => {
    assertNameFree(tx, input.name, null);
    const id = newId();
    const parentId = parentIdOf(tx, input.parent);
    const needs: Permission[] = ["roles:create", ...(input.grants.length > 0 ? (["permissions:assign"] as const) : [])];
    onRole(tx, actor, id, needs, () => {
      const { name, description } = input;
      tx.insert(roles)
        .values({ id, name, description, parentId, requiresMfa: Number(input.requiresMfa), createdAt: Date.now() })
        .run();
      writeGrants(tx, id, input.grants);
    });
    audit(tx, actor, { target: { type: "role", id, label: input.name }, after: stateOf(tx, id) });
    return openRole(id, actor, tx);
  });
}

/** A new role with the parent and the grants of another; nobody has it yet. */
export function cloneRole(ref: string, name: string, actor: Actor): RoleDetail {
  return transaction((tx) => {
    const { id, description } = findRole(ref, tx);
    const source = loadRoles(tx).get(id);
    const { parentId = null, requiresMfa = false, grants = [] } = source ?? {};
    return createRole({ name, description, parent: parentId, requiresMfa, grants: [...grants] }, actor);
  });
}

export interface RoleEdit {
  name?: string | undefined;
  description?: string | undefined;
  /** Id or name; null for none. */
  parent?: string | null | undefined;
  requiresMfa?: boolean | undefined;
}

export function editRole(ref: string, edit: RoleEdit, actor: Actor, dryRun: boolean): RoleEffect {
  return perhaps(dryRun, (tx) => {
    const role = findRole(ref, tx);
    const next = {
      name: edit.name ?? role.name,
      description: edit.description ?? role.description,
      parentId: edit.parent === undefined ? role.parentId : parentIdOf(tx, edit.parent),
      requiresMfa: edit.requiresMfa === undefined ? role.requiresMfa : Number(edit.requiresMfa),
    };
    if (next.name !== role.name) assertRenaming(tx, role, next.name);
    if (next.parentId !== role.parentId) assertParent(tx, role, next.parentId);
    return changed(tx, actor, role.id, ["roles:write"], dryRun, () =>
      tx.update(roles).set(next).where(eq(roles.id, role.id)).run(),
    );
  });
}

export function setGrants(ref: string, grants: string[], actor: Actor, dryRun: boolean): RoleEffect {
  return perhaps(dryRun, (tx) => {
    const role = findRole(ref, tx);
    if (role.name === ROOT_ADMIN && !grants.includes(rootGrant)) {
      throw invalid({ grants: `${ROOT_ADMIN} holds ${rootGrant}, always.` });
    }
    return changed(tx, actor, role.id, ["permissions:assign"], dryRun, () => writeGrants(tx, role.id, grants));
  });
}

/** Puts a role's grants into another order. It opens and closes nothing, so no ceiling applies. */
export function orderGrants(ref: string, grants: string[], actor: Actor): RoleDetail {
  return transaction((tx) => {
    const role = findRole(ref, tx);
    asOfNow(tx, actor, ["roles:write"]);
    const before = grantsIn(tx, role.id);
    if (before.toSorted().join() !== grants.toSorted().join()) {
      throw new Problem("conflict", "These are not the role's present grants. Load it again.", { grants: before });
    }
    if (before.join() !== grants.join()) {
      writeGrants(tx, role.id, grants);
      audit(tx, actor, { target: targetOf(role), before: { grants: before }, after: { grants } });
    }
    return openRole(role.id, actor, tx);
  });
}

/** Deletes a role: its children inherit from its parent instead, and whoever has no other role falls to `default`. */
export function deleteRole(
  ref: string,
  actor: Actor,
  { unused = false, dryRun }: { unused?: boolean; dryRun: boolean },
): RoleEffect {
  return perhaps(dryRun, (tx) => {
    const role = findRole(ref, tx);
    if (isBuiltIn(role.name)) throw new Problem("forbidden", `The role ${role.name} is built in and stays.`);
    const state = stateOf(tx, role.id);
    const children = tx.select().from(roles).where(eq(roles.parentId, role.id)).all();
    const holders = holdersOf(tx, role.id);
    // A role that stood in a cycle is not made its own parent.
    const parentOf = (child: string) => (role.parentId === child || role.parentId === role.id ? null : role.parentId);
    const change = onRole(tx, actor, role.id, ["roles:delete"], () => {
      if (unused && holders.length + children.length > 0)
        throw new Problem("conflict", `The role ${role.name} is in use: somebody has it, or another inherits from it.`);
      for (const child of children)
        tx.update(roles)
          .set({ parentId: parentOf(child.id) })
          .where(eq(roles.id, child.id))
          .run();
      tx.delete(userRoles).where(eq(userRoles.roleId, role.id)).run();
      tx.delete(roles).where(eq(roles.id, role.id)).run();
    });
    const batchId = newId();
    audit(tx, actor, { target: targetOf(role), before: state, after: null, batchId });
    for (const child of children) {
      audit(tx, actor, {
        target: targetOf(child),
        before: { parent: role.name },
        after: { parent: change.after.get(parentOf(child.id) ?? "")?.name ?? null },
        batchId,
      });
    }
    for (const holder of holders) auditHolder(tx, actor, holder, change, batchId);
    return told(tx, actor, null, change, dryRun);
  });
}

/** Changes a role behind the gate, with its audit entry. What changes nothing leaves none. */
function changed(
  tx: Tx,
  actor: Actor,
  id: string,
  needs: readonly Permission[],
  dryRun: boolean,
  act: () => void,
): RoleEffect {
  const before = stateOf(tx, id);
  const change = onRole(tx, actor, id, needs, act);
  const after = stateOf(tx, id);
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    audit(tx, actor, { target: { type: "role", id, label: after.name }, before, after });
  }
  return told(tx, actor, id, change, dryRun);
}

function told(tx: Tx, actor: Actor, id: string | null, change: RoleChange, dryRun: boolean): RoleEffect {
  const effect = effectOf(change);
  const role = id === null ? null : openRole(id, actor, tx);
  return { applied: !dryRun, role, ...effect, says: inSentences(effect, accountGrants([], change.after), !dryRun) };
}

/** What becomes of somebody whose role was deleted: without another, what `default` gives. */
function auditHolder(
  tx: Tx,
  actor: Actor,
  holder: { id: string; email: string; roles: string[] },
  { before, after }: RoleChange,
  batchId: string,
): void {
  const kept = existing(holder.roles, after);
  const held = accountGrants(holder.roles, before);
  const holding = accountGrants(kept, after);
  audit(tx, actor, {
    target: { type: "account", id: holder.id, label: holder.email },
    before: { roles: holder.roles.map((id) => before.get(id)?.name), grants: held },
    after: {
      roles: kept.map((id) => after.get(id)?.name),
      grants: holding,
      ...(kept.length === 0 ? { fallsTo: DEFAULT_ROLE, gained: difference(held, holding).gained } : {}),
    },
    batchId,
  });
}

const holdersOf = (tx: Tx, roleId: string) =>
  tx
    .select({ id: users.id, email: users.email })
    .from(userRoles)
    .innerJoin(users, eq(users.id, userRoles.userId))
    .where(eq(userRoles.roleId, roleId))
    .all()
    .map((row) => ({ ...row, roles: roleIdsOf(row.id, tx) }));

function assertRenaming(tx: Tx, role: { id: string; name: string }, name: string): void {
  if (isBuiltIn(role.name)) throw invalid({ name: `The role ${role.name} is built in and keeps its name.` });
  assertNameFree(tx, name, role.id);
}

/** Names that differ in nothing but case are one: nobody mistakes a role for a built-in one. */
function assertNameFree(tx: Tx, name: string, own: string | null): void {
  const same = (other: string) => other.toLowerCase() === name.toLowerCase();
  if ([ROOT_ADMIN, DEFAULT_ROLE].some(same)) throw invalid({ name: "This is the name of a built-in role." });
  for (const role of loadRoles(tx).values()) {
    if (role.id === own || !same(role.name)) continue;
    const sentence = `There is a role named ${role.name}.`;
    throw new Problem("already_exists", sentence, { fields: { name: sentence } });
  }
}

function assertParent(tx: Tx, role: { id: string; name: string }, parentId: string | null): void {
  if (role.name === ROOT_ADMIN) throw invalid({ parent: `${ROOT_ADMIN} holds everything: it inherits from no role.` });
  const all = loadRoles(tx);
  if (wouldCycle(all, role.id, parentId)) {
    throw invalid({ parent: `${all.get(parentId ?? "")?.name} inherits from ${role.name} already.` });
  }
}

function parentIdOf(tx: Tx, ref: string | null): string | null {
  if (ref === null) return null;
  const parent = seekRole(ref, tx);
  if (!parent) throw invalid({ parent: "There is no such role." });
  return parent.id;
}

function writeGrants(tx: Tx, roleId: string, grants: readonly string[]): void {
  tx.delete(roleGrants).where(eq(roleGrants.roleId, roleId)).run();
  if (grants.length === 0) return;
  tx.insert(roleGrants)
    .values(grants.map((grant, position) => ({ roleId, grant, position })))
    .run();
}

const grantsIn = (tx: Tx, roleId: string): string[] =>
  tx
    .select({ grant: roleGrants.grant })
    .from(roleGrants)
    .where(eq(roleGrants.roleId, roleId))
    .orderBy(asc(roleGrants.position))
    .all()
    .map((row) => row.grant);

/** A role as the audit log keeps it. */
function stateOf(tx: Tx, roleId: string) {
  const { name, description, parentId, requiresMfa } = findRole(roleId, tx);
  const parent = parentId === null ? null : (loadRoles(tx).get(parentId)?.name ?? null);
  return { name, description, parent, requiresMfa: requiresMfa === 1, grants: grantsIn(tx, roleId) };
}

const targetOf = ({ id, name }: { id: string; name: string }) => ({ type: "role", id, label: name });
