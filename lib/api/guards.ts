/** The only bases of procedures. Each loads what it guards and puts it in the context; nothing else lets a handler near it. */
import * as z from "zod";
import type { OrganisationNeed } from "#lib/access/organisation-role.ts";
import type { Permission } from "#lib/access/permissions.ts";
import type { ServerNeed } from "#lib/access/server-capability.ts";
import type { ZoneLevel } from "#lib/access/zone-level.ts";
import { atLeast } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";
import type { RefusalTarget } from "#lib/audit/refusals.ts";
import { assertFresh } from "#lib/auth/fresh.ts";
import { loadDeletedZone } from "#lib/dns/deleted-zones.ts";
import { loadZone } from "#lib/dns/zones.ts";
import { stage } from "#lib/log/stages.ts";
import { loadNode } from "#lib/nodes/load.ts";
import { loadOrganisation } from "#lib/organisations/organisations.ts";
import { loadServer } from "#lib/servers/load.ts";
import { setting } from "#lib/settings/settings.ts";
import { isStaffWith } from "#lib/staff/admission.ts";
import { base, type ProcedureMeta } from "./base.ts";
import { notFound, Problem } from "./errors.ts";
import { hidePrivate } from "./masked.ts";

/** An account, in a session or through one of its tokens. */
export type AccountActor = Actor & { type: "user" | "token"; id: string };

const switchedOff = {
  "feature.dns": "DNS is switched off on this panel.",
  "feature.registration": "Nobody registers on this panel. Ask whoever runs it for an account.",
  "feature.short_urls": "Short addresses are switched off on this panel.",
  "feature.feedback": "Feedback is switched off on this panel.",
} as const;

export type FeatureFlag = keyof typeof switchedOff;

/** What a guard asks for besides its own question. */
export interface GuardOptions {
  /** The feature that the procedure is part of. */
  flag?: FeatureFlag;
  /** An API token may call it. */
  tokens?: boolean;
  /** A sign-in or confirmation within ten minutes. Tokens never are. */
  fresh?: boolean;
  /** Opens before the second factor that a role asks for is enrolled. */
  enrolling?: boolean;
  /** What the path names is an account, a role, a token or a node, and refused attempts on it are noted in the audit log. */
  refusals?: RefusalTarget;
}

/** Everybody, signed in or not. */
export const anyone = <S extends z.ZodRawShape>(shape: S, { flag }: Pick<GuardOptions, "flag"> = {}) =>
  base
    .meta({ guard: "anyone", argument: "" })
    .use(({ next }) => {
      assertOn(flag);
      return next();
    })
    .input(z.strictObject(shape));

/** Any account. */
export const signedIn = <S extends z.ZodRawShape>(shape: S, options: GuardOptions = {}) =>
  base
    .meta(metaOf("signedIn", "", options))
    .use(({ context, next }) => next({ context: { actor: account(context.actor, options) } }))
    .input(z.strictObject(shape));

/** An account with one permission, for its own things. */
export const can = <S extends z.ZodRawShape>(permission: Permission, shape: S, options: GuardOptions = {}) =>
  base
    .meta(metaOf("can", permission, options))
    .use(({ context, next }) => next({ context: { actor: permitted(context.actor, [permission], options) } }))
    .input(z.strictObject(shape));

/**
 * An account with one permission, or one of several, reaching other people's; `any`: whoever is staff at all. What the
 * output marks as private is masked, unless the session went visible.
 */
export const staff = <S extends z.ZodRawShape>(
  permission: Permission | readonly [Permission, ...Permission[]] | "any",
  shape: S,
  options: GuardOptions = {},
) => {
  const any: readonly Permission[] =
    permission === "any" ? [] : typeof permission === "string" ? [permission] : permission;
  return base
    .meta(metaOf("staff", any.join(" or ") || "any", options))
    .use(async ({ context, next, procedure }) => {
      const actor = permitted(context.actor, any, options);
      if (!isStaffWith(actor.grants)) throw lacking(any);
      const answer = await next({ context: { actor } });
      return asShown(procedure, actor, true, answer);
    })
    .input(z.strictObject(shape));
};

/**
 * `{organisation}` in the path, id or handle. Invisible to those who are not in it: 404. Tokens may, unless it is said otherwise.
 * Whoever comes in through a platform permission gets answers as staff do.
 */
