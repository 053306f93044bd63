/** What an actor may do, with everything that an API token takes off what its account may do: for one, and in SQL. */
import { inArray, notInArray, type SQL } from "drizzle-orm";
import { organisations, zones } from "#db/schema/index.ts";
import { type OrganisationAccess, type OrganisationRole, organisationAccess } from "#lib/access/organisation-role.ts";
import { lowerOrganisation, lowerRole, lowerZone, organisationCap, visibleZones } from "#lib/access/token.ts";
import { type ZoneAccess, type ZoneStanding, zoneAccess } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";

/** In an organisation where the actor's account has this role. */
export function accessIn(organisationId: string, role: OrganisationRole | null, actor: Actor): OrganisationAccess {
  const own = organisationAccess({ grants: actor.grants, role });
  return actor.token ? lowerOrganisation(own, actor.token.rights, organisationId) : own;
}

/** The role of its account as the actor has it. */
export function roleAs(actor: Actor, organisationId: string, role: OrganisationRole | null): OrganisationRole | null {
  const rights = actor.token?.rights;
  return rights?.mode === "listed" ? lowerRole(role, organisationCap(rights, organisationId)) : role;
}

/** In a zone where the actor's account stands like this. */
export function accessTo(zoneId: string, standing: Omit<ZoneStanding, "grants" | "now">, actor: Actor): ZoneAccess {
  const own = zoneAccess({ grants: actor.grants, ...standing, now: Date.now() });
  return actor.token ? lowerZone(own, actor.token.rights, zoneId) : own;
}

/** The zones that a token's rules open, of those that its account can view. Undefined: all. */
export function zonesOpenTo({ token }: Actor): SQL | undefined {
  if (token?.rights.mode !== "listed") return undefined;
  const { named, visible, others } = visibleZones(token.rights);
  const closed = named.filter((id) => !visible.includes(id));
  return others ? notInArray(zones.id, closed) : inArray(zones.id, visible);
}

/** The organisations that a token's list opens, of those that its account can see. Undefined: all. */
export function organisationsOpenTo({ token }: Actor): SQL | undefined {
  if (token?.rights.mode !== "listed" || organisationCap(token.rights, null) !== null) return undefined;
  const listed = token.rights.organisations.map(({ organisation }) => organisation);
  return inArray(
    organisations.id,
    listed.filter((id) => id !== null),
  );
}
