/** The API of everybody's accounts, for staff. */
import { eq } from "drizzle-orm";
import * as z from "zod";
import { auditLog } from "#db/schema/index.ts";
import { zoneLevels } from "#lib/access/zone-level.ts";
import { staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { aboutAccount, readTrail, TrailEntry } from "#lib/audit/trail.ts";
import { listSessions } from "#lib/auth/session.ts";
import { organisationsOfAccount } from "#lib/organisations/directory.ts";
import { grantsOfAccount } from "#lib/roles/listing.ts";
import { setRoles } from "#lib/roles/membership.ts";
import { AccountGrants, AccountRolesEffect, dryRun, roleRef } from "#lib/roles/shapes.ts";
import {
  changeEmail,
  deleteAccount,
  editAccount,
  endSessionsOf,
  keepAccount,
  makeResetLink,
  removeFactors,
  removePasskeys,
  removePassword,
  suspendAccount,
  unsuspendAccount,
  verifyEmail,
} from "./administration.ts";
import { accountStates, assertAccount, listAccounts, openAccount } from "./directory.ts";
import { Choice, Effects } from "./owned.ts";
import { Leaving, leavingOf } from "./owned-organisations.ts";
import { AccountDetail, AccountSummary, Done, TheirSession } from "./shapes.ts";
import { zonesOfAccount } from "./their-zones.ts";
import { createAccount, emailAddress, newPassword, personName } from "./users.ts";

const user = { user: z.string() };
const noted = { refusals: "account" } as const;
/** What changes how somebody proves who they are asks the actor to do so first. */
const proven = { ...noted, fresh: true } as const;

const sorting = keyedQuery(["-createdAt", "email", "name"], {
  status: z.enum(accountStates).optional(),
  /** A role's id or name. */
  role: z.string().max(100).optional(),
});

export const list = staff("users:read", sorting, { tokens: true })
  .route({ method: "GET", path: "/admin/users", summary: "All accounts" })
  .output(keyedPage(AccountSummary))
  .handler(({ input }) => listAccounts(input));

export const create = staff("users:write", { name: personName, email: emailAddress, password: newPassword }, noted)
  .route({ method: "POST", path: "/admin/users", successStatus: 201, summary: "Make an account" })
  .output(AccountSummary)
  .handler(({ context, input }) => createAccount(input, context.actor));

export const open = staff("users:read", user, { tokens: true })
  .route({ method: "GET", path: "/admin/users/{user}", summary: "One account" })
  .output(AccountDetail.extend({ leaving: Effects.nullable() }))
  .handler(({ context, input }) => openAccount(input.user, context.actor));

export const edit = staff("users:write", { ...user, name: personName }, { ...noted, tokens: true })
  .route({ method: "PATCH", path: "/admin/users/{user}", summary: "Change somebody's name" })
  .output(Done)
  .handler(({ context, input }) => editAccount(input.user, input.name, context.actor));

export const verify = staff("users:write", user, noted)
  .route({ method: "POST", path: "/admin/users/{user}/verify", summary: "Vouch for somebody's e-mail address" })
  .output(Done)
  .handler(({ context, input }) => verifyEmail(input.user, context.actor));

export const changeAddress = staff("admin:user:edit", { ...user, email: emailAddress }, proven)
  .route({ method: "PUT", path: "/admin/users/{user}/email", summary: "Change somebody's e-mail address" })
  .output(Done)
  .handler(({ context, input }) => changeEmail(input.user, input.email, context.actor));

export const resetLink = staff("admin:user:edit", user, proven)
  .route({
    method: "POST",
    path: "/admin/users/{user}/reset-link",
    successStatus: 201,
    summary: "Make a link with which somebody sets a new password",
  })
  .output(z.object({ url: z.string(), expiresAt: z.number().int() }))
  .handler(({ context, input }) => makeResetLink(input.user, context.actor));

const reason = z.string().trim().min(1, "Say why.").max(500, "A reason has at most 500 characters.");

export const suspend = staff("users:suspend", { ...user, reason }, { ...noted, tokens: true })
  .route({
    method: "POST",
    path: "/admin/users/{user}/suspend",
    summary: "Suspend an account: it is signed out at once",
  })
  .output(Done)
  .handler(({ context, input }) => suspendAccount(input.user, input.reason, context.actor));

export const unsuspend = staff("users:suspend", user, { ...noted, tokens: true })
  .route({ method: "POST", path: "/admin/users/{user}/unsuspend", summary: "Let a suspended account in again" })
  .output(Done)
  .handler(({ context, input }) => unsuspendAccount(input.user, context.actor));

const choices = z.array(Choice).max(1000).default([]);

export const remove = staff("users:delete", { ...user, choices }, proven)
  .route({ method: "DELETE", path: "/admin/users/{user}", summary: "Close an account, and delete it after some days" })
  .output(Done)
  .handler(({ context, input }) => deleteAccount(input.user, input.choices, context.actor));

const some = z.array(z.string().max(40)).min(1, "Name at least one account.").max(200);

export const leaving = staff("users:delete", { users: some })
  .meta({ guard: "staff", argument: "users:delete", reads: true })
  .route({ method: "POST", path: "/admin/leaving", summary: "What accounts own that would go with them" })
  .output(z.object({ items: z.array(Leaving) }))
  .handler(({ input }) => ({ items: leavingOf(input.users) }));

export const keep = staff("deletions:write", user, noted)
  .route({ method: "POST", path: "/admin/users/{user}/keep", summary: "Keep an account that was to be deleted" })
  .output(Done)
  .handler(({ context, input }) => keepAccount(input.user, context.actor));

export const grants = staff("roles:read", user)
  .route({
    method: "GET",
    path: "/admin/users/{user}/grants",
    summary: "What somebody may do, and which role gives it",
  })
  .output(AccountGrants)
  .handler(({ input }) => {
    assertAccount(input.user);
    return grantsOfAccount(input.user);
  });

export const assign = staff("roles:assign", { ...user, roles: z.array(roleRef).max(50), dryRun }, noted)
  .route({ method: "PUT", path: "/admin/users/{user}/roles", summary: "Say which roles somebody has" })
  .output(AccountRolesEffect)
  .handler(({ context, input }) => setRoles(input.user, input.roles, context.actor, input.dryRun));

export const theirSessions = staff("admin:user:edit", user)
  .route({ method: "GET", path: "/admin/users/{user}/sessions", summary: "Where somebody is signed in" })
  .output(z.object({ items: z.array(TheirSession) }))
  .handler(({ context, input }) => {
    assertAccount(input.user);
    return { items: listSessions(input.user, context.actor.sessionId) };
  });

export const theirOrganisations = staff("users:read", { ...user, ...keyedQuery(["name"], {}) })
  .route({ method: "GET", path: "/admin/users/{user}/organisations", summary: "The organisations that somebody is in" })
  .output(
    keyedPage(
      z.object({
        id: z.string(),
        handle: z.string(),
        name: z.string(),
        role: z.enum(["owner", "admin", "member"]),
        since: z.number().int(),
      }),
    ),
  )
  .handler(({ input }) => {
    assertAccount(input.user);
    return organisationsOfAccount(input.user, input);
  });

const level = z.enum(zoneLevels);

export const theirZones = staff(
  ["dns:read", "dns:manage"],
  { ...user, ...keyedQuery(["name"], {}) },
  { flag: "feature.dns" },
)
  .route({ method: "GET", path: "/admin/users/{user}/zones", summary: "Somebody's zones, and their level in each" })
  .output(
    keyedPage(
      z.object({
        id: z.string(),
        name: z.string(),
        displayName: z.string(),
        organisation: z.object({ id: z.string(), handle: z.string(), name: z.string() }),
        /** Null: a guest. */
        role: z.enum(["owner", "admin", "member"]).nullable(),
        memberDefault: level,
        /** What is set for just this zone. */
        row: z
          .object({
            level,
            names: z.array(z.string()),
            types: z.array(z.string()),
            expiresAt: z.number().int().nullable(),
          })
          .nullable(),
        level,
        source: z.enum(["platform", "organisation", "row", "default", "none"]),
      }),
    ),
  )
  .handler(({ context, input }) => zonesOfAccount(input.user, input, context.actor));

export const history = staff("users:read", {
  ...user,
  ...keyedQuery(["-at"], { side: z.enum(["by", "about"]).default("by") }),
})
  .route({
    method: "GET",
    path: "/admin/users/{user}/history",
    summary: "What somebody did, or what was done to their account",
  })
  .output(keyedPage(TrailEntry))
  .handler(({ input }) => {
    assertAccount(input.user);
    return readTrail(input.side === "by" ? eq(auditLog.actorId, input.user) : aboutAccount(input.user), input);
  });

const ended = z.object({ ended: z.number().int() });

export const signOut = staff("admin:user:edit", user, noted)
  .route({ method: "DELETE", path: "/admin/users/{user}/sessions", summary: "Sign somebody out everywhere" })
  .output(ended)
  .handler(({ context, input }) => ({ ended: endSessionsOf(input.user, null, context.actor) }));

export const signOutOne = staff("admin:user:edit", { ...user, session: z.string() }, noted)
  .route({
    method: "DELETE",
    path: "/admin/users/{user}/sessions/{session}",
    summary: "End one of somebody's sessions",
  })
  .output(ended)
  .handler(({ context, input }) => ({ ended: endSessionsOf(input.user, input.session, context.actor) }));

export const clearPassword = staff("admin:user:edit", user, proven)
  .route({ method: "DELETE", path: "/admin/users/{user}/password", summary: "Remove somebody's password" })
  .output(Done)
  .handler(({ context, input }) => removePassword(input.user, context.actor));

export const clearPasskeys = staff("admin:user:edit", user, proven)
  .route({ method: "DELETE", path: "/admin/users/{user}/passkeys", summary: "Remove all of somebody's passkeys" })
  .output(Done)
  .handler(({ context, input }) => removePasskeys(input.user, null, context.actor));

export const clearPasskey = staff("admin:user:edit", { ...user, passkey: z.string() }, proven)
  .route({
    method: "DELETE",
    path: "/admin/users/{user}/passkeys/{passkey}",
    summary: "Remove one of somebody's passkeys",
  })
  .output(Done)
  .handler(({ context, input }) => removePasskeys(input.user, input.passkey, context.actor));

export const clearFactors = staff("admin:user:edit", user, proven)
  .route({ method: "DELETE", path: "/admin/users/{user}/factors", summary: "Remove somebody's second factor" })
  .output(Done)
  .handler(({ context, input }) => removeFactors(input.user, context.actor));
