/** Organisations: making, finding and editing them. */
import { and, asc, count, desc, eq, or, sql } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import { prepared, remembered } from "#db/hot.ts";
import { deletedZones, organisationMembers, organisations, servers, zones } from "#db/schema/index.ts";
import type { OrganisationAccess, OrganisationRole } from "#lib/access/organisation-role.ts";
import { zoneLevels } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { type ListQuery, likeAnywhere, offsetOf, type Page, sortOf } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { sweep } from "#lib/dns/large/sweep.ts";
import { visibleZones } from "#lib/dns/zones.ts";
import { newId } from "#lib/id.ts";
import { setting } from "#lib/settings/settings.ts";
import { accessIn, organisationsOpenTo, roleAs } from "#lib/tokens/lowered.ts";

export type Organisation = typeof organisations.$inferSelect;

/** Handles are in addresses: lower-case letters, digits and single hyphens. */
export const organisationHandle = z
  .string()
  .trim()
  .toLowerCase()
  .min(2, "A handle has at least 2 characters.")
  .max(40, "A handle has at most 40 characters.")
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "Use letters, digits and single hyphens.")
  .refine(
    (handle) => !/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(handle),
    "This looks like an id. Choose a handle that people can read.",
  )
  .refine((handle) => handle !== "new", "This handle is taken by the panel itself.");
export const organisationName = z
  .string()
  .trim()
  .min(1, "Enter a name.")
  .max(100, "A name has at most 100 characters.")
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, "A name cannot contain control characters.");

export const OrganisationShape = z.object({
  id: z.string(),
  handle: z.string(),
  name: z.string(),
  memberDefault: z.enum(zoneLevels),
  /** Whether accounts outside it may hold levels in its zones. */
  guests: z.enum(["allowed", "forbidden"]),
  /** The caller's own role; null for staff who are not members. */
  role: z.enum(["owner", "admin", "member"]).nullable(),
  members: z.number().int(),
  /** Those that the caller can view. */
  zones: z.number().int(),
  createdAt: z.number().int(),
});
export type OrganisationSummary = z.output<typeof OrganisationShape>;

/** By id or handle, with what the actor may do in it. Throws `not_found` only for what does not exist. */
export function loadOrganisation(
  reference: string,
  actor: Actor,
): { organisation: Organisation; access: OrganisationAccess } {
  const organisation = db()
    .select()
    .from(organisations)
    .where(or(eq(organisations.id, reference), eq(organisations.handle, reference.toLowerCase())))
    .get();
  if (!organisation) throw notFound("organisation");
  return {
    organisation,
    access: accessIn(organisation.id, roleIn(organisation.id, actor.id), actor),
  };
}

export function roleIn(organisationId: string, userId: string | null, tx: DbOrTx = db()): OrganisationRole | null {
  if (userId === null) return null;
  const row = tx
    .select({ role: organisationMembers.role })
    .from(organisationMembers)
    .where(and(eq(organisationMembers.organisationId, organisationId), eq(organisationMembers.userId, userId)))
    .get();
  return row?.role ?? null;
}

/** The maker becomes its owner. Owning more than the limit needs org:write. */
export function createOrganisation(
  input: { name: string; handle: string },
  actor: Actor & { id: string },
): OrganisationSummary {
  return transaction((tx) => {
    if (!mayOwnAnother(tx, actor.id, actor)) {
      const limit = setting("limits.organisations_per_account", tx);
      throw new Problem("conflict", `An account can own at most ${limit} organisations.`);
    }
    assertHandleFree(tx, input.handle, null);
    const now = Date.now();
    const organisation = {
      id: newId(now),
      handle: input.handle,
      name: input.name,
      memberDefault: "view" as const,
      guests: "allowed" as const,
      createdAt: now,
    };
    tx.insert(organisations).values(organisation).run();
    tx.insert(organisationMembers)
      .values({ organisationId: organisation.id, userId: actor.id, role: "owner", createdAt: now })
      .run();
    audit(tx, actor, { ...targetOf(organisation), after: { name: organisation.name, handle: organisation.handle } });
    return { ...organisation, role: roleAs(actor, organisation.id, "owner"), members: 1, zones: 0 };
  });
}

export interface OrganisationEdit {
  name?: string | undefined;
  handle?: string | undefined;
  memberDefault?: Organisation["memberDefault"] | undefined;
  guests?: Organisation["guests"] | undefined;
}

/** What changes nothing leaves no entry. */
export function editOrganisation(
  organisation: Organisation,
  edit: OrganisationEdit,
  actor: Actor & { id: string },
  asStaff: boolean,
): OrganisationSummary {
  transaction((tx) => {
    if (edit.handle) assertHandleFree(tx, edit.handle, organisation.id);
    const moved = Object.entries(edit).filter(
      ([key, value]) => value !== undefined && value !== organisation[key as keyof Organisation],
    );
    if (moved.length === 0) return;
    const set = Object.fromEntries(moved);
    tx.update(organisations).set(set).where(eq(organisations.id, organisation.id)).run();
    const before = Object.fromEntries(moved.map(([key]) => [key, organisation[key as keyof Organisation]]));
    audit(tx, actor, { ...targetOf(organisation), before, after: set, asStaff });
  });
  return summaryOf(organisation.id, actor);
}

/** Says what it owns, and refuses while it owns zones. */
export function deleteOrganisation(organisation: Organisation, actor: Actor, asStaff: boolean): { deleted: string } {
  sweep(transaction((tx) => removeOrganisation(tx, organisation, actor, asStaff)));
  return { deleted: organisation.id };
}

