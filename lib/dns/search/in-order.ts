/**
 * The first matches of a zone in the order of its names, without reading what lies between: the index knows them by their
 * rows, and the rows of a generation are numbered in that order, but for those that came later.
 */
import { eq, sql } from "drizzle-orm";
import { prepared } from "#db/hot.ts";
import { generations } from "#db/schema/index.ts";
import type { ZoneAccess } from "#lib/access/zone-level.ts";
import type { Zone } from "../zones.ts";
import { after, wholeGeneration } from "./places.ts";
import { seenIn } from "./seen.ts";
import { ofType } from "./terms.ts";

/** Of those that came later at most so many are sorted. */
const MOST_LATE = 2000;

export interface Wanted {
  question: string;
  /** The first that answer it, by their numbers, as far as they are known. */
  first?: readonly number[];
  count: number;
  descending: boolean;
}

/** Rows among which are the first so many by name. Null: too many of them came later. */
export function firstByName(zone: Zone, access: ZoneAccess, wanted: Wanted): number[] | null {
  const { question, first = [], count, descending } = wanted;
  const { generation } = zone;
  const { orderedTo, late } = orderOf().get({ generation }) ?? { orderedTo: 0, late: 1 };
  if (late === 0 && !descending && count <= first.length) return first.slice(0, count);
  const rest = after({ generation, id: orderedTo }, generation);
  const later = late === 0 ? [] : seenIn(zone, access, question, rest, { limit: MOST_LATE + 1 });
  if (later.length > MOST_LATE) return null;
  const ordered = { ...wholeGeneration(generation), upTo: orderedTo };
  return [...seenIn(zone, access, question, ordered, { limit: count, backwards: descending }), ...later];
}

/** The same by type and then name. `types` are those that there are, in that order. */
export function firstByType(zone: Zone, access: ZoneAccess, wanted: Wanted, types: readonly string[]): number[] | null {
  const ids: number[] = [];
  for (const type of types) {
    if (ids.length >= wanted.count) break;
    const some = firstByName(zone, access, { ...wanted, question: ofType(wanted.question, type), first: [] });
    if (some === null) return null;
    ids.push(...some);
  }
  return ids;
}

const orderOf = prepared((handle) =>
  handle
    .select({ orderedTo: generations.orderedTo, late: generations.late })
    .from(generations)
    .where(eq(generations.id, sql.placeholder("generation")))
    .prepare(),
);
