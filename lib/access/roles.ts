/** Roles: what an account holds through them, how they inherit, and what the built-in ones may be. */
import { type CatalogueEntry, catalogue } from "./permissions.ts";

/** A role as stored: its own grants in order, without those that it inherits. */
export interface RoleRow {
  id: string;
  name: string;
  parentId: string | null;
  /** Whether those who have it need a second factor. */
  requiresMfa: boolean;
  grants: readonly string[];
}

type Roles = ReadonlyMap<string, RoleRow>;

/** The name of the built-in role that holds `*`. */
export const ROOT_ADMIN = "rootAdmin";

/** The name of the built-in role of accounts without one. */
export const DEFAULT_ROLE = "default";

/** What `default` holds on a new panel. */
export const defaultRoleGrants: readonly string[] = [
  "org:create",
  "apikeys:read",
  "apikeys:create",
  "apikeys:delete",
  "orders:create",
  "orders:read",
  "plans:read",
  "tickets:write",
  "servers:create",
  "soc:read",
  "ai:use",
  "tunnels:write",
];

/**
 * The grants of these roles and all their ancestors, once each: role by role as given, each followed by its ancestors.
 * A cycle is walked once; a role that does not exist adds nothing. Invalid grants are kept, and cover nothing.
 */
export const effectiveGrants = (roleIds: readonly string[], roles: Roles): string[] => [
  ...new Set(withAncestors(roleIds, roles).flatMap((role) => role.grants)),
];

/** What an account with these roles holds. With no role at all it is the role named `default` that counts. */
export const accountGrants = (roleIds: readonly string[], roles: Roles): string[] =>
  effectiveGrants(countingRoles(roleIds, roles), roles);

/**
 * Everything that these roles, and accounts with these sets of roles, hold. A role that does not exist is in no account's
 * set either, so that what is left of a set when its last role is deleted is what `default` gives.
 */
export const grantsOfAll = (
  roleIds: readonly string[],
  sets: readonly (readonly string[])[],
  roles: Roles,
): string[] => [
  ...new Set([
    ...roleIds.flatMap((id) => effectiveGrants([id], roles)),
    ...sets.flatMap((set) => accountGrants(existing(set, roles), roles)),
  ]),
];

/** The roles of a set that exist. */
export const existing = (set: readonly string[], roles: Roles): string[] => set.filter((id) => roles.has(id));

/** Whether an account with these roles needs a second factor: one of them, or of their ancestors, asks for it. */
export const accountRequiresMfa = (roleIds: readonly string[], roles: Roles): boolean =>
  withAncestors(countingRoles(roleIds, roles), roles).some((role) => role.requiresMfa);

function countingRoles(roleIds: readonly string[], roles: Roles): readonly string[] {
  if (roleIds.length > 0) return roleIds;
  for (const role of roles.values()) if (role.name === DEFAULT_ROLE) return [role.id];
  return [];
}

function withAncestors(roleIds: readonly string[], roles: Roles): RoleRow[] {
  const walked = new Map<string, RoleRow>();
  for (const id of roleIds) {
    for (let role = roles.get(id); role && !walked.has(role.id); role = parentOf(role, roles))
      walked.set(role.id, role);
  }
  return [...walked.values()];
}

/** The ids of the role's parent, its parent, and so on. A cycle is walked once; never the role itself. */
export function ancestors(roles: Roles, roleId: string): string[] {
  const walked = withAncestors([roleId], roles).map((role) => role.id);
  return walked.slice(1);
}

/** Whether the role would become its own ancestor if it had this parent. */
export function wouldCycle(roles: Roles, roleId: string, parentId: string | null): boolean {
  const walked = new Set<string>();
  for (let id = parentId; id !== null && !walked.has(id); id = roles.get(id)?.parentId ?? null) {
    if (id === roleId) return true;
    walked.add(id);
  }
  return false;
}

/** The ids of all roles that inherit from this one, at any depth; never the role itself. */
export function descendants(roles: Roles, roleId: string): Set<string> {
  const children = new Map<string, string[]>();
  for (const role of roles.values()) {
    if (role.parentId !== null) children.set(role.parentId, [...(children.get(role.parentId) ?? []), role.id]);
  }
  const found = new Set<string>();
  const open = [roleId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const child of children.get(id) ?? []) {
      if (child === roleId || found.has(child)) continue;
      found.add(child);
      open.push(child);
    }
  }
  return found;
}

/**
 * Whether `default` may hold these grants: only concrete entries of the catalogue that reach one's own things. What
 * it inherits counts, so pass the effective grants.
 */
export function checkDefaultGrants(grants: readonly string[]): { ok: true } | { ok: false; reason: string } {
  for (const grant of grants) {
    if (ownReach.has(grant)) continue;
    return {
      ok: false,
      reason: `Everybody without a role has the role ${DEFAULT_ROLE}, so it cannot hold ${grant}: it may only hold permissions over one's own things.`,
    };
  }
  return { ok: true };
}

const ownReach: ReadonlySet<string> = new Set(
  catalogue.filter((entry: CatalogueEntry) => entry.reach === "own").map((entry) => entry.value),
);

const parentOf = (role: RoleRow, roles: Roles): RoleRow | undefined =>
  role.parentId === null ? undefined : roles.get(role.parentId);
