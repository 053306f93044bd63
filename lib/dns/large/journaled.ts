/** The journal and the mirror of large plans, a little in each transaction. */
import { eq } from "drizzle-orm";
import { db, provisionally, transaction } from "#db/client.ts";
import { zoneChangeParts, zoneChangePlaces, zoneChanges, zones } from "#db/schema/index.ts";
import { giveWay } from "#db/turns.ts";
import { addEntryPart, addEntryRow, type Closing, moreOf, type NewEntry, STEPS_IN_ROW } from "../journal.ts";
import { readMirror, readMirrorNames } from "../mirror.ts";
import { nextSoa } from "../providers/local.ts";
import { type Plan, type RRset, rrsetKey } from "../rrset.ts";
import type { Zone } from "../zones.ts";
import { type Built, buildGeneration } from "./generation.ts";

/**
 * An entry that is open, with all of its plan. Until that stands it counts as never sent; what is `sent` may go out once this
 * has returned.
 */
export async function journaled(entry: NewEntry, { sent }: { sent: boolean } = { sent: true }): Promise<string> {
  const more = moreOf(entry.plan);
  const id = transaction((tx) => addEntryRow(tx, entry, more));
  await addParts(id, entry.plan);
  if (sent) db().update(zoneChanges).set({ sentAt: Date.now() }).where(eq(zoneChanges.id, id)).run();
  return id;
}

/** Gives an entry that is open its plan, known only now. */
export async function journalPlan(id: string, plan: Plan): Promise<void> {
  const more = moreOf(plan);
  transaction((tx) => {
    tx.delete(zoneChangeParts).where(eq(zoneChangeParts.changeId, id)).run();
    tx.delete(zoneChangePlaces).where(eq(zoneChangePlaces.changeId, id)).run();
    tx.update(zoneChanges)
      .set({ plan: JSON.stringify(plan.slice(0, STEPS_IN_ROW)), ...more })
      .where(eq(zoneChanges.id, id))
      .run();
  });
  await addParts(id, plan);
}

async function addParts(id: string, plan: Plan): Promise<void> {
  for (let part = 0; (part + 1) * STEPS_IN_ROW < plan.length; part++) {
    provisionally((tx) => addEntryPart(tx, id, plan, part));
    await giveWay();
  }
}

/** The mirror as it is with what was read at these names. */
export function mirrored({ id }: Zone, { names, rrsets }: NonNullable<Closing["read"]>): Promise<Built> {
  // What was found to have changed outside has moved the zone on since it was loaded.
  const zone = db().select().from(zones).where(eq(zones.id, id)).get();
  if (!zone) throw new Error("the zone is gone");
  const asked = new Set(names);
  const before = readMirror(id).filter((set) => asked.has(set.name));
  return buildGeneration(zone, verbatim(before, rrsets));
}

/** From one state to the other to the letter: with the ids of a provider and the serial, which a plan leaves out. */
export function verbatim(before: readonly RRset[], after: readonly RRset[]): Plan {
  const kept = new Map(before.map((set) => [rrsetKey(set), set]));
  const puts = after.flatMap((set): Plan => {
    const old = kept.get(rrsetKey(set));
    kept.delete(rrsetKey(set));
    const { name, type } = set;
    if (old && JSON.stringify(old) === JSON.stringify(set)) return [];
    return [{ kind: "create", name, type, before: null, after: set }];
  });
  const drops = [...kept.values()].map((set): Plan[number] => ({
    kind: "delete",
    name: set.name,
    type: set.type,
    before: set,
    after: null,
  }));
  return [...drops, ...puts];
}

/** The plan with the SOA's serial moved on, as a zone of the panel's own gets it with every change. */
export function withSerial(zone: Zone, plan: Plan): { whole: Plan; serial: number | null } {
  const isSoa = (set: { name: string; type: string }) => set.type === "SOA" && set.name === zone.name;
  const planned = plan.find(isSoa);
  const there = planned ? planned.after : readMirrorNames(zone.id, zone.name, [zone.name]).find(isSoa);
  const next = there ? nextSoa(there) : null;
  if (!next) return { whole: plan, serial: null };
  const { soa, serial } = next;
  const bump: Plan[number] = { kind: "create", name: soa.name, type: soa.type, before: null, after: soa };
  return { whole: [...plan.filter((change) => !isSoa(change)), bump], serial };
}
