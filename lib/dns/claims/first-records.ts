/**
 * A zone gets what it was to begin with, once it is there, as whoever asked for it: one that waited for proof, and one whose
 * maker could not see to it, because the panel died or the provider was away.
 */
import { and, eq, gt, inArray, sql } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import { jobs, zoneChanges, zones } from "#db/schema/index.ts";
import { type Actor, systemActor } from "#lib/actor.ts";
import { isProblem, Problem, type ProblemCode } from "#lib/api/errors.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { setting } from "#lib/settings/settings.ts";
import { TO_COME, WITHOUT } from "../first-note.ts";
import { addEntry } from "../journal.ts";
import { carryOut, preview } from "../large/carry-out.ts";
import type { First } from "../templates/first.ts";
import { importJob } from "../transfer/import-job.ts";
import { takeUp } from "../transfer/waiting.ts";
import { type LoadedZone, loadZone, type Zone } from "../zones.ts";
import { claimantOf } from "./claimant.ts";
import { tellWithout } from "./notices.ts";
import type { ClaimFirst } from "./open.ts";

const KIND = "dns.first";

interface Payload {
  zone: string;
  first: ClaimFirst;
  claimedBy: string | null;
  tokenId: string | null;
}

export const firstRecords = jobKind({
  kind: KIND,
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
    const zone = rowOf(id);
    // It could not be made: the claim waits again, and keeps what it was to begin with.
    if (!zone || zone.reserved === 0) return;
    if (zone.externalId === null) throw new Problem("zone_busy", "The zone is still being made.");
    if ("import" in first) {
      const { import: row } = first;
      transaction((tx) => takeUp(tx, row) && importJob.enqueue(tx, { import: row }));
      return;
    }
    const actor = claimantOf(claim, "dns.create");
    try {
      if (!actor) throw new Problem("forbidden", "whoever asked for the zone may no longer do that.");
      const loaded = loadZone(zone.organisationId, zone.id, actor);
      if (zone.revision > 1 && !isBegun(zone, actor)) await leaveOut(loaded, first, actor);
      else {
        const notices = await fill(loaded, first, actor);
        transaction((tx) => filled(tx, zone.id, notices));
      }
    } catch (error) {
      if (!isProblem(error) || isForLater(error)) throw error;
      const { message } = error;
      transaction((tx) => {
        unfilled(tx, zone, first, actor, message);
        tellWithout(tx, zone.id, claim.claimedBy, message);
      });
    }
  },
  failed: (tx, { zone: id, first, ...claim }, error) => {
    const zone = rowOf(id, tx);
    if (!zone || zone.externalId === null || "import" in first) return;
    unfilled(tx, zone, first, claimantOf(claim, "dns.create"), error);
    tellWithout(tx, zone.id, claim.claimedBy, error);
  },
});

const rowOf = (id: string, tx: DbOrTx = db()): Zone | undefined =>
  tx.select().from(zones).where(eq(zones.id, id)).get();

export const payloadOf = (zone: string, first: First, actor: Actor): Payload => ({
  zone,
  first,
  claimedBy: actor.id,
  tokenId: actor.token?.id ?? null,
});

/** Whether a zone that is being made is to be filled. */
export const isToCome = (tx: DbOrTx, zone: string): boolean =>
  tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(
      and(eq(jobs.kind, KIND), inArray(jobs.state, ["queued", "running"]), sql`${jobs.payload} ->> 'zone' = ${zone}`),
    )
    .limit(1)
    .get() !== undefined;

/** Fills a new zone, and returns what of it is not as it was where it comes from. Throws what is for later, too. */
export async function fill(loaded: LoadedZone, first: First, actor: Actor): Promise<string> {
  const { state, message, notices } = await carryOut(loaded, { kind: "first", first }, actor);
  if (state === "unknown" || state === "pending")
    throw new Problem("zone_settling", "What was sent is still being settled.");
  if (state === "partial") throw new Problem("provider_failed", message);
  return notices;
}

const LATER: ReadonlySet<ProblemCode> = new Set([
  "zone_busy",
  "zone_settling",
  "rate_limited",
  "provider_timeout",
  "provider_failed",
]);

/** An answer of now, which will be another. */
export const isForLater = ({ code }: Problem): boolean => LATER.has(code);

/** Only what this began, and did not end, has moved the zone. */
function isBegun({ id }: Zone, actor: Actor): boolean {
  const moved = db()
    .select()
    .from(zoneChanges)
    .where(and(eq(zoneChanges.zoneId, id), gt(zoneChanges.revision, 1)))
    .all();
  return moved.every(({ kind, state, actorId }) => kind === "change" && state === "partial" && actorId === actor.id);
}

/** Somebody was faster, and what they did is not touched; or this was done before the process died. */
async function leaveOut(loaded: LoadedZone, first: First, actor: Actor): Promise<void> {
  const { zone } = loaded;
  const { plan, cut } = await preview(loaded, { kind: "first", first }, actor);
  if (plan.length === 0) return transaction((tx) => filled(tx, zone.id, ""));
  const more = cut.plan ? ` These are the first ${plan.length} of ${plan.length + cut.plan} steps.` : "";
  const message = `The zone had been changed before its first records came, so they were left out.${more}`;
  transaction((tx) => {
    addEntry(tx, { zoneId: zone.id, kind: "change", plan, actor, state: "not_applied", message });
    say(tx, zone, `${WITHOUT}it had been changed before they came. ${AGAIN[kindOf(first)]}`);
    tellWithout(tx, zone.id, actor.id, "it had been changed before they came.");
  });
}

/** Where the zone already says something else, that matters more. */
export function filled(tx: Tx, id: string, notices: string): void {
  const said = inArray(zones.statusMessage, ["", TO_COME]);
  tx.update(zones)
    .set({ statusMessage: notices })
    .where(and(eq(zones.id, id), said))
    .run();
}

/** The zone is there without them: it says so, and its history. Returns what it says. */
export function unfilled(tx: Tx, zone: Zone, first: First, actor: Actor | null, reason: string): string {
  const message = `${WITHOUT}${reason} ${AGAIN[kindOf(first)]}`;
  const by = actor ?? systemActor(KIND);
  addEntry(tx, { zoneId: zone.id, kind: "change", plan: [], actor: by, state: "not_applied", message });
  say(tx, zone, message);
  return message;
}

const say = (tx: Tx, { id }: Zone, statusMessage: string): void =>
  void tx.update(zones).set({ statusMessage }).where(eq(zones.id, id)).run();

const kindOf = (first: First): keyof typeof AGAIN => ("template" in first ? "template" : "clone");
const AGAIN = {
  template: "A template can be applied under Import / export.",
  clone: "Export the other zone, and import its file here.",
};
