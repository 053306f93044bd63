/** A claim that was proved or approved becomes a zone: whoever is first has the name, in one transaction. */
import { and, eq } from "drizzle-orm";
import { transaction } from "#db/client.ts";
import { zoneClaims, zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { connectionOf } from "../asking.ts";
import { assertFree, assertUntaken, TAKEN } from "../free-name.ts";
import { pace } from "../large/pace.ts";
import { begin, make } from "../new-zone.ts";
import type { Zone } from "../zones.ts";
import { firstRecords } from "./first-records.ts";
import { endClaim } from "./open.ts";

export type Claim = typeof zoneClaims.$inferSelect;
export type Ground = "txt" | "delegation" | "approved";

/** With the lock of the zone held. Throws a Problem where there is no zone in the end; the claim then ended, or waits. */
export async function grant(zone: Zone, claim: Claim, ground: Ground, actor: Actor, asStaff: boolean): Promise<void> {
  const connection = connectionOf(zone);
  const organisation = { id: zone.organisationId };
  await unlessTaken(zone, actor, () => assertFree(organisation, zone.name, connection, false, actor));
  const { entry, zone: reserved } = await unlessTaken(zone, actor, () =>
    transaction((tx) => {
      const pending = and(eq(zoneClaims.zoneId, zone.id), eq(zoneClaims.state, "pending"));
      if (tx.update(zoneClaims).set({ state: "granted" }).where(pending).run().changes === 0)
        throw new Problem("conflict", "This zone no longer waits for anything.");
      assertUntaken(tx, zone.organisationId, zone.name, connection);
      tx.update(zones).set({ reserved: 1, statusMessage: "Being set up." }).where(eq(zones.id, zone.id)).run();
      audit(tx, actor, {
        target: { type: "zone", id: zone.id, label: zone.name },
        organisationId: zone.organisationId,
        before: { status: "pending" },
        after: { granted: ground },
        asStaff,
      });
      const { first, claimedBy, tokenId } = claim;
      if (first !== null) firstRecords.enqueue(tx, { zone: zone.id, first: JSON.parse(first), claimedBy, tokenId });
      return begin(tx, zone.id, "create", actor);
    }),
  );
  pace().reserved(zone.id);
  const assigned = JSON.parse(claim.nameservers) as string[];
  await make(reserved, entry, connection, "create", assigned.length > 0 ? assigned : undefined);
}

/** A name that somebody else has ends the claim, whoever that is. */
async function unlessTaken<T>(zone: Zone, actor: Actor, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem && error.code === "already_exists") {
      transaction((tx) => {
        endClaim(tx, zone.id, "taken", TAKEN);
        audit(tx, actor, {
          target: { type: "zone", id: zone.id, label: zone.name },
          organisationId: zone.organisationId,
          outcome: "refused",
          after: { ended: "taken" },
        });
      });
    }
    throw error;
  }
}
