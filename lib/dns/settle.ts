/** Entries that nobody answered: settled by what the provider holds, at start and until it is known. */
import { eq } from "drizzle-orm";
import { db, transaction } from "#db/client.ts";
import { zoneChanges, zones } from "#db/schema/index.ts";
import { audit } from "#lib/audit/audit.ts";
import { log } from "#lib/log/log.ts";
import { singleton } from "#lib/singleton.ts";
import { connectionById } from "./connections.ts";
import { rrsetHash } from "./hash.ts";
import { actorOfEntry, closeEntry, differencesOf, type Entry, openEntries, planOf } from "./journal.ts";
import { finishNewZone } from "./new-zone.ts";
import { makePlan } from "./plan.ts";
import { type RRset, rrsetKey } from "./rrset.ts";
import { withZoneLock } from "./zone-lock.ts";
import type { Zone } from "./zones.ts";

/** An abandoned call can still land; nothing is concluded from a read that is earlier than this. */
const LANDING_MS = 30_000;
const EVERY_MS = 5_000;

/** Settles what is open, now and from then on. Returns at once. */
export function startSettling(): void {
  singleton("settling", () => {
    const timer = setInterval(() => void settleAll(), EVERY_MS);
    timer.unref();
    void settleAll();
    return timer;
  });
}

/** One pass over all open entries. A zone somebody is writing to is left alone: that write settles it first. */
export async function settleAll(): Promise<void> {
  for (const entry of openEntries()) {
    try {
      await withZoneLock(
        entry.zoneId,
        async () => {
          const zone = db().select().from(zones).where(eq(zones.id, entry.zoneId)).get();
          const fresh = db().select().from(zoneChanges).where(eq(zoneChanges.id, entry.id)).get();
          if (zone && fresh && (fresh.state === "pending" || fresh.state === "unknown")) await settleEntry(fresh, zone);
        },
        0,
      );
    } catch (error) {
      log().warn({ change: entry.id, reason: error instanceof Error ? error.message : "unknown" }, "not settled yet");
    }
  }
}

/** True once it is settled. The caller has the zone's lock, so nobody in this process is still working on the entry. */
export async function settleEntry(entry: Entry, zone: Zone): Promise<boolean> {
  if (entry.kind === "create" || entry.kind === "link") return finishNewZone(entry, zone);
  const plan = planOf(entry);
  const closing = { zone, entryId: entry.id, plan, actor: actorOfEntry(entry), asStaff: false };
  if (entry.sentAt === null) {
    closeEntry({ ...closing, state: "not_applied", message: "The panel stopped before this was sent.", read: null });
    return true;
  }
  const provider = connectionById(zone.connection)?.provider;
  if (!provider || !zone.externalId || Date.now() < entry.sentAt + LANDING_MS) return false;
  const names = [...new Set(plan.map((change) => change.name))];
  const read = await provider.readNames(zone.externalId, names);
  const found = read.rrsets;
  const readHash = found.map(rrsetHash).toSorted().join(" ");
  if (entry.readHash !== readHash) {
    db().update(zoneChanges).set({ readHash, readAt: Date.now() }).where(eq(zoneChanges.id, entry.id)).run();
    return false;
  }
  closeEntry({ ...closing, ...conclude(plan, found), read: { names, ...read } });
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
    tx.delete(zones).where(eq(zones.id, zone.id)).run();
    audit(tx, actorOfEntry(entry), {
      target: { type: "zone", id: zone.id, label: zone.name },
      organisationId: zone.organisationId,
      outcome: "refused",
      after: { state: "not_applied", message },
    });
  });
}
