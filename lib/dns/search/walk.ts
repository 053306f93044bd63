/** Walks the records of every zone for one reader, past what is not theirs to see. */
import { and, eq, gte, inArray, lt } from "drizzle-orm";
import { db } from "#db/client.ts";
import { inList } from "#db/hot.ts";
import { deletedZones, zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { type MirrorRecord, toRRset } from "../mirror.ts";
import type { RRset } from "../rrset.ts";
import { sees } from "../visible.ts";
import { type LoadedZone, visibleAmong, visibleGenerations } from "../zones.ts";
import { after, everywhere, type Place, placesOf, type Range, wholeGeneration } from "./places.ts";
import { READ_THROUGH, readThrough } from "./read-through.ts";
import { rowsOf } from "./rows.ts";
import type { Terms } from "./terms.ts";

export type Reader = Actor & { id: string };

/** An RRset that was found, in a zone that the reader can view. */
export interface FoundRRset {
  loaded: LoadedZone;
  set: RRset;
  records: MirrorRecord[];
}

type IsIt = (found: FoundRRset) => boolean;

/** From so many separate zones on they are not asked one by one. */
const ONE_BY_ONE = 48;
const CHUNK = 250;
const RARE = 400;
/** Whoever else waits for this thread gets it in between. */
const SLICE_MS = 8;
const FULL_NAME_ZONES = 40;

export type Walker = ReturnType<typeof walker>;

export function walker(reader: Reader, patienceMs: number) {
  const began = performance.now();
  let sliceBegan = began;
  let gaveUp = false;
  const visible = visibleGenerations(reader);
  const open = visible?.map(({ generation }) => generation) ?? null;
  const isOpen = open === null ? null : new Set(open);
  const gone = open === null ? deletedGenerations() : [];
  const loadedZones = new Map<number, LoadedZone | null>();

  const load = (generations: Iterable<number>): void => {
    const unknown = [...new Set(generations)].filter((one) => !loadedZones.has(one) && (isOpen?.has(one) ?? true));
    if (unknown.length === 0) return;
    for (const generation of unknown) loadedZones.set(generation, null);
    const current = inList(zones.generation, unknown);
    for (const loaded of visibleAmong(reader, current)) loadedZones.set(loaded.zone.generation, loaded);
  };

  /** In one piece where that is all there is or too many to ask one by one; then what lies between is skipped. */
  const ranges = (): Range[] => {
    if (open === null) return gone.length < ONE_BY_ONE ? around(gone) : [everywhere];
    const pieces = joined(open);
    const [first, last] = [open[0], open.at(-1)];
    if (pieces.length <= ONE_BY_ONE || first === undefined || last === undefined) return pieces;
    return [{ from: { generation: first, id: 0 }, to: last }];
  };

  type Row = ReturnType<typeof rowsOf>[number] & { generation: number };

  const keep = (rows: readonly Row[], out: Map<number, FoundRRset>, most: number, isIt: IsIt) => {
    load(rows.map(({ generation }) => generation));
    for (const row of rows) {
      if (out.size >= most) return;
      const loaded = loadedZones.get(row.generation);
      if (!loaded || out.has(row.id) || !sees(loaded.access, loaded.zone.name, row)) continue;
      const found = { loaded, set: toRRset(row), records: JSON.parse(row.records) as MirrorRecord[] };
      if (isIt(found)) out.set(row.id, found);
    }
  };

  const take = (places: readonly Place[], out: Map<number, FoundRRset>, most: number, isIt: IsIt) => {
    load(places.map(({ generation }) => generation));
    const mine = places.filter(({ generation, id }) => loadedZones.get(generation) && !out.has(id));
    const rows = new Map(rowsOf(mine.map(({ id }) => id)).map((row) => [row.id, row]));
    const there = mine.flatMap(({ generation, id }) => {
      const row = rows.get(id);
      return row ? [{ ...row, generation }] : [];
    });
    keep(there, out, most, isIt);
  };

  const pause = async (): Promise<boolean> => {
    const now = performance.now();
    if (now - began > patienceMs) {
      gaveUp = true;
      return false;
    }
    if (now - sliceBegan > SLICE_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      sliceBegan = performance.now();
    }
    return true;
  };

  /** What is rare everywhere is found in one go: asking for each piece would begin anew each time, far from the first match. False if it is not rare. */
  const takeRare = (out: Map<number, FoundRRset>, question: string, most: number, isIt: IsIt): boolean => {
    const places = placesOf(question, everywhere, RARE);
    if (places.length === RARE) return false;
    take(places, out, most, isIt);
    return true;
  };

  /** The same, and what is not rare begins with it: returns where there is more to look for, if there is. */
  const takeFirst = (
    out: Map<number, FoundRRset>,
    question: string,
    most: number,
    pieces: readonly Range[],
    isIt: IsIt,
    look: number,
  ): readonly Range[] => {
    const places = placesOf(question, everywhere, RARE);
    if (places.length === RARE && look < RARE) return pieces;
    for (let at = 0; at < places.length && out.size < most; at += CHUNK)
      take(places.slice(at, at + CHUNK), out, most, isIt);
    const last = places.length < RARE ? undefined : places.at(-1);
    return last && out.size < most ? beyond(pieces, last) : [];
  };

  /** Zones that are small enough together are read, and the index is not asked. False if they are not. */
  const read = (
    some: readonly { generation: number; records: number }[],
    out: Map<number, FoundRRset>,
    terms: Terms,
    most: number,
    isIt: IsIt,
  ): boolean => {
    if (some.reduce((sum, { records }) => sum + records, 0) > READ_THROUGH) return false;
    const generations = some.map(({ generation }) => generation);
    keep(generations.length > 0 ? readThrough(generations, terms) : [], out, most, isIt);
    return true;
  };

  /** The same of all that the reader can view. */
  const readAll = (out: Map<number, FoundRRset>, terms: Terms, most: number, isIt: IsIt): boolean =>
    visible !== null && read(visible, out, terms, most, isIt);

  /** Until there are so many. `isIt` has the last word about each; `look` is how many places are looked at. */
  async function into(
    out: Map<number, FoundRRset>,
    question: string,
    most: number,
    pieces: readonly Range[],
    isIt: IsIt = () => true,
    look = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    const rest = pieces.length > 1 ? takeFirst(out, question, most, pieces, isIt, look) : pieces;
    let looked = 0;
    let chunk = Math.min(most, CHUNK);
    for (const piece of rest) {
      for (let range: Range | null = piece; range && out.size < most && looked < look; chunk = CHUNK) {
        if (!(await pause())) return;
        const places = placesOf(question, range, chunk);
        looked += places.length;
        take(places, out, most, isIt);
        const last: Place | undefined = places.length < chunk ? undefined : places.at(-1);
        range = last ? onwards(last, range.to) : null;
      }
    }
  }

  /** After a place; where that is nobody's business, after all that is not. */
  const onwards = (last: Place, to: number): Range | null => {
    if (open === null || isOpen?.has(last.generation)) return after(last, to);
    const next = open[firstAfter(open, last.generation)];
    return next === undefined || next > to ? null : { from: { generation: next, id: 0 }, to };
  };

  /** Generations of zones that the reader may view whose names are, or begin with, what is given, and how many records they have. */
  const zonesNamed = (name: string, whole: boolean): { generation: number; records: number }[] => {
    const named = whole ? eq(zones.name, `${name}.`) : and(gte(zones.name, name), lt(zones.name, `${name}\u{10ffff}`));
    const rows = db()
      .select({ generation: zones.generation, records: zones.recordCount })
      .from(zones)
      .where(and(named, isOpen && isOpen.size <= FULL_NAME_ZONES ? inArray(zones.generation, [...isOpen]) : undefined))
      .orderBy(zones.name)
      .limit(FULL_NAME_ZONES)
      .all();
    return rows.filter(({ generation }) => isOpen?.has(generation) ?? true);
  };

  /** Generations that were not the reader's when this began, and are now. For whom all is visible the walk comes by them: numbers only grow. */
  const opened = (): number[] =>
    isOpen === null
      ? []
      : (visibleGenerations(reader) ?? []).flatMap(({ generation }) => (isOpen.has(generation) ? [] : generation));

  return { ranges, into, takeRare, read, readAll, zonesNamed, opened, gaveUp: () => gaveUp };
}

/** What deleted zones held is in the index as long as they can be brought back. */
const deletedGenerations = (): number[] =>
  db()
    .select({ generation: deletedZones.generation })
    .from(deletedZones)
    .orderBy(deletedZones.generation)
    .all()
    .map(({ generation }) => generation);

/** Everywhere but there. */
function around(generations: readonly number[]): Range[] {
  const starts = [0, ...generations.map((generation) => generation + 1)];
  const ends = [...generations.map((generation) => generation - 1), everywhere.to];
  return starts.flatMap((generation, place) => {
    const to = ends[place] ?? everywhere.to;
    return generation > to ? [] : [{ from: { generation, id: 0 }, to }];
  });
}

/** What of them comes after this place. */
const beyond = (ranges: readonly Range[], last: Place): Range[] =>
  ranges
    .filter(({ to }) => to >= last.generation)
    .map((range) => (range.from.generation > last.generation ? range : { ...range, ...after(last, range.to) }));

/** Neighbours become one range. */
function joined(generations: readonly number[]): Range[] {
  const ranges: Range[] = [];
  for (const generation of generations) {
    const last = ranges.at(-1);
    if (last && last.to === generation - 1) last.to = generation;
    else ranges.push(wholeGeneration(generation));
  }
  return ranges;
}

/** The index of the first number above the limit, in a sorted list. */
function firstAfter(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
