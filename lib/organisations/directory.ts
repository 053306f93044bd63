/** Everybody's organisations, for staff to look at. */
import { and, count, eq, gt, inArray, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import {
  connections,
  organisationInvites,
  organisationMembers,
  organisations,
  users,
  zoneTemplates,
} from "#db/schema/index.ts";
import type { OrganisationRole } from "#lib/access/organisation-role.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import { type Condition, type KeyedPage, type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { searching } from "#lib/staff/find.ts";
import { limitsOf } from "./limits.ts";
import type { Organisation } from "./organisations.ts";

const listed = {
  from: organisations,
  id: organisations.id,
  sorts: { createdAt: organisations.createdAt, name: organisations.name, handle: organisations.handle },
};

export interface DirectoryQuery extends KeyedQuery {
  guests?: Organisation["guests"] | undefined;
  limits?: "own" | undefined;
  owner?: "shut" | undefined;
}

export function listAllOrganisations(query: DirectoryQuery, actor: Actor) {
  const starts = [organisations.handle, organisations.name] as const;
  const { found, condition } = searching({ kind: "organisation", ...listed, starts }, query.q);
  const conditions: (Condition | undefined)[] = [
    condition,
    query.guests && { where: sql`organisations.guests = ${query.guests}` },
    query.limits && among(sql`select organisation_id as id from organisation_limits group by organisation_id`),
    // Nobody can look after it: its owner is suspended, or about to be deleted.
    query.owner &&
      among(sql`select m.organisation_id as id from users u join organisation_members m on m.user_id = u.id
        where (u.suspended_at is not null or u.deletion_due_at is not null) and m.role = 'owner'`),
  ];
  return readKeyed(listed, query, { conditions, found }, (ids) => summaries(ids, actor));
}

const among = (few: ReturnType<typeof sql>): Condition => ({ where: sql`organisations.id in (${few})`, few });

/** What somebody without dns:read learns of zones: not even how many there are. */
const zonesFor = (actor: Actor) =>
  actor.grants.has("dns:read")
    ? sql<number | null>`(select count(*) from zones z where z.organisation_id = organisations.id)`
    : sql<number | null>`null`;

/** In two queries for all of them. */
function summaries(ids: readonly string[], actor: Actor) {
  const owners = db()
    .select({ organisation: organisationMembers.organisationId, id: users.id, name: users.name, email: users.email })
    .from(organisationMembers)
    .innerJoin(users, eq(users.id, organisationMembers.userId))
    .where(and(inArray(organisationMembers.organisationId, [...ids]), eq(organisationMembers.role, "owner")))
    .all();
  const ownerOf = new Map(owners.map(({ organisation, ...owner }) => [organisation, owner]));
  return db()
    .select({
      id: organisations.id,
      handle: organisations.handle,
      name: organisations.name,
      guests: organisations.guests,
      memberDefault: organisations.memberDefault,
      createdAt: organisations.createdAt,
      members: sql<number>`(select count(*) from organisation_members m where m.organisation_id = organisations.id)`,
      zones: zonesFor(actor),
      ownLimits: sql<number>`(select count(*) from organisation_limits l where l.organisation_id = organisations.id)`,
    })
    .from(organisations)
    .where(inArray(organisations.id, [...ids]))
    .all()
    .map((row) => ({ ...row, owner: ownerOf.get(row.id) ?? null }));
}

export function organisationById(reference: string): Organisation {
  const found = db()
    .select()
    .from(organisations)
    .where(sql`${organisations.id} = ${reference} or ${organisations.handle} = ${reference.toLowerCase()}`)
    .get();
  if (!found) throw notFound("organisation");
  return found;
}

/** One organisation with its limits and all that goes, or has to go first, when it is deleted. */
export function inspectOrganisation(reference: string, actor: Actor) {
  const { id } = organisationById(reference);
  const [summary] = summaries([id], actor);
  if (!summary) throw notFound("organisation");
  const of = (table: typeof connections | typeof zoneTemplates) =>
    db().select({ n: count() }).from(table).where(eq(table.organisationId, id)).get()?.n ?? 0;
  const invites = db()
    .select({ n: count() })
    .from(organisationInvites)
    .where(and(eq(organisationInvites.organisationId, id), gt(organisationInvites.expiresAt, Date.now())))
    .get();
  return {
    ...summary,
    limits: limitsOf(id),
    invites: invites?.n ?? 0,
    connections: of(connections),
    templates: of(zoneTemplates),
  };
}

const people = { from: users, id: users.id, sorts: { name: users.name, email: users.email } };

export interface MemberOfAny {
  id: string;
  name: string;
  email: string;
  role: OrganisationRole;
  since: number;
}

export function membersOfAny(reference: string, query: KeyedQuery): KeyedPage<MemberOfAny> {
  const { id } = organisationById(reference);
  const { found, condition } = searching({ kind: "account", ...people, starts: [users.email, users.name] }, query.q);
  const inside: Condition = {
    where: sql`exists (select 1 from organisation_members m where m.user_id = users.id and m.organisation_id = ${id})`,
    few: sql`select user_id as id from organisation_members where organisation_id = ${id}`,
  };
  return readKeyed(people, query, { conditions: [condition, inside], found }, (ids) =>
    db()
      .select({
        id: users.id,
        name: users.name,
        email: users.email,
        role: organisationMembers.role,
        since: organisationMembers.createdAt,
      })
      .from(organisationMembers)
      .innerJoin(users, eq(users.id, organisationMembers.userId))
      .where(and(eq(organisationMembers.organisationId, id), inArray(organisationMembers.userId, ids)))
      .all(),
  );
}

const theirs = {
  from: organisations,
  id: organisations.id,
  sorts: { name: organisations.name },
};

/** The organisations that an account is in. */
export function organisationsOfAccount(userId: string, query: KeyedQuery) {
  const few = sql`select organisation_id as id from organisation_members where user_id = ${userId}`;
  const { found, condition } = searching(
    { kind: "organisation", ...theirs, starts: [organisations.handle, organisations.name] },
    query.q,
  );
  const inside: Condition = { where: sql`organisations.id in (${few})`, few };
  return readKeyed(theirs, query, { conditions: [condition, inside], found }, (ids) =>
    db()
      .select({
        id: organisations.id,
        handle: organisations.handle,
        name: organisations.name,
        role: organisationMembers.role,
        since: organisationMembers.createdAt,
      })
      .from(organisationMembers)
      .innerJoin(organisations, eq(organisations.id, organisationMembers.organisationId))
      .where(and(eq(organisationMembers.userId, userId), inArray(organisationMembers.organisationId, ids)))
      .all(),
  );
}
