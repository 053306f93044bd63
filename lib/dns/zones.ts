/** Zones: finding them with what the actor may do there, and listing them. */
import { and, asc, count, desc, eq, gt, isNull, or, type SQL, sql } from "drizzle-orm";
import { type DbOrTx, db } from "#db/client.ts";
import { prepared, remembered } from "#db/hot.ts";
import { organisationMembers, organisations, zonePermissions, zones } from "#db/schema/index.ts";
import type { OrganisationRole } from "#lib/access/organisation-role.ts";
import { levelOfFlags, type ZoneAccess, type ZoneLevel, type ZoneRow } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import { type ListQuery, offsetOf, type Page, sortOf } from "#lib/api/list.ts";
import { setting } from "#lib/settings/settings.ts";
import { accessIn, accessTo, zonesOpenTo } from "#lib/tokens/lowered.ts";
import { connectionById } from "./connections.ts";
import { displayName, parseName } from "./name.ts";
import { isNamed } from "./named.ts";

export type Zone = typeof zones.$inferSelect;
export type OrganisationRef = {
  id: string;
  handle: string;
  name: string;
  memberDefault: ZoneLevel;
  guests: "allowed" | "forbidden";
};

export interface LoadedZone {
  zone: Zone;
  organisation: OrganisationRef;
  /** The actor's role in the organisation. */
  role: OrganisationRole | null;
  /** A guest's row, with its end; null for everybody else. */
  guest: { until: number | null } | null;
  access: ZoneAccess;
}

const organisationColumns = {
  id: organisations.id,
  handle: organisations.handle,
  name: organisations.name,
  memberDefault: organisations.memberDefault,
  guests: organisations.guests,
};

/** By id or apex name inside one organisation, with the actor's access as it is now. Throws `not_found`. */
export function loadZone(organisation: string, reference: string, actor: Actor): LoadedZone {
  const row = joinedZone(JSON.stringify([organisation, reference, actor.id ?? ""]));
  if (!row) throw notFound("zone");
  return loadedFrom(row, actor);
}

/** By organisation, reference and account. A page asks several times. */
const joinedZone = remembered((key: string): JoinedZone | null => {
  const [organisation = "", reference = "", user = ""] = JSON.parse(key) as string[];
  const apex = parseName(reference.endsWith(".") ? reference : `${reference}.`, null);
  const handle = organisation.toLowerCase();
  const row = zoneByReference().get({ organisation, handle, reference, apex: apex.ok ? apex.value : "", user });
  if (!row) return null;
  for (const part of [row.zone, row.organisation, row.row]) Object.freeze(part);
  return row;
});

const zoneByReference = prepared((handle) => {
  const user = sql.placeholder("user");
  return handle
    .select({ zone: zones, organisation: organisationColumns, role: organisationMembers.role, row: zonePermissions })
    .from(zones)
    .innerJoin(organisations, eq(organisations.id, zones.organisationId))
    .leftJoin(
      organisationMembers,
      and(eq(organisationMembers.organisationId, organisations.id), eq(organisationMembers.userId, user)),
    )
    .leftJoin(zonePermissions, and(eq(zonePermissions.zoneId, zones.id), eq(zonePermissions.userId, user)))
    .where(
      and(
        or(eq(organisations.id, sql.placeholder("organisation")), eq(organisations.handle, sql.placeholder("handle"))),
        or(eq(zones.id, sql.placeholder("reference")), eq(zones.name, sql.placeholder("apex"))),
      ),
    )
    .prepare();
});

interface JoinedZone {
  zone: Zone;
  organisation: OrganisationRef;
  role: OrganisationRole | null;
  row: typeof zonePermissions.$inferSelect | null;
}

function loadedFrom({ zone, organisation, role, row }: JoinedZone, actor: Actor): LoadedZone {
  const { memberDefault } = organisation;
  const guests = role === null && row !== null && takesGuests(organisation);
  const standing = { organisationRole: role, memberDefault, guests, row: row && toZoneRow(row) };
  const access = accessTo(zone.id, standing, actor);
  const guest = guests && access.source === "row" ? { until: row.expiresAt } : null;
  return { zone, organisation, role, guest, access };
}

