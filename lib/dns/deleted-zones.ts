/** Zones that were deleted and can be brought back: which there are, for whom. */
import { and, desc, eq, gt } from "drizzle-orm";
import { db } from "#db/client.ts";
import { inList } from "#db/hot.ts";
import { deletedZones } from "#db/schema/index.ts";
import type { ZoneAccess } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import { offsetOf, type Page } from "#lib/api/list.ts";
import { loadOrganisation, type Organisation, roleIn } from "#lib/organisations/organisations.ts";
import { accessTo } from "#lib/tokens/lowered.ts";
import { connectionById } from "./connections.ts";
import { KEPT_MS } from "./delete-zone.ts";
import { shownName } from "./zones.ts";

export type DeletedZone = typeof deletedZones.$inferSelect;

export interface DeletedZoneSummary {
  id: string;
  name: string;
  displayName: string;
  connection: string;
  connectionLabel: string;
  origin: DeletedZone["origin"];
  deletedAt: DeletedZone["deletedAt"];
  recordCount: number;
  by: string;
  at: number;
  until: number;
}

/** One that can still be brought back, for who may do it: whoever manages it. Everybody else finds nothing. */
export function loadDeletedZone(reference: string, id: string, actor: Actor) {
  const { organisation } = loadOrganisation(reference, actor);
  const deleted = db()
    .select()
    .from(deletedZones)
    .where(and(eq(deletedZones.id, id), eq(deletedZones.organisationId, organisation.id), stillKept()))
    .get();
  if (!deleted) throw notFound("deleted zone");
  const access = accessToDeleted(organisation, id, actor);
  if (!access.manage) throw notFound("deleted zone");
  return { deleted, organisation, asStaff: access.viaPlatform };
}

/** Newest first, those that the actor may bring back. */
export function listDeletedZones(
  organisation: Organisation,
  query: { page: number; perPage: number },
  actor: Actor,
): Page<DeletedZoneSummary> {
  const where = and(eq(deletedZones.organisationId, organisation.id), stillKept());
  const rows = db()
    .select({ id: deletedZones.id })
    .from(deletedZones)
    .where(where)
    .orderBy(desc(deletedZones.at))
    .all();
  const open = rows.filter(({ id }) => accessToDeleted(organisation, id, actor).manage);
  const start = offsetOf({ ...query, sort: "", q: "" });
  const ids = open.slice(start, start + query.perPage).map(({ id }) => id);
  const items = db()
    .select()
    .from(deletedZones)
    .where(inList(deletedZones.id, ids))
    .orderBy(desc(deletedZones.at))
    .all()
    .map(summaryOf);
  return { items, total: open.length, page: query.page, perPage: query.perPage };
}

export const stillKept = () => gt(deletedZones.at, Date.now() - KEPT_MS);

function accessToDeleted(organisation: Organisation, id: string, actor: Actor): ZoneAccess {
  const standing = {
    organisationRole: roleIn(organisation.id, actor.id),
    memberDefault: organisation.memberDefault,
    guests: false,
    row: null,
  };
  return accessTo(id, standing, actor);
}

function summaryOf(zone: DeletedZone): DeletedZoneSummary {
  const { id, name, connection, origin, deletedAt, recordCount, actorLabel, at } = zone;
  return {
    id,
    name,
    displayName: shownName(zone),
    connection,
    connectionLabel: connectionById(connection)?.label ?? connection,
    origin,
    deletedAt,
    recordCount,
    by: actorLabel,
    at,
    until: at + KEPT_MS,
  };
}
