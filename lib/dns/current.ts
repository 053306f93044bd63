/** What a zone holds at the names that a change speaks of, and what somebody else did there. */
import { eq } from "drizzle-orm";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { zones } from "#db/schema/index.ts";
import { systemActor } from "#lib/actor.ts";
import { isProblem, Problem } from "#lib/api/errors.ts";
import { asking } from "./asking.ts";
import type { Intent } from "./changes.ts";
import type { Connection } from "./connections.ts";
import { openEntryOf, recordOutsideChange } from "./journal.ts";
import { readMirrorNames } from "./mirror.ts";
import { makePlan } from "./plan.ts";
import { type RRset, rrsetKey } from "./rrset.ts";
import type { Zone } from "./zones.ts";

export interface Current {
  names: readonly string[];
  rrsets: RRset[];
  /** What the mirror had at the names, and the zone's revision with that. */
  mirrored: RRset[];
  revision: number;
  /** The provider signs the zone. */
  signed: boolean;
  /** Why nothing can be written there, if so. */
  readOnly: string | undefined;
}

/** All types at the names that are touched, and what lies below them where that decides something. Writes nothing. */
export async function readCurrent({ provider }: Connection, zone: Zone, intent: Intent): Promise<Current> {
  if (!zone.externalId) throw new Problem("conflict", zone.statusMessage || "This zone is not there yet.");
  const externalId = zone.externalId;
  const names = [...new Set(intent.names)];
  const revision = revisionOf(zone) ?? zone.revision;
  const mirrored = readMirrorNames(zone.id, zone.name, names);
  const read = (below: string[]) => asking(() => provider.readNames(externalId, names, { below }));
  // Where the mirror says that it cannot be done, the mirror may be behind: the provider is asked.
  const wanted = wantedOf(intent, mirrored) ?? intent.build((await read([])).rrsets).wanted;
  const cutting = [...mirrored, ...wanted].filter(
    (set) => ["NS", "DNAME", "DS"].includes(set.type) && set.name !== zone.name,
  );
  const { info, rrsets } = await read([...new Set(cutting.map((set) => set.name))]);
  const signed = info.dnssec ?? zone.signed === 1;
  return { names, rrsets, mirrored, revision, signed, readOnly: info.readOnly };
}

function wantedOf(intent: Intent, current: readonly RRset[]): readonly RRset[] | null {
  try {
    return intent.build(current).wanted;
  } catch (error) {
    if (isProblem(error)) return null;
    throw error;
  }
}

/**
 * What differs from the mirror was changed by somebody else: one entry of the journal, in nobody's name. If the zone has
 * moved since the mirror was read, it is not known any more who changed it.
 */
export function followOutside(zone: Zone, { names, mirrored, revision, rrsets }: Current): void {
  const touched = new Set(names);
  const found = rrsets.filter((set) => touched.has(set.name));
  const scope = new Set([...mirrored, ...found].map(rrsetKey));
  const plan = makePlan(mirrored, found, { scope, apex: zone.name });
  if (plan.length === 0) return;
  transaction((tx) => {
    if (revisionOf(zone, tx) !== revision || openEntryOf(zone.id)) return;
    recordOutsideChange(tx, zone, plan, systemActor("dns.outside", "outside the panel"));
  });
}

export const revisionOf = ({ id }: Zone, tx: DbOrTx = db()): number | undefined =>
  tx.select({ revision: zones.revision }).from(zones).where(eq(zones.id, id)).get()?.revision;
