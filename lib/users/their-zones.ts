/** The zones that an account has to do with, and its level in each, for staff to look at. */
import { and, eq, inArray, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { organisationMembers, organisations, zonePermissions, zones } from "#db/schema/index.ts";
import { zoneAccess } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { type Condition, type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { shownName, takesGuests, toZoneRow } from "#lib/dns/zones.ts";
import { standingOf } from "#lib/roles/roles.ts";
import { searching } from "#lib/staff/find.ts";
import { assertAccount } from "./directory.ts";

const listed = { from: zones, id: zones.id, sorts: { name: zones.name } };

/** Those of its organisations, and those in which it holds a row as a guest. */
export function zonesOfAccount(userId: string, query: KeyedQuery, actor: Actor) {
  if (!actor.grants.has("users:read"))
    throw new Problem("forbidden", "That needs the permission users:read.", { missing: "users:read" });
  assertAccount(userId);
  const few = sql`select z.id as id from organisation_members m join zones z on z.organisation_id = m.organisation_id
    where m.user_id = ${userId} union select zone_id as id from zone_permissions where user_id = ${userId}`;
  const { found, condition } = searching({ kind: "zone", ...listed, starts: [zones.name] }, query.q.toLowerCase());
  const theirs: Condition = { where: sql`zones.id in (${few})`, few };
  return readKeyed(listed, query, { conditions: [condition, theirs], found }, (ids) => levels(userId, ids));
}

function levels(userId: string, ids: string[]) {
  const { held } = standingOf(userId);
  const now = Date.now();
  return db()
    .select({
      zone: { id: zones.id, name: zones.name },
      organisation: {
        id: organisations.id,
        handle: organisations.handle,
        name: organisations.name,
        memberDefault: organisations.memberDefault,
        guests: organisations.guests,
      },
      role: organisationMembers.role,
      row: zonePermissions,
    })
    .from(zones)
    .innerJoin(organisations, eq(organisations.id, zones.organisationId))
    .leftJoin(
      organisationMembers,
      and(eq(organisationMembers.organisationId, organisations.id), eq(organisationMembers.userId, userId)),
    )
    .leftJoin(zonePermissions, and(eq(zonePermissions.zoneId, zones.id), eq(zonePermissions.userId, userId)))
    .where(inArray(zones.id, ids))
    .all()
    .map(({ zone, organisation: { memberDefault, guests, ...organisation }, role, row: stored }) => {
      const row = stored && toZoneRow(stored);
      const said = row && { ...row, names: [...row.names], types: [...row.types] };
      const { level, source } = zoneAccess({
        grants: held,
        organisationRole: role,
        memberDefault,
        guests: role === null && row !== null && takesGuests({ guests }),
        row,
        now,
      });
      return { ...zone, displayName: shownName(zone), organisation, role, memberDefault, row: said, level, source };
    });
}
