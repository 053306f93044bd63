/** What a zone is besides its records: what people note about it, and whose it is. */
import { eq } from "drizzle-orm";
import * as z from "zod";
import { transaction } from "#db/client.ts";
import { zoneInvites, zonePermissions, zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { loadOrganisation, type Organisation } from "#lib/organisations/organisations.ts";
import { aloneIn } from "./alone.ts";
import { settleFirst } from "./changes.ts";
import { connectionById } from "./connections.ts";
import { assertNobodyBeside, assertRoom } from "./free-name.ts";
import { addEntry, bumpRevision } from "./journal.ts";
import { type LoadedZone, loadZone } from "./zones.ts";

export const zoneDescription = z
  .string()
  .trim()
  .max(2000, "Notes have at most 2,000 characters.")
  .regex(/^(?:[^\p{Cc}\p{Cf}]|[\n\t\u200d])*$/u, "Notes cannot contain control characters.");

/** Notes for those who are in the organisation. */
export function describeZone({ zone, access }: LoadedZone, description: string, actor: Actor): void {
  if (description === zone.description) return;
  transaction((tx) => {
    tx.update(zones).set({ description }).where(eq(zones.id, zone.id)).run();
    audit(tx, actor, {
      target: { type: "zone", id: zone.id, label: zone.name },
      organisationId: zone.organisationId,
      before: { description: zone.description },
      after: { description },
      asStaff: access.viaPlatform,
    });
  });
}

/**
 * Hands the zone over to another organisation that the actor manages, with its records and its history. Levels and
 * invitations stay behind: they were given by those who had it.
 */
export function transferZone(loaded: LoadedZone, reference: string, asked: Actor): Promise<LoadedZone> {
  return aloneIn(loaded, asked, async ({ zone, organisation, access }, actor) => {
    if (!access.manage) throw notFound("zone");
    const target = targetFor(reference, actor);
    if (target.id === organisation.id) throw invalid({ to: "The zone is in this organisation already." });
    const connection = connectionById(zone.connection);
    if (!connection)
      throw new Problem("conflict", "The connection of this zone is no longer configured on this panel.");
    if (connection.organisationId !== null && connection.organisationId !== target.id)
      throw new Problem(
        "conflict",
        "This zone is kept at a connection of its organisation's own, which another organisation cannot use.",
      );
    await settleFirst(zone);
    transaction((tx) => {
      assertRoom(target, zone.name, tx);
      assertNobodyBeside(tx, [organisation.id, target.id], zone.name, connection);
      tx.delete(zonePermissions).where(eq(zonePermissions.zoneId, zone.id)).run();
      tx.delete(zoneInvites).where(eq(zoneInvites.zoneId, zone.id)).run();
      const now = Date.now();
      tx.update(zones).set({ organisationId: target.id, heldSince: now }).where(eq(zones.id, zone.id)).run();
      const revision = bumpRevision(tx, zone.id);
      const change = addEntry(tx, { zoneId: zone.id, kind: "transfer", plan: [], actor, state: "applied", revision });
      for (const side of [organisation, target])
        audit(tx, actor, {
          target: { type: "zone", id: zone.id, label: zone.name },
          organisationId: side.id,
          before: { organisation: organisation.handle },
          after: { organisation: target.handle, change },
          asStaff: access.viaPlatform,
        });
    });
    return loadZone(target.id, zone.id, actor);
  });
}

function targetFor(reference: string, actor: Actor): Organisation {
  const message = "There is no such organisation, or you do not manage it.";
  try {
    const { organisation, access } = loadOrganisation(reference, actor);
    if (access.has("admin")) return organisation;
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "not_found") throw error;
  }
  throw invalid({ to: message });
}
