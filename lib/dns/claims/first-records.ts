/** A zone that waited for proof gets what it was to begin with: once it is there, as whoever asked for it. */
import { and, eq } from "drizzle-orm";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import { zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { isProblem, Problem } from "#lib/api/errors.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { setting } from "#lib/settings/settings.ts";
import { changeZone, type Intent, previewChange } from "../changes.ts";
import { addEntry } from "../journal.ts";
import { firstIntent, noticesOf } from "../templates/first.ts";
import { importJob } from "../transfer/import-job.ts";
import { takeUp } from "../transfer/waiting.ts";
import { type LoadedZone, loadZone, type Zone } from "../zones.ts";
import { claimantOf } from "./claimant.ts";
import { tellWithout } from "./notices.ts";

export const firstRecords = jobKind({
  kind: "dns.first",
  ready: () => setting("feature.dns"),
  payload: z.object({
    zone: z.string(),
    first: z.union([
      z.object({ template: z.string() }),
      z.object({ clone: z.string() }),
      z.object({ import: z.string() }),
    ]),
    claimedBy: z.string().nullable(),
    tokenId: z.string().nullable(),
  }),
  attempts: 10,
  forget: true,
  async run({ zone: id, first, ...claim }) {
    const zone = db().select().from(zones).where(eq(zones.id, id)).get();
    // It could not be made: the claim waits again, and keeps what it was to begin with.
    if (!zone || zone.reserved === 0) return;
    if (zone.externalId === null) throw new Problem("zone_busy", "The zone is still being made.");
    if ("import" in first) {
      const { import: row } = first;
      transaction((tx) => takeUp(tx, row) && importJob.enqueue(tx, { import: row }));
      return;
    }
    try {
      const actor = claimantOf(claim, "dns.create");
      if (!actor) throw new Problem("forbidden", "whoever asked for the zone may no longer do that.");
      const loaded = loadZone(zone.organisationId, zone.id, actor);
      const intent = firstIntent(loaded, first, actor);
      if (zone.revision > 1) await leaveOut(loaded, intent, actor, claim.claimedBy);
      else {
        await changeZone(loaded, intent, actor);
        noteOn(zone, noticesOf(intent));
      }
    } catch (error) {
      if (!isProblem(error) || error.code === "zone_busy") throw error;
      goOnWithout(zone, claim.claimedBy, error.message);
    }
  },
});

/** Somebody was faster, and what they did is not touched; or this was done before the process died. */
async function leaveOut(loaded: LoadedZone, intent: Intent, actor: Actor, claimedBy: string | null): Promise<void> {
  const { plan } = await previewChange(loaded, intent);
  if (plan.length === 0) return;
  const message = "The zone had been changed before its first records came, so they were left out.";
  transaction((tx) =>
    addEntry(tx, { zoneId: loaded.zone.id, kind: "change", plan, actor, state: "not_applied", message }),
  );
  goOnWithout(loaded.zone, claimedBy, "it had been changed before they came.");
}

/** Where the zone already says something else, that matters more. */
export function noteOn({ id }: Zone, statusMessage: string): void {
  if (statusMessage !== "")
    db()
      .update(zones)
      .set({ statusMessage })
      .where(and(eq(zones.id, id), eq(zones.statusMessage, "")))
      .run();
}

function goOnWithout(zone: Zone, claimedBy: string | null, reason: string): void {
  const statusMessage = `The zone was made without its first records: ${reason}`;
  transaction((tx) => {
    tx.update(zones).set({ statusMessage }).where(eq(zones.id, zone.id)).run();
    tellWithout(tx, zone.id, claimedBy, reason);
  });
}