/** Whether accounts outside the organisation may hold rows in its zones now. */
export const takesGuests = (organisation: Pick<OrganisationRef, "guests">, tx: DbOrTx = db()): boolean =>
  organisation.guests === "allowed" && setting("feature.guests", tx);

export const toZoneRow = (row: typeof zonePermissions.$inferSelect): ZoneRow => ({
  level: levelOfFlags({ canView: row.canView === 1, canModify: row.canModify === 1, canDelete: row.canDelete === 1 }),
  names: JSON.parse(row.names) as string[],
  types: JSON.parse(row.types) as string[],
  expiresAt: row.expiresAt,
});

/** How people read a zone's name: in its own script, without the final dot. */
export const shownName = (zone: { name: string }): string => displayName(zone.name).replace(/\.$/, "");

export interface ZoneSummary {
  id: string;
  name: string;
  displayName: string;
  organisation: { id: string; handle: string; name: string; open: boolean };
  connection: string;
  connectionLabel: string;
  origin: "created" | "linked";
  status: "active" | "pending" | "error";
  statusMessage: string;
  level: ZoneLevel;
  manage: boolean;
  narrowed: { names: string[]; types: string[] } | null;
  recordCount: number;
  revision: number;
  serial: number | null;
  refreshedAt: number;
  createdAt: number;
}

export const NOT_SERVED = "Not served: export it, or move it to a connection.";

export function summaryOfZone({ zone, organisation, role, access }: LoadedZone, actor: Actor): ZoneSummary {
  const connection = connectionById(zone.connection);
  const missing = "Its connection is no longer configured on this panel.";
  return {
    id: zone.id,
    name: zone.name,
    displayName: shownName(zone),
    organisation: {
      id: organisation.id,
      handle: organisation.handle,
      name: organisation.name,
      open: accessIn(organisation.id, role, actor).member,
    },
    connection: zone.connection,
    connectionLabel: connection?.label ?? zone.connection,
    origin: zone.origin,
    status: connection ? zone.status : "error",
    statusMessage: connection ? zone.statusMessage || (connection.kind === "local" ? NOT_SERVED : "") : missing,
    level: access.level,
    manage: access.manage,
    narrowed: access.narrowed && { names: [...access.narrowed.names], types: [...access.narrowed.types] },
    recordCount: zone.recordCount,
    revision: zone.revision,
    serial: zone.serial,
    refreshedAt: zone.refreshedAt,
    createdAt: zone.createdAt,
  };
}

const sorts = { name: zones.name, recordCount: zones.recordCount, createdAt: zones.createdAt } as const;

/** The zones that the actor can view, in one organisation or in all. Visibility is decided in SQL, like everything else here. */
export function listZones(
  query: ListQuery & { status?: Zone["status"] | undefined },
  actor: Actor & { id: string },
  organisationId: string | null,
): Page<ZoneSummary> {
  const where = and(
    organisationId ? eq(zones.organisationId, organisationId) : undefined,
    query.q ? isNamed(zones.name, query.q) : undefined,
    query.status && eq(zones.status, query.status),
    visibleTo(actor),
  );
  const { column, descending } = sortOf(query);
  const by = sorts[column as keyof typeof sorts];
  const rows = selectZones(actor.id)
    .where(where)
    .orderBy(descending ? desc(by) : asc(by), asc(zones.id))
    .limit(query.perPage)
    .offset(offsetOf(query))
    .all();
  const total = db()
    .select({ n: count() })
    .from(zones)
    .innerJoin(organisations, eq(organisations.id, zones.organisationId))
    .leftJoin(
      organisationMembers,
      and(eq(organisationMembers.organisationId, organisations.id), eq(organisationMembers.userId, actor.id)),
    )
    .leftJoin(zonePermissions, and(eq(zonePermissions.zoneId, zones.id), eq(zonePermissions.userId, actor.id)))
    .where(where)
    .get();
  const items = rows.map((row) => summaryOfZone(loadedFrom(row, actor), actor));
  return { items, total: total?.n ?? 0, page: query.page, perPage: query.perPage };
}

