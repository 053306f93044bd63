/** Entries that nobody answered: settled by what the provider holds, at start and until it is known. */
import { setTimeout as wait } from "node:timers/promises";
import { eq } from "drizzle-orm";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import { zoneChanges, zones } from "#db/schema/index.ts";
import { audit } from "#lib/audit/audit.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { log } from "#lib/log/log.ts";
import { settleUndeletion } from "./bring-back.ts";
import { waitAgain } from "./claims/open.ts";
import { connectionById } from "./connections.ts";
import { settleDeletion } from "./delete-zone.ts";
import { settleSigning } from "./dnssec/settle.ts";
import { rrsetHash } from "./hash.ts";
import { actorOfEntry, closeEntry, differencesOf, type Entry, firstStepsOf, openEntries, planOf } from "./journal.ts";
import { mayStillLand } from "./landing.ts";
import { closeWith, WRITTEN_BESIDE } from "./large/generation.ts";
import { isReadWhole } from "./large/intents.ts";
import { mirrored } from "./large/journaled.ts";
import { inThread, LARGE } from "./large/thread.ts";
import { finishNewZone } from "./new-zone.ts";
import { makePlan } from "./plan.ts";
import { ProviderError } from "./providers/provider.ts";
import { type RRset, rrsetKey } from "./rrset.ts";
import { withZoneLock } from "./zone-lock.ts";
import type { Zone } from "./zones.ts";

/** Between the two reads that have to be equal. */
const BETWEEN_READS_MS = 2_000;

/**
 * How an open entry of each kind is settled: by what the provider holds now. Called with the zone's lock, so nobody in
 * this process is still working on the entry. True once it is settled.
 */
const settlers: Record<Entry["kind"], (entry: Entry, zone: Zone) => Promise<boolean>> = {
  change: settleChange,
  create: finishNewZone,
  link: finishNewZone,
  delete: settleDeletion,
  undelete: settleUndeletion,
  // These are never open: they are written when they have happened.
  outside: async () => true,
  transfer: async () => true,
  sign: settleSigning,
  unsign: settleSigning,
};

/** Also with DNS switched off: what had begun before comes to its end. */
export const settleJob = jobKind({
  kind: "dns.settle",
  schedule: "* * * * *",
  atStart: true,
  payload: z.object({}),
  attempts: 1,
  async run(_payload, { signal }) {
    await settleAll();
    if (!openEntries().some(({ readHash }) => readHash !== null)) return;
    await wait(BETWEEN_READS_MS, undefined, { signal });
    await settleAll();
  },
});

/** One pass over all open entries. A zone somebody is writing to is left alone: that write settles it first. */
export async function settleAll(): Promise<void> {
  const byConnection = Map.groupBy(
    openEntries().flatMap((entry) => {
      const zone = zoneOf(entry);
      return zone ? [{ entry, connection: zone.connection }] : [];
    }),
    ({ connection }) => connection,
  );
  await Promise.all(Array.from(byConnection.values(), (open) => settleInTurn(open.map(({ entry }) => entry))));
}

/** Those of one connection. What cannot be reached is not asked again and again in one pass. */
async function settleInTurn(entries: readonly Entry[]): Promise<void> {
  for (const { id, zoneId } of entries) {
    try {
      await withZoneLock(zoneId, () => settleIfOpen(id), 0);
    } catch (error) {
      log().warn({ change: id, reason: error instanceof Error ? error.message : "unknown" }, "not settled yet");
      if (error instanceof ProviderError && gone.has(error.code)) return;
    }
  }
}

const gone: ReadonlySet<ProviderError["code"]> = new Set([
  "provider_unreachable",
  "provider_timeout",
  "provider_credentials",
  "provider_rate_limited",
]);

async function settleIfOpen(id: string): Promise<void> {
  const entry = db().select().from(zoneChanges).where(eq(zoneChanges.id, id)).get();
  const zone = entry && zoneOf(entry);
  if (zone && (entry.state === "pending" || entry.state === "unknown")) await settleEntry(entry, zone);
}

const zoneOf = ({ zoneId }: Entry): Zone | undefined => db().select().from(zones).where(eq(zones.id, zoneId)).get();

/** True once it is settled. The caller has the zone's lock. */
export const settleEntry = (entry: Entry, zone: Zone): Promise<boolean> => settlers[entry.kind](entry, zone);

/** By two equal reads, the first of them when no call that was given up can land any more. */
async function settleChange(entry: Entry, zone: Zone): Promise<boolean> {
  if (entry.sentAt !== null && mayStillLand(entry)) return false;
  const steps = firstStepsOf(entry).length + entry.moreSteps;
  const size = isReadWhole(zone, steps) ? steps + zone.recordCount : steps;
  return size > LARGE ? inThread("settle", { zone: zone.id, entry: entry.id }) : settleChangeHere(entry, zone);
}

export async function settleChangeHere(entry: Entry, zone: Zone): Promise<boolean> {
  const plan = planOf(entry);
  const closing = { zone, entryId: entry.id, plan, actor: actorOfEntry(entry), asStaff: false };
  if (entry.sentAt === null) {
    closeEntry({ ...closing, state: "not_applied", message: "The panel stopped before this was sent.", read: null });
    return true;
  }
  const provider = connectionById(zone.connection)?.provider;
  if (!provider || !zone.externalId) return false;
  const names = [...new Set(plan.map((change) => change.name))];
  const read = await provider.readNames(zone.externalId, names);
  const found = read.rrsets;
  const readHash = found.map(rrsetHash).toSorted().join(" ");
  if (entry.readHash !== readHash) {
    db().update(zoneChanges).set({ readHash, readAt: Date.now() }).where(eq(zoneChanges.id, entry.id)).run();
    return false;
  }
  const verdict = { ...conclude(plan, found), read: { names, ...read } };
  const built = plan.length > WRITTEN_BESIDE ? await mirrored(zone, verdict.read) : undefined;
  await closeWith(built, () => closeEntry({ ...closing, ...verdict, built }));
  return true;
}

/** now = after → applied; now = before → not_applied; else partial. */
function conclude(plan: ReturnType<typeof planOf>, found: readonly RRset[]) {
  const scope = new Set(plan.map(rrsetKey));
  const there = found.filter((set) => scope.has(rrsetKey(set)));
  const is = (side: "before" | "after") => {
    const wanted = plan.flatMap((change) => change[side] ?? []);
    return makePlan(there, wanted, { scope, apex: "." }).length === 0;
  };
  if (is("after")) return { state: "applied" as const, message: "Confirmed later by what the provider holds." };
  if (is("before")) return { state: "not_applied" as const, message: "It never reached the provider." };
  const differs = differencesOf(plan, found);
  return { state: "partial" as const, message: "Only a part of this is at the provider.", differs };
}

/** Ends an entry together with the zone that it was to make. */
export function dropUnmadeZone(entry: Entry, zone: Zone, message: string): void {
  transaction((tx) => {
    tx.delete(zoneChanges).where(eq(zoneChanges.id, entry.id)).run();
    if (!waitAgain(tx, zone.id, message)) tx.delete(zones).where(eq(zones.id, zone.id)).run();
    audit(tx, actorOfEntry(entry), {
      target: { type: "zone", id: zone.id, label: zone.name },
      organisationId: zone.organisationId,
      outcome: "refused",
      after: { state: "not_applied", message },
    });
  });
}