/** Returns what its deleted zones held, which is nobody's from now on. */
export function removeOrganisation(tx: Tx, organisation: Organisation, actor: Actor, asStaff: boolean): number[] {
  const owned = {
    zones: tx.select({ n: count() }).from(zones).where(eq(zones.organisationId, organisation.id)).get()?.n ?? 0,
    servers: tx.select({ n: count() }).from(servers).where(eq(servers.organisationId, organisation.id)).get()?.n ?? 0,
  };
  if (owned.zones + owned.servers > 0) {
    const what = [counted(owned.zones, "zone"), counted(owned.servers, "server")].flat().join(" and ");
    throw new Problem("conflict", `${organisation.name} still owns ${what}. Delete or move them first.`, owned);
  }
  // What was deleted of its zones goes with it for good.
  const lost = tx
    .select({ generation: deletedZones.generation })
    .from(deletedZones)
    .where(eq(deletedZones.organisationId, organisation.id))
    .all();
  tx.delete(organisations).where(eq(organisations.id, organisation.id)).run();
  audit(tx, actor, {
    ...targetOf(organisation),
    before: { name: organisation.name, handle: organisation.handle, deletedZones: lost.length },
    asStaff,
  });
  return lost.map(({ generation }) => generation);
}

const counted = (n: number, noun: string): string[] => (n === 0 ? [] : [`${n} ${noun}${n === 1 ? "" : "s"}`]);

const sorts = { name: organisations.name, handle: organisations.handle, createdAt: organisations.createdAt } as const;

/** The organisations that the actor is in; all of them for `org:read` with `scope: all`. */
export function listOrganisations(
  query: ListQuery & { scope: "own" | "all" },
  actor: Actor & { id: string },
): Page<OrganisationSummary> {
  const all = query.scope === "all" && actor.grants.has("org:read");
  const own = sql`exists (select 1 from ${organisationMembers} m where m.organisation_id = ${organisations.id} and m.user_id = ${actor.id})`;
  const pattern = likeAnywhere(query.q);
  const matches = query.q
    ? sql`(${organisations.name} like ${pattern} escape '\\' or ${organisations.handle} like ${pattern} escape '\\')`
    : undefined;
  const where = and(all ? undefined : own, organisationsOpenTo(actor), matches);
  const { column, descending } = sortOf(query);
  const by = sorts[column as keyof typeof sorts];
  const items = summaries(actor)
    .where(where)
    .orderBy(descending ? desc(by) : asc(by), asc(organisations.id))
    .limit(query.perPage)
    .offset(offsetOf(query))
    .all()
    .map((row) => ({ ...row, role: roleAs(actor, row.id, row.role) }));
  const total = db().select({ n: count() }).from(organisations).where(where).get()?.n ?? 0;
  return { items, total, page: query.page, perPage: query.perPage };
}

/** The organisations that an account is in, as the frame of every page names them; 200 at most. */
export const ownOrganisations = remembered((userId: string) => byMember().all({ user: userId }));

const byMember = prepared((handle) =>
  handle
    .select({
      id: organisations.id,
      handle: organisations.handle,
      name: organisations.name,
      role: organisationMembers.role,
    })
    .from(organisationMembers)
    .innerJoin(organisations, eq(organisations.id, organisationMembers.organisationId))
    .where(eq(organisationMembers.userId, sql.placeholder("user")))
    .orderBy(asc(organisations.name), asc(organisations.id))
    .limit(200)
    .prepare(),
);

export function summaryOf(id: string, actor: Actor & { id: string }): OrganisationSummary {
  const row = summaries(actor).where(eq(organisations.id, id)).get();
  if (!row) throw notFound("organisation");
  return { ...row, role: roleAs(actor, row.id, row.role) };
}

const summaries = (actor: Actor & { id: string }) =>
  db()
    .select({
      id: organisations.id,
      handle: organisations.handle,
      name: organisations.name,
      memberDefault: organisations.memberDefault,
      guests: organisations.guests,
      createdAt: organisations.createdAt,
      role: sql<OrganisationRole | null>`(select m.role from ${organisationMembers} m where m.organisation_id = ${organisations.id} and m.user_id = ${actor.id})`,
      members: sql<number>`(select count(*) from ${organisationMembers} m where m.organisation_id = ${organisations.id})`,
      zones: visibleZones(actor),
    })
    .from(organisations);

/** Whether the account may own one more. Staff with org:write give as many as they like. */
export const mayOwnAnother = (tx: Tx, userId: string, { grants }: Actor): boolean =>
  grants.has("org:write") || ownedBy(userId, tx) < setting("limits.organisations_per_account", tx);

const ownedBy = (userId: string, tx: Tx): number =>
  tx
    .select({ n: count() })
    .from(organisationMembers)
    .where(and(eq(organisationMembers.userId, userId), eq(organisationMembers.role, "owner")))
    .get()?.n ?? 0;

function assertHandleFree(tx: Tx, handle: string, except: string | null): void {
  const taken = tx.select({ id: organisations.id }).from(organisations).where(eq(organisations.handle, handle)).get();
  if (taken && taken.id !== except) {
    throw new Problem("already_exists", "This handle is taken.", { fields: { handle: "This handle is taken." } });
  }
}

export const targetOf = (organisation: { id: string; name: string }) => ({
  target: { type: "organisation", id: organisation.id, label: organisation.name },
  organisationId: organisation.id,
});
