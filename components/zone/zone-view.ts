/** What the pages of one zone know of it, and the addresses of its lists. Pure. */

import type { ZoneLevel } from "#lib/access/zone-level.ts";
import type { EditableRRset } from "#lib/dns/records.ts";

export type { EditableRRset };

/** The zone, as far as its editor needs it. */
export interface ZoneView {
  id: string;
  /** The handle of its organisation, and the apex without the final dot: how calls and addresses name it. */
  organisation: string;
  zone: string;
  /** Absolute. */
  apex: string;
  level: ZoneLevel;
  manage: boolean;
  narrowed: { names: string[]; types: string[] } | null;
  /** Record types that its provider can hold, and what it can hang on records. */
  types: string[];
  offers: string[];
}

export const zonePath = (organisation: string, zone: string): string =>
  `/dashboard/organisations/${organisation}/zones/${encodeURIComponent(zone)}`;

const levels: readonly ZoneLevel[] = ["none", "view", "edit", "full"];

/** Steps of the meter. */
export const stepsOfLevel = (level: ZoneLevel): 0 | 1 | 2 | 3 => levels.indexOf(level) as 0 | 1 | 2 | 3;

/** Made by whoever signs the zone. */
const derived: ReadonlySet<string> = new Set(["RRSIG", "NSEC", "NSEC3", "NSEC3PARAM"]);
/** At the apex these make the zone what it is: they are for who manages it. */
const managed: ReadonlySet<string> = new Set(["NS", "SOA", "DNSKEY", "CDS", "CDNSKEY", "CSYNC", "ZONEMD"]);

/** Why nobody at this level edits the RRset here, in a word; null if it can be edited. */
export function fixedReason(zone: ZoneView, relative: string, type: string): string | null {
  if (derived.has(type) || (relative === "@" && managed.has(type) && !zone.manage)) return "managed";
  return zone.types.includes(type) ? null : "read only";
}

/** The apex cannot be without these. */
export const isRequired = (relative: string, type: string): boolean =>
  relative === "@" && (type === "SOA" || type === "NS");

/** Types that can be added, those with fields of their own first. */
export function offeredTypes(zone: ZoneView): string[] {
  const narrowed = new Set(zone.narrowed?.types);
  const common = ["A", "AAAA", "CNAME", "MX", "TXT", "SRV", "CAA", "NS", "PTR"];
  const offered = zone.types.filter(
    (type) => type !== "SOA" && !derived.has(type) && type !== "SPF" && (narrowed.size === 0 || narrowed.has(type)),
  );
  return [...common.filter((type) => offered.includes(type)), ...offered.filter((type) => !common.includes(type))];
}
