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

/** Null if there is none, or if nobody knows: then the review finds out. */
export async function findExisting(
  zone: ZoneView,
  wanted: RRset,
  known: readonly EditorRow[],
): Promise<Existing | null> {
  const key = rrsetKey(wanted);
  const row = known.find((other) => other.key === key);
  if (row) return { set: row.after, seen: row.seen, level: row.level };
  const q = wanted.name;
  if (q.length > 255) return null;
  try {
    const { api } = await import("#lib/api/client.ts");
    const { items } = await api.dns.rrsets({
      organisation: zone.organisation,
      zone: zone.zone,
      q,
      type: wanted.type,
      perPage: 200,
    });
    const item = items.find((other) => rrsetKey(other) === key);
    if (!item) return null;
    const { hash, level, relative: _, ...rrset } = item;
    return { set: rrset, seen: { hash, rrset }, level };
  } catch {
    return null;
  }
}

/** What is there with the new values after it. */
export function joinedWith(set: RRset, added: RRset, takeTtl: boolean): RRset {
  const there = new Set(set.records.map((record) => record.content));
  const fresh = added.records.filter((record) => !there.has(record.content));
  return { ...set, ttl: takeTtl ? added.ttl : set.ttl, records: [...set.records, ...fresh] };
}
