/** Whom an announcement is for: as a question about one account, and as a condition over all. */
import { and, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db } from "#db/client.ts";
import { organisationMembers, organisations, roles, userRoles, users } from "#db/schema/index.ts";
import { DEFAULT_ROLE, effectiveGrants } from "#lib/access/roles.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid } from "#lib/api/errors.ts";
import { loadRoles, roleIdsOf } from "#lib/roles/roles.ts";
import { isStaffWith } from "#lib/staff/admission.ts";

/** As it is kept: with ids. */
export type Audience =
  | { kind: "everyone" }
  | { kind: "staff" }
  /** Owners and admins of any organisation. */
  | { kind: "managers" }
  | { kind: "organisations"; ids: string[] }
  | { kind: "role"; id: string }
  | { kind: "accounts"; ids: string[] };

const MOST = 500;
const names = z.array(z.string().trim().toLowerCase().min(1).max(320)).min(1, "Name at least one.").max(MOST);

/** As people say it: handles, a role's name, addresses. */
export const AudienceInput = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("everyone") }),
  z.object({ kind: z.literal("staff") }),
  z.object({ kind: z.literal("managers") }),
  z.object({ kind: z.literal("organisations"), names }),
  z.object({ kind: z.literal("role"), name: z.string().trim().min(1, "Name a role.").max(100) }),
  z.object({ kind: z.literal("accounts"), names }),
]);
export type AudienceInput = z.output<typeof AudienceInput>;

/** The same as it is shown: of what it was for nothing may be left. */
export const AudienceShown = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["everyone", "staff", "managers"]) }),
  z.object({ kind: z.enum(["organisations", "accounts"]), names: z.array(z.string()) }),
  z.object({ kind: z.literal("role"), name: z.string() }),
]);

/** Throws `invalid_input` for whatever there is none of. */
export function toAudience(given: AudienceInput): Audience {
  if (given.kind === "role") {
    const role = db().select({ id: roles.id }).from(roles).where(eq(roles.name, given.name)).get();
    if (!role) throw invalid({ targets: `There is no role ${given.name}.` });
    return { kind: "role", id: role.id };
  }
  if (given.kind === "organisations") {
    const found = db()
      .select({ id: organisations.id, name: organisations.handle })
      .from(organisations)
      .where(or(inArray(organisations.handle, given.names), inArray(organisations.id, given.names)))
      .all();
    return { kind: given.kind, ids: all(given.names, found, "organisation") };
  }
  if (given.kind === "accounts") {
    const found = db()
      .select({ id: users.id, name: users.email })
      .from(users)
      .where(or(inArray(users.email, given.names), inArray(users.id, given.names)))
      .all();
    return { kind: given.kind, ids: all(given.names, found, "account") };
  }
  return given;
}

function all(wanted: readonly string[], found: readonly { id: string; name: string }[], what: string): string[] {
  const known = new Map(found.flatMap(({ id, name }) => [[id, id] as const, [name, id] as const]));
  const missing = wanted.find((name) => !known.has(name));
  if (missing !== undefined) throw invalid({ targets: `There is no ${what} ${missing}.` });
  return [...new Set(wanted.map((name) => known.get(name) ?? ""))];
}

/** The other way round. What is gone since is left out. In privacy mode accounts are named by their ids, which do for an edit too. */
export function toInput(audience: Audience, privacy: Actor["privacy"], tx: DbOrTx = db()): AudienceInput {
  if (audience.kind === "role")
    return {
      kind: "role",
      name: tx.select({ name: roles.name }).from(roles).where(eq(roles.id, audience.id)).get()?.name ?? "",
    };
  if (audience.kind === "organisations")
    return {
      kind: audience.kind,
      names: tx
        .select({ name: organisations.handle })
        .from(organisations)
        .where(inArray(organisations.id, audience.ids))
        .all()
        .map(({ name }) => name),
    };
  if (audience.kind === "accounts")
    return {
      kind: audience.kind,
      names: tx
        .select({ name: privacy === "visible" ? users.email : users.id })
        .from(users)
        .where(inArray(users.id, audience.ids))
        .all()
        .map(({ name }) => name),
    };
  return audience;
}

/** What decides whether an account is among them. */
export interface Facts {
  id: string;
  staff: boolean;
  roles: readonly string[];
  organisations: readonly { id: string; role: string | null }[];
}

export function factsOf(userId: string, grants: readonly string[]): Facts {
  const member = { id: organisationMembers.organisationId, role: organisationMembers.role };
  return {
    id: userId,
    staff: isStaffWith(grants),
    roles: roleIdsOf(userId),
    organisations: db().select(member).from(organisationMembers).where(eq(organisationMembers.userId, userId)).all(),
  };
}

/** `byDefault` is the id of the role that those without one have. */
export function isAmong(audience: Audience, facts: Facts, byDefault: string | undefined): boolean {
  switch (audience.kind) {
    case "everyone":
      return true;
    case "staff":
      return facts.staff;
    case "managers":
      return facts.organisations.some(({ role }) => role === "owner" || role === "admin");
    case "organisations":
      return facts.organisations.some(({ id }) => audience.ids.includes(id));
    case "role":
      return facts.roles.includes(audience.id) || (facts.roles.length === 0 && audience.id === byDefault);
    case "accounts":
      return audience.ids.includes(facts.id);
  }
}

export const defaultRoleId = (tx: DbOrTx = db()): string | undefined =>
  tx.select({ id: roles.id }).from(roles).where(eq(roles.name, DEFAULT_ROLE)).get()?.id;

/** A condition on `users`, as everything is now. */
export function conditionOf(audience: Audience, tx: DbOrTx = db()): SQL {
  const mine = sql`${userRoles.userId} = ${users}.id`;
  const inAny = sql`${organisationMembers.userId} = ${users}.id`;
  switch (audience.kind) {
    case "everyone":
      return sql`1`;
    case "staff": {
      const known = loadRoles(tx);
      const ids = [...known.keys()].filter((id) => isStaffWith(effectiveGrants([id], known)));
      return exists(userRoles, and(mine, inArray(userRoles.roleId, ids)));
    }
    case "managers":
      return exists(organisationMembers, and(inAny, sql`role in ('owner', 'admin')`));
    case "organisations":
      return exists(organisationMembers, and(inAny, inArray(organisationMembers.organisationId, audience.ids)));
    case "role": {
      const has = exists(userRoles, and(mine, eq(userRoles.roleId, audience.id)));
      return audience.id === defaultRoleId(tx) ? sql`(${has} or not ${exists(userRoles, mine)})` : has;
    }
    case "accounts":
      return inArray(users.id, audience.ids);
  }
}

const exists = (table: typeof userRoles | typeof organisationMembers, where: SQL | undefined): SQL =>
  sql`exists (select 1 from ${table} where ${where})`;
