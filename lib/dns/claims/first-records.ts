/** A zone that waited for proof gets what it was to begin with: once it is there, as whoever asked for it. */
import { eq } from "drizzle-orm";
import * as z from "zod";
import { db } from "#db/client.ts";
import { zones } from "#db/schema/index.ts";
import { isProblem, Problem } from "#lib/api/errors.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { setting } from "#lib/settings/settings.ts";
import { changeZone } from "../changes.ts";
import { firstIntent } from "../templates/first.ts";
import { loadZone } from "../zones.ts";
import { claimantOf } from "./claimant.ts";

export const firstRecords = jobKind({
  kind: "dns.first",
  ready: () => setting("feature.dns"),
  payload: z.object({
    zone: z.string(),
    first: z.union([z.object({ template: z.string() }), z.object({ clone: z.string() })]),
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
    // Somebody was faster, or this was done before the process died.
    if (zone.revision > 1) return;
    try {
      const actor = claimantOf(claim, "dns.create");
      if (!actor) throw new Problem("forbidden", "whoever asked for the zone may no longer do that.");
      const loaded = loadZone(zone.organisationId, zone.id, actor);
      await changeZone(loaded, firstIntent(loaded, first, actor), actor);
    } catch (error) {
      if (!isProblem(error) || error.code === "zone_busy") throw error;
      const statusMessage = `The zone was made without its first records: ${error.message}`;
      db().update(zones).set({ statusMessage }).where(eq(zones.id, id)).run();
    }
  },
});
