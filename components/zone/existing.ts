/** Whether an RRset that somebody adds is there already: in the draft, on this page of the table, or elsewhere in the zone. */
import type { ZoneLevel } from "#lib/access/zone-level.ts";
import { type RRset, rrsetKey } from "#lib/dns/rrset.ts";
import type { Seen } from "./draft.ts";
import type { EditorRow } from "./editor-rows.ts";
import type { ZoneView } from "./zone-view.ts";

export interface Existing {
  /** As it shall be by the draft; null if it is there and the draft removes it. */
  set: RRset | null;
  seen: Seen | null;
  level: ZoneLevel;
}

/** Null if nobody knows: then the review finds out. */
export async function findExisting(
  zone: ZoneView,
  wanted: RRset,
  known: readonly EditorRow[],
): Promise<Existing | null> {
  const row = known.find((other) => other.key === rrsetKey(wanted));
  if (row) return { set: row.after, seen: row.seen, level: row.level };
  try {
    return (await lookUp(zone, [wanted]))[0] ?? null;
  } catch {
    return null;
  }
}

/** How many the panel looks up at a time. */
const AT_A_TIME = 500;

/** What is in the zone at these names and types, each at its place. */
export async function lookUp(zone: ZoneView, places: readonly { name: string; type: string }[]): Promise<Existing[]> {
  const { api } = await import("#lib/api/client.ts");
  const found: Existing[] = [];
  for (let at = 0; at < places.length; at += AT_A_TIME) {
    const rrsets = places.slice(at, at + AT_A_TIME).map(({ name, type }) => ({ name, type }));
    const { items, levels } = await api.dns.lookup({ organisation: zone.organisation, zone: zone.zone, rrsets });
    const sets = new Map(items.map((item) => [rrsetKey(item), item]));
    for (const [index, place] of rrsets.entries()) {
      const { hash = "", level: _, relative: __, ...rrset } = sets.get(rrsetKey(place)) ?? {};
      const set = "name" in rrset ? rrset : null;
      found.push({ set, seen: set && { hash, rrset: set }, level: levels[index] ?? "none" });
    }
  }
  return found;
}

/** What is there with the new values after it. */
export function joinedWith(set: RRset, added: RRset, takeTtl: boolean): RRset {
  const there = new Set(set.records.map((record) => record.content));
  const fresh = added.records.filter((record) => !there.has(record.content));
  return { ...set, ttl: takeTtl ? added.ttl : set.ttl, records: [...set.records, ...fresh] };
}
