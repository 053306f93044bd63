/** A zone is asked for: it is made at once, or waits until control of the domain is proved. */
import { transaction } from "#db/client.ts";
import type { OrganisationAccess } from "#lib/access/organisation-role.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import type { Organisation } from "#lib/organisations/organisations.ts";
import { type Connection, connectionFor } from "../connections.ts";
import { assertFree, assertRoom, assertUntaken, isOwn } from "../free-name.ts";
import { addZone, provesFirst, whyNotAsk, type ZoneRequest } from "../new-zone.ts";
import { apexOf } from "../zone-apex.ts";
import { loadZone, summaryOfZone, type ZoneSummary } from "../zones.ts";
import { firstLook } from "./check.ts";
import { type ClaimFirst, dropEndedClaim, openClaim } from "./open.ts";

/** Whether the zone would wait for proof. Throws what asking for it would, and asks for nothing. */
export async function checkAsk(
  organisation: Organisation,
  request: ZoneRequest,
  actor: Actor,
  access: OrganisationAccess,
): Promise<{ waits: boolean; connection: Connection }> {
  const reason = whyNotAsk(actor, access);
  if (reason) throw new Problem("forbidden", reason, { missing: "admin" });
  const connection = connectionFor(organisation.id, request.connection || undefined);
  if (!connection) throw invalid({ connection: "There is no such connection." });
  const name = apexOf(request.name);
  assertRoom(organisation, name);
  await assertFree(organisation, name, connection, false, actor);
  return { waits: !isOwn(connection) && provesFirst(actor), connection };
}

/** Throws a Problem with the field that is wrong. `first` is kept until the zone is there; a file is brought by its own job where it need not wait. */
export async function askForZone(
  organisation: Organisation,
  request: ZoneRequest,
  actor: Actor,
  access: OrganisationAccess,
  first: ClaimFirst | null = null,
): Promise<ZoneSummary> {
  const connection = connectionFor(organisation.id, request.connection || undefined);
  if (!connection || request.link || isOwn(connection) || !provesFirst(actor))
    return addZone(organisation, request, actor, access, first && !("import" in first) ? first : null);
  const name = apexOf(request.name);
  const reason = whyNotAsk(actor, access);
  if (reason) throw new Problem("forbidden", reason, { missing: "admin" });
  assertRoom(organisation, name);
  await assertFree(organisation, name, connection, false, actor);
  const id = transaction((tx) => {
    assertRoom(organisation, name, tx);
    dropEndedClaim(tx, organisation.id, name);
    assertUntaken(tx, organisation.id, name, connection);
    const zone = openClaim(
      tx,
      { organisationId: organisation.id, name, connection, first },
      actor,
      access.viaPlatform("admin"),
    );
    firstLook.enqueue(tx, { zone });
    return zone;
  });
  return summaryOfZone(loadZone(organisation.id, id, actor), actor);
}
