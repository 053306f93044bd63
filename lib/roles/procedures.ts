/** The API of roles: what they grant, who has them, and the catalogue they choose from. */
import * as z from "zod";
import { signedIn, staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { masked } from "#lib/api/masked.ts";
import { cloneRole, createRole, deleteRole, editRole, orderGrants, setGrants } from "./administration.ts";
import { listRoleMembers, listRoles, openRole, permissionsFor } from "./listing.ts";
import { addMember, removeMember } from "./membership.ts";
import {
  AccountRolesEffect,
  dryRun,
  RoleDetail,
  RoleEffect,
  RoleSummary,
  roleDescription,
  roleGrantList,
  roleName,
  roleRef,
} from "./shapes.ts";

/** Whoever may make roles has to see them: both open the tab. */
const looking = ["roles:read", "roles:create"] as const;
const noted = { refusals: "role" } as const;

export const permissions = signedIn({}, { tokens: true })
  .route({ method: "GET", path: "/permissions", summary: "Every permission there is, or those that one holds" })
  .output(
    z.object({
      items: z.array(
        z.object({
          value: z.string(),
          category: z.string(),
          description: z.string(),
          staff: z.boolean(),
          reach: z.enum(["own", "all"]),
        }),
      ),
    }),
  )
  .handler(({ context }) => ({ items: permissionsFor(context.actor) }));

export const list = staff(
  looking,
  keyedQuery(["name", "createdAt", "members"], { kind: z.enum(["builtIn", "made"]).optional() }),
)
  .route({ method: "GET", path: "/admin/roles", summary: "All roles" })
  .output(keyedPage(RoleSummary))
  .handler(({ input }) => listRoles(input));

export const open = staff(looking, { role: roleRef })
  .route({ method: "GET", path: "/admin/roles/{role}", summary: "One role, and all that it grants" })
  .output(RoleDetail)
  .handler(({ context, input }) => openRole(input.role, context.actor));

export const members = staff(looking, { role: roleRef, ...keyedQuery(["name", "email"], {}) })
  .route({ method: "GET", path: "/admin/roles/{role}/members", summary: "The accounts that have a role" })
  .output(
    keyedPage(
      z.object({
        id: z.string(),
        name: masked("name"),
        email: masked("email"),
        suspended: z.boolean(),
        since: z.number().int(),
      }),
    ),
  )
  .handler(({ input }) => listRoleMembers(input.role, input));

export const create = staff(
  "roles:create",
  {
    name: roleName,
    description: roleDescription.default(""),
    parent: roleRef.nullable().default(null),
    requiresMfa: z.boolean().default(false),
    grants: roleGrantList.default([]),
  },
  noted,
)
  .route({ method: "POST", path: "/admin/roles", successStatus: 201, summary: "Make a role" })
  .output(RoleDetail)
  .handler(({ context, input }) => createRole(input, context.actor));

export const clone = staff("roles:create", { role: roleRef, name: roleName }, noted)
  .route({ method: "POST", path: "/admin/roles/{role}/clone", successStatus: 201, summary: "Make a role like another" })
  .output(RoleDetail)
  .handler(({ context, input }) => cloneRole(input.role, input.name, context.actor));

export const edit = staff(
  "roles:write",
  {
    role: roleRef,
    name: roleName.optional(),
    description: roleDescription.optional(),
    parent: roleRef.nullable().optional(),
    requiresMfa: z.boolean().optional(),
    dryRun,
  },
  noted,
)
  .route({ method: "PATCH", path: "/admin/roles/{role}", summary: "Rename, describe or re-parent a role" })
  .output(RoleEffect)
  .handler(({ context, input: { role, dryRun, ...changes } }) => editRole(role, changes, context.actor, dryRun));

/** `unused`: only while nobody has it and no other inherits from it. */
export const remove = staff("roles:delete", { role: roleRef, unused: z.boolean().default(false), dryRun }, noted)
  .route({ method: "DELETE", path: "/admin/roles/{role}", summary: "Delete a role" })
  .output(RoleEffect)
  .handler(({ context, input }) => deleteRole(input.role, context.actor, input));

export const grant = staff("permissions:assign", { role: roleRef, grants: roleGrantList, dryRun }, noted)
  .route({ method: "PUT", path: "/admin/roles/{role}/grants", summary: "Say what a role grants" })
  .output(RoleEffect)
  .handler(({ context, input }) => setGrants(input.role, input.grants, context.actor, input.dryRun));

export const order = staff("roles:write", { role: roleRef, grants: roleGrantList }, noted)
  .route({ method: "PUT", path: "/admin/roles/{role}/order", summary: "Put a role's grants into another order" })
  .output(RoleDetail)
  .handler(({ context, input }) => orderGrants(input.role, input.grants, context.actor));

export const addOne = staff("roles:assign", { role: roleRef, user: z.string(), dryRun }, { refusals: "account" })
  .route({ method: "POST", path: "/admin/roles/{role}/members", summary: "Give a role to an account" })
  .output(AccountRolesEffect)
  .handler(({ context, input }) => addMember(input.role, input.user, context.actor, input.dryRun));

export const removeOne = staff("roles:assign", { role: roleRef, user: z.string(), dryRun }, { refusals: "account" })
  .route({ method: "DELETE", path: "/admin/roles/{role}/members/{user}", summary: "Take a role from an account" })
  .output(AccountRolesEffect)
  .handler(({ context, input }) => removeMember(input.role, input.user, context.actor, input.dryRun));
