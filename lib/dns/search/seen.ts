/** What of a zone answers a question and is somebody's to see. */
import type { ZoneAccess } from "#lib/access/zone-level.ts";
import { sees } from "../visible.ts";
import type { Zone } from "../zones.ts";
import { after, before, type Place, placesOf, type Range } from "./places.ts";
import { rowsOf } from "./rows.ts";

interface HowMany {
  limit: number;
  /** How many are looked at, seen or not. */
  look?: number;
  /** From the last on. */
  backwards?: boolean;
}

const AT_ONCE = { least: 250, most: 2000 };

/** The numbers of the first so many rows, in their order. */
export function seenIn(
  zone: Zone,
  access: ZoneAccess,
  question: string,
  range: Range,
  { limit, look = Number.POSITIVE_INFINITY, backwards = false }: HowMany,
): number[] {
  if (access.seesAll) return placesOf(question, range, limit, backwards).map(({ id }) => id);
  const chunk = Math.min(AT_ONCE.most, Math.max(AT_ONCE.least, limit));
  const seen: number[] = [];
  let rest: Range | null = range;
  for (let looked = 0; rest !== null && looked < look && seen.length < limit; looked += chunk) {
    const places = placesOf(question, rest, chunk, backwards);
    const rows = rowsOf(places.map(({ id }) => id)).filter((row) => sees(access, zone.name, row));
    const open = new Set(rows.map(({ id }) => id));
    seen.push(...places.map(({ id }) => id).filter((id) => open.has(id)));
    const last: Place | undefined = places.length < chunk ? undefined : places.at(-1);
    rest = last ? (backwards ? before(range, last) : { ...range, ...after(last, range.to) }) : null;
  }
  return seen.slice(0, limit);
}
