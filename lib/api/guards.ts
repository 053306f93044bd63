/** The only bases of procedures. Each loads what it guards and puts it in the context; nothing else lets a handler near it. */
import * as z from "zod";
import type { OrganisationNeed } from "#lib/access/organisation-role.ts";
import type { Permission } from "#lib/access/permissions.ts";
import { isStaff } from "#lib/access/permissions.ts";
import type { ZoneLevel } from "#lib/access/zone-level.ts";
import { atLeast } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";
import { loadZone } from "#lib/dns/zones.ts";
import { loadOrganisation } from "#lib/organisations/organisations.ts";
import { setting } from "#lib/settings/settings.ts";
import { base } from "./base.ts";
import { notFound, Problem } from "./errors.ts";

/** A signed-in account. */
export type UserActor = Actor & { type: "user"; id: string };

/** Everybody, signed in or not. */
export const anyone = <S extends z.ZodRawShape>(shape: S) =>
  base.meta({ guard: "anyone", argument: "" }).input(z.strictObject(shape));

/** Any account. */
export const signedIn = <S extends z.ZodRawShape>(shape: S, flag?: "feature.dns") =>
  base
    .meta({ guard: "signedIn", argument: "" })
    .use(({ context, next }) => next({ context: { actor: featured(user(context.actor), flag) } }))
    .input(z.strictObject(shape));

/** An account with one permission, for its own things. */
export const can = <S extends z.ZodRawShape>(permission: Permission, shape: S) =>
  base
    .meta({ guard: "can", argument: permission })
    .use(({ context, next }) => next({ context: { actor: permitted(context.actor, permission) } }))
    .input(z.strictObject(shape));

/** An account with one permission, reaching other people's. */
export const staff = <S extends z.ZodRawShape>(permission: Permission, shape: S) =>
  base
    .meta({ guard: "staff", argument: permission })
    .use(({ context, next }) => {
      const actor = permitted(context.actor, permission);
      if (!isStaff(actor.grants.grants)) throw forbidden(permission);
      return next({ context: { actor } });
    })
    .input(z.strictObject(shape));

/** `{organisation}` in the path, id or handle. Invisible to those who are not in it: 404. */
export const inOrganisation = <S extends z.ZodRawShape>(need: OrganisationNeed, shape: S, flag?: "feature.dns") =>
  base
    .meta({ guard: "inOrganisation", argument: need })
    .use(({ context, next }) => next({ context: { actor: featured(user(context.actor), flag) } }))
    .input(z.strictObject({ organisation: z.string(), ...shape }))
    .use(({ context, next }, input) => {
      const loaded = loadOrganisation((input as { organisation: string }).organisation, context.actor);
      if (!loaded.access.has("member") && !loaded.access.has(need)) throw notFound("organisation");
      if (!loaded.access.has(need)) {
        const say = { member: "members", admin: "admins and the owner", owner: "the owner", delete: "the owner" }[need];
        throw new Problem("forbidden", `Only ${say} of this organisation may do that.`, { missing: need });
      }
      return next({
        context: { organisation: loaded.organisation, access: loaded.access, asStaff: loaded.access.viaPlatform(need) },
      });
    });

/** `{organisation}` and `{zone}` in the path. At level `none` the zone does not exist: 404. */
export const inZone = <S extends z.ZodRawShape>(need: Exclude<ZoneLevel, "none"> | "manage", shape: S) =>
  base
    .meta({ guard: "inZone", argument: need })
    .use(({ context, next }) => next({ context: { actor: featured(user(context.actor), "feature.dns") } }))
    .input(z.strictObject({ organisation: z.string(), zone: z.string(), ...shape }))
    .use(({ context, next }, input) => {
      const { organisation, zone } = input as { organisation: string; zone: string };
      const loaded = loadZone(organisation, zone, context.actor);
      if (loaded.access.level === "none") throw notFound("zone");
      if (need === "manage" ? !loaded.access.manage : !atLeast(loaded.access.level, need)) {
        const say = need === "manage" ? "the right to manage it" : `the level ${need}`;
        throw new Problem("forbidden", `That needs ${say} in this zone; your level is ${loaded.access.level}.`, {
          missing: need,
        });
      }
      return next({ context: loaded });
    });

function user(actor: Actor): UserActor {
  if (actor.type !== "user" || actor.id === null) throw new Problem("unauthenticated", "Sign in first.");
  return actor as UserActor;
}

function permitted(actor: Actor, permission: Permission): UserActor {
  const account = user(actor);
  if (!account.grants.has(permission)) throw forbidden(permission);
  return account;
}

function featured<A>(actor: A, flag: "feature.dns" | undefined): A {
  if (flag && !setting(flag)) throw new Problem("feature_disabled", "DNS is switched off on this panel.");
  return actor;
}

const forbidden = (permission: string) =>
  new Problem("forbidden", `That needs the permission ${permission}.`, { missing: permission });