export const inOrganisation = <S extends z.ZodRawShape>(need: OrganisationNeed, shape: S, given: GuardOptions = {}) => {
  const options = { tokens: true, ...given };
  return base
    .meta(metaOf("inOrganisation", need, options))
    .use(({ context, next }) => next({ context: { actor: account(context.actor, options) } }))
    .input(z.strictObject({ organisation: z.string(), ...shape }))
    .use(async ({ context, next, procedure }, input) => {
      const loaded = loadOrganisation((input as { organisation: string }).organisation, context.actor);
      if (!loaded.access.has("member") && !loaded.access.has(need)) throw notFound("organisation");
      if (!loaded.access.has(need)) {
        const say = { member: "members", admin: "admins and the owner", owner: "the owner", delete: "the owner" }[need];
        throw new Problem("forbidden", `Only ${say} of this organisation may do that.`, { missing: need });
      }
      stage("guard");
      const asStaff = loaded.access.viaPlatform(need);
      const answer = await next({ context: { organisation: loaded.organisation, access: loaded.access, asStaff } });
      return asShown(procedure, context.actor, asStaff, answer);
    });
};

/** `{organisation}` and `{zone}` in the path. At level `none` the zone does not exist: 404. Tokens may, unless it is said otherwise. */
export const inZone = <S extends z.ZodRawShape>(
  need: Exclude<ZoneLevel, "none"> | "manage",
  shape: S,
  given: Omit<GuardOptions, "flag"> = {},
) => {
  const options: GuardOptions = { tokens: true, ...given, flag: "feature.dns" };
  return base
    .meta(metaOf("inZone", need, options))
    .use(({ context, next }) => next({ context: { actor: account(context.actor, options) } }))
    .input(z.strictObject({ organisation: z.string(), zone: z.string(), ...shape }))
    .use(async ({ context, next, procedure }, input) => {
      const { organisation, zone } = input as { organisation: string; zone: string };
      const loaded = loadZone(organisation, zone, context.actor);
      if (loaded.access.level === "none") throw notFound("zone");
      if (need === "manage" ? !loaded.access.manage : !atLeast(loaded.access.level, need)) {
        const say = need === "manage" ? "the right to manage it" : `the level ${need}`;
        throw new Problem("forbidden", `That needs ${say} in this zone; your level is ${loaded.access.level}.`, {
          missing: need,
        });
      }
      stage("guard");
      return asShown(procedure, context.actor, loaded.access.viaPlatform, await next({ context: loaded }));
    });
};

/** `{organisation}` and `{deleted}` in the path: a zone that can still be brought back, for who manages it. 404 for everybody else. */
export const inDeletedZone = <S extends z.ZodRawShape>(shape: S) => {
  const options = { flag: "feature.dns" } as const;
  return base
    .meta(metaOf("inDeletedZone", "", options))
    .use(({ context, next }) => next({ context: { actor: account(context.actor, options) } }))
    .input(z.strictObject({ organisation: z.string(), deleted: z.string(), ...shape }))
    .use(async ({ context, next, procedure }, input) => {
      const { organisation, deleted } = input as { organisation: string; deleted: string };
      const loaded = loadDeletedZone(organisation, deleted, context.actor);
      stage("guard");
      return asShown(procedure, context.actor, loaded.asStaff, await next({ context: loaded }));
    });
};

export interface ServerOptions extends Omit<GuardOptions, "flag"> {
  /** The platform permission that passes for this very act, besides the one that passes for everything on servers. */
  permission?: Permission;
  /** The node is asked, so nobody but staff may while the server is suspended. */
  asks?: boolean;
}

/**
 * `{server}` in the path, by id, uuid or short id. All of several needs have to be met. Invisible to those who have no part in
 * it: 404. Tokens may, unless it is said otherwise.
 */
