/** What an account may do in an organisation: by its role there, or by platform permissions. */
import type { GrantSet } from "./permissions.ts";

export type OrganisationRole = "owner" | "admin" | "member";

/** What an act asks for. `owner` is handing over the ownership, `delete` deleting the organisation. */
export type OrganisationNeed = "member" | "admin" | "owner" | "delete";

/** Somebody's access to an organisation. The flags count platform permissions; `role` is what they really are there. */
export interface OrganisationAccess {
  member: boolean;
  admin: boolean;
  /** May hand over the ownership. Whether somebody is the owner is `role`. */
  owner: boolean;
  canDelete: boolean;
  role: OrganisationRole | null;
  /** As whom they reach members: staff with `org:write` reach everybody whom the owner reaches. */
  acts: OrganisationRole | null;
  /** Whether the need is met. */
  has(needed: OrganisationNeed): boolean;
  /** Whether the need is met, and would not be without platform permissions. */
  viaPlatform(needed: OrganisationNeed): boolean;
}

/** `org:read` passes as member, `org:write` as admin and for handing over, `org:delete` for deleting only. */
export function organisationAccess({
  grants,
  role,
}: {
  grants: GrantSet;
  role: OrganisationRole | null;
}): OrganisationAccess {
  const byRole = {
    member: role !== null,
    admin: role === "admin" || role === "owner",
    owner: role === "owner",
    delete: role === "owner",
  };
  const writes = grants.has("org:write");
  const met = {
    member: byRole.member || writes || grants.has("org:read"),
    admin: byRole.admin || writes,
    owner: byRole.owner || writes,
    delete: byRole.delete || grants.has("org:delete"),
  };
  return {
    member: met.member,
    admin: met.admin,
    owner: met.owner,
    canDelete: met.delete,
    role,
    acts: writes && !byRole.admin ? "owner" : role,
    has: (needed) => met[needed],
    viaPlatform: (needed) => met[needed] && !byRole[needed],
  };
}

/** Outside is 0. */
export const roleRank = (role: OrganisationRole | null): number =>
  role === null ? 0 : { member: 1, admin: 2, owner: 3 }[role];

/**
 * Whether somebody with `actorRole` may turn another's `targetRole` into `newRole`. Null is outside: joining or being
 * removed. Staff with `org:write` act as the owner here. Making somebody owner is handing over: only the owner does it,
 * to somebody in the organisation, and becomes admin. Leaving by oneself is not asked here.
 */
export function mayAssign(
  actorRole: OrganisationRole | null,
  targetRole: OrganisationRole | null,
  newRole: OrganisationRole | null,
): boolean {
  if (actorRole !== "owner" && actorRole !== "admin") return false;
  // There is always exactly one owner, so nobody is demoted from it but by handing over to somebody else.
  if (targetRole === "owner") return false;
  if (newRole === "owner") return actorRole === "owner" && targetRole !== null;
  return true;
}