const selectZones = (userId: string) =>
  db()
    .select({ zone: zones, organisation: organisationColumns, role: organisationMembers.role, row: zonePermissions })
    .from(zones)
    .innerJoin(organisations, eq(organisations.id, zones.organisationId))
    .leftJoin(
      organisationMembers,
      and(eq(organisationMembers.organisationId, organisations.id), eq(organisationMembers.userId, userId)),
    )
    .leftJoin(zonePermissions, and(eq(zonePermissions.zoneId, zones.id), eq(zonePermissions.userId, userId)));

/** Those of the zones that the actor can view. */
export const visibleAmong = (actor: Actor & { id: string }, among: SQL | undefined): LoadedZone[] =>
  selectZones(actor.id)
    .where(and(among, visibleTo(actor)))
    .all()
    .map((row) => loadedFrom(row, actor));

/** The generations of the zones that the actor can view, in order, and how many records they have; null where that is all. Costs as much as there are. */
export function visibleGenerations(actor: Actor & { id: string }): { generation: number; records: number }[] | null {
  const visible = visibleTo(actor);
  if (!visible) return null;
  // Whoever does not see all sees what is in their organisations or has a row of theirs: the rest is not even looked at.
  const near = visibleToAccount(actor)
    ? sql`(${zones.organisationId} in (select organisation_id from organisation_members where user_id = ${actor.id}) or ${zones.id} in (select zone_id from zone_permissions where user_id = ${actor.id}))`
    : undefined;
  return db()
    .select({ generation: zones.generation, records: zones.recordCount })
    .from(zones)
    .innerJoin(organisations, eq(organisations.id, zones.organisationId))
    .leftJoin(
      organisationMembers,
      and(eq(organisationMembers.organisationId, organisations.id), eq(organisationMembers.userId, actor.id)),
    )
    .leftJoin(zonePermissions, and(eq(zonePermissions.zoneId, zones.id), eq(zonePermissions.userId, actor.id)))
    .where(and(near, visible))
    .orderBy(zones.generation)
    .all();
}

/** How many zones of an organisation the actor can view, as a column of a query over organisations. */
export function visibleZones(actor: Actor & { id: string }): SQL<number> {
  const member = and(
    eq(organisationMembers.organisationId, zones.organisationId),
    eq(organisationMembers.userId, actor.id),
  );
  const row = and(eq(zonePermissions.zoneId, zones.id), eq(zonePermissions.userId, actor.id));
  const visible = and(eq(zones.organisationId, organisations.id), visibleTo(actor));
  return sql<number>`(select count(*) from ${zones} left join ${organisationMembers} on ${member} left join ${zonePermissions} on ${row} where ${visible})`;
}

/** The zones that the actor can view, as a subquery of their ids. */
export const visibleZoneIds = (actor: Actor & { id: string }) =>
  db()
    .select({ id: zones.id })
    .from(zones)
    .innerJoin(organisations, eq(organisations.id, zones.organisationId))
    .leftJoin(
      organisationMembers,
      and(eq(organisationMembers.organisationId, organisations.id), eq(organisationMembers.userId, actor.id)),
    )
    .leftJoin(zonePermissions, and(eq(zonePermissions.zoneId, zones.id), eq(zonePermissions.userId, actor.id)))
    .where(visibleTo(actor));

/** What the account can view, as far as a token goes. */
const visibleTo = (actor: Actor): SQL | undefined => and(visibleToAccount(actor), zonesOpenTo(actor));

/** The ladder as a condition: a tenth of `zoneAccess`, only "at least view". A test holds the two against each other. */
function visibleToAccount(actor: Actor): SQL | undefined {
  if (["dns:read", "dns:write", "dns:manage"].some((permission) => actor.grants.has(permission))) return undefined;
  const member = eq(organisationMembers.role, "member");
  const mayHold = setting("feature.guests") ? or(member, eq(organisations.guests, "allowed")) : member;
  const unexpired = or(isNull(zonePermissions.expiresAt), gt(zonePermissions.expiresAt, Date.now()));
  // The end of a row that gives nothing gives nothing either.
  const counts = or(unexpired, eq(zonePermissions.canView, 0));
  return sql`case
    when ${organisationMembers.role} in ('owner', 'admin') then 1
    when ${zonePermissions.userId} is not null and ${mayHold} and ${counts} then ${zonePermissions.canView}
    when ${organisationMembers.role} = 'member' then ${organisations.memberDefault} <> 'none'
    else 0 end = 1`;
}