export const onServer = <S extends z.ZodRawShape>(
  need: ServerNeed | readonly [ServerNeed, ...ServerNeed[]],
  shape: S,
  given: ServerOptions = {},
) => {
  const needs: readonly ServerNeed[] = typeof need === "string" ? [need] : need;
  const { permission, asks = false, ...rest } = given;
  const options: GuardOptions = { tokens: true, ...rest };
  const argument = needs.join(" and ") + (permission ? ` or ${permission}` : "") + (asks ? ", asks" : "");
  return base
    .meta(metaOf("onServer", argument, options))
    .use(({ context, next }) => next({ context: { actor: account(context.actor, options) } }))
    .input(z.strictObject({ server: z.string().max(100), ...shape }))
    .use(async ({ context, next, procedure }, input) => {
      const loaded = loadServer((input as { server: string }).server, context.actor);
      const { access, server } = loaded;
      const lacks = needs.filter((one) => !access.has(one, permission));
      if (lacks.length > 0 && !access.has("any")) throw notFound("server");
      const [missing] = lacks;
      if (missing !== undefined)
        throw new Problem(
          "forbidden",
          missing === "owner" || missing === "people"
            ? "Only those whose server this is may do that."
            : `That needs the capability ${missing} on this server.`,
          { missing },
        );
      const asStaff = needs.some((one) => access.viaPlatform(one, permission));
      if (asks && server.suspendedAt !== null && !asStaff)
        throw new Problem("suspended", "This server is suspended. Ask whoever runs the panel.");
      stage("guard");
      return asShown(procedure, context.actor, asStaff, await next({ context: { ...loaded, asStaff } }));
    });
};

/** An answer to staff has what its schema marks as private masked, unless their session went visible. */
function asShown<A extends { output: unknown }>(
  procedure: { "~orpc": { outputSchema?: unknown } },
  actor: Actor,
  asStaff: boolean,
  answer: A,
): A {
  if (!asStaff || actor.privacy === "visible") return answer;
  return { ...answer, output: hidePrivate(procedure["~orpc"].outputSchema, answer.output) };
}

/** A node's daemon, which proved which one it is. Fields that it knows and the panel does not are no error. */
export const node = <S extends z.ZodRawShape>(shape: S) =>
  base
    .meta({ guard: "node", argument: "" })
    .use(({ context, next }) => {
      const { actor } = context;
      if (actor.type !== "node" || actor.id === null) throw new Problem("unauthenticated", "This is for nodes alone.");
      return next({ context: { node: loadNode(actor.id) } });
    })
    .input(z.object(shape));

/** Whoever is behind the request, if that is an account and the options let it pass. */
function account(actor: Actor, options: GuardOptions): AccountActor {
  if ((actor.type !== "user" && actor.type !== "token") || actor.id === null) {
    throw new Problem("unauthenticated", "Sign in first.");
  }
  if (actor.type === "token" && (options.fresh || !options.tokens)) {
    throw new Problem("token_refused", "An API token cannot do this. Sign in to the panel instead.");
  }
  // Enrolling takes a session: until it is done a token opens nothing.
  if (actor.mfa === "missing" && (!options.enrolling || actor.type === "token")) {
    throw new Problem("second_factor_required", "Your role asks for a second factor. Set one up first.", {
      missing: "second factor",
    });
  }
  assertOn(options.flag);
  if (options.fresh) assertFresh(actor);
  stage("guard");
  return actor as AccountActor;
}

function assertOn(flag: GuardOptions["flag"]): void {
  if (flag && !setting(flag)) throw new Problem("feature_disabled", switchedOff[flag]);
}

function permitted(actor: Actor, any: readonly Permission[], options: GuardOptions): AccountActor {
  // A confirmation is asked of those alone who may then go on.
  const held = account(actor, { ...options, fresh: false });
  if (any.length > 0 && !any.some((permission) => held.grants.has(permission))) throw lacking(any);
  return account(actor, options);
}

const metaOf = (guard: ProcedureMeta["guard"], argument: string, options: GuardOptions): ProcedureMeta => ({
  guard,
  argument,
  tokens: (options.tokens ?? false) && !options.fresh,
  fresh: options.fresh ?? false,
  enrolling: options.enrolling ?? false,
  ...(options.refusals ? { refusals: options.refusals } : {}),
});

const lacking = (any: readonly Permission[]) =>
  any.length === 0
    ? new Problem("forbidden", "That is for staff.", { missing: "admin:access" })
    : new Problem("forbidden", `That needs the permission ${any.join(" or ")}.`, { missing: any.join(" or ") });
