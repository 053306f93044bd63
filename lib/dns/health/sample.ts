/** Which record sets of a zone its name servers are asked for: the apex, and a few from all over the zone. */
import { hash } from "node:crypto";
import { and, eq, inArray } from "drizzle-orm";
import { db } from "#db/client.ts";
import { rrsets } from "#db/schema/index.ts";
import { type MirrorRow, toRRset } from "../mirror.ts";
import type { RRset } from "../rrset.ts";
import type { Zone } from "../zones.ts";

export interface Sample {
  sets: RRset[];
  /** How many there are that could have been asked for. */
  of: number;
}

/** Beside those at the apex. */
const ELSEWHERE = 8;
export const compared = ["A", "AAAA", "CNAME", "MX", "TXT", "SRV", "CAA", "PTR"] as const;
export type Compared = (typeof compared)[number];

/** The same of the same zone, and mostly the same of one that has changed: a digest of its name and type decides about each. */
export function sampleOf(zone: Zone): Sample {
  const cuts = new Set(rowsOf(zone, ["NS", "DNAME"]).flatMap(({ name }) => (name === zone.name ? [] : [name])));
  const served = rowsOf(zone, compared).filter((row) => !isCutOff(row.name, zone.name, cuts) && isServed(row));
  const apex = served.filter(({ name }) => name === zone.name);
  const others = served
    .filter(({ name }) => name !== zone.name)
    .map((row) => ({ row, place: hash("sha256", `${row.name} ${row.type}`) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  const chosen = [...apex, ...others.slice(0, ELSEWHERE).map(({ row }) => row)].map(toRRset);
  const sets = chosen.map((set) => ({ ...set, records: set.records.filter(({ disabled }) => !disabled) }));
  return { sets, of: served.length };
}

const rowsOf = (zone: Zone, types: readonly string[]): MirrorRow[] =>
  db()
    .select()
    .from(rrsets)
    .where(and(eq(rrsets.zoneId, zone.id), inArray(rrsets.type, [...types])))
    .all();

/** At a delegation or below it, where others answer. What has an escape in its name is not asked for. */
function isCutOff(name: string, apex: string, cuts: ReadonlySet<string>): boolean {
  if (name.includes("\\")) return true;
  for (let at = name; at.length > apex.length; at = at.slice(at.indexOf(".") + 1)) if (cuts.has(at)) return true;
  return false;
}

/** As it stands. Most sets say nothing of that, and are not parsed. */
function isServed(row: MirrorRow): boolean {
  if (!row.records.includes('"disabled":true') && !row.records.includes('"proxied":true')) return true;
  const records = toRRset(row).records.filter(({ disabled }) => !disabled);
  return records.length > 0 && !records.some(({ proxied }) => proxied);
}
