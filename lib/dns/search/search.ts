/** Searches the records of every zone that somebody can view, the best first, and stops when there are enough. */
import { and, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { type MirrorRecord, toRRset } from "../mirror.ts";
import { displayName, relativeName } from "../name.ts";
import type { RRset } from "../rrset.ts";
import { sees } from "../visible.ts";
import { type LoadedZone, shownName, visibleAmong, visibleGenerations } from "../zones.ts";
import { after, everywhere, type Place, placesOf, type Range, wholeGeneration } from "./places.ts";
import { rowsOf } from "./rows.ts";
import { hasForm, idnCandidates, nameEnding, questionsOf, showsText, splits, type Terms } from "./terms.ts";

type Reader = Actor & { id: string };

/** An RRset that was found, in a zone that the reader can view. */
export interface FoundRRset {
  loaded: LoadedZone;
  set: RRset;
  records: MirrorRecord[];
}

export interface Found {
  items: FoundRRset[];
  /** There are others. */
  more: boolean;
}

/** From so many separate zones on they are not asked one by one. */
const ONE_BY_ONE = 48;
const CHUNK = 250;
const RARE = 400;
/** Whoever else waits for this thread gets it in between. */
const SLICE_MS = 8;
/** A search that is not through by then says that there may be more. */
const PATIENCE_MS = 400;
const FULL_NAME_ZONES = 40;
const MOST_IDN = 500;

export async function searchRRsets(terms: Terms, limit: number, reader: Reader): Promise<Found> {
  const walk = walker(reader, PATIENCE_MS);
  const best = new Map<number, FoundRRset>();
  for (const name of fullNames(terms, walk)) await walk.into(best, name.question, limit, [name.range], name.isIt);
  const { exact, prefix, anywhere } = questionsOf(terms);
  const ranges = walk.ranges();
  const rest = new Map<number, FoundRRset>();
  const widest = anywhere ?? prefix;
  for (const question of widest === null ? exact : [widest]) await walk.into(rest, question, limit + 1, ranges);
  if (rest.size > limit && widest !== null) {
    for (const question of [...exact, prefix])
      if (question !== null && question !== widest) await walk.into(best, question, limit, ranges);
  }
  const idn = idnCandidates(terms);
  if (idn !== null && rest.size <= limit)
    await walk.into(rest, idn, limit + 1, ranges, ({ set }) => showsText(set.name, terms.text), MOST_IDN);
  const first = [...best.values()].slice(0, limit);
  const others = [...rest].filter(([id]) => !best.has(id)).map(([, found]) => found);
  const items = [...first, ...ranked(others, terms)].slice(0, limit);
  return { items, more: walk.gaveUp() || new Set([...best.keys(), ...rest.keys()]).size > limit };
}

/** Questions about names that are written whole: those zones alone whose apex the right part begins. */
function fullNames(terms: Terms, walk: Walker) {
  const text = terms.forms.at(-1)?.toLowerCase().replace(/\.$/, "") ?? "";
  return splits(terms).flatMap(({ left, right }) =>
    walk.zonesNamed(right, left === "@").map((generation) => ({
      question: nameEnding(terms, left),
      range: wholeGeneration(generation),
      isIt: ({ set }: FoundRRset) => set.name.includes(text),
    })),
  );
}

/** Where few are found, they are put in order here: what is it, what begins with it, and the rest. */
function ranked(found: readonly FoundRRset[], { forms }: Terms): FoundRRset[] {
  const rank = ({ loaded, set }: FoundRRset): number => {
    const values = [relativeName(set.name, loaded.zone.name), ...set.records.map(({ content }) => content)];
    const plain = values.map((value) => value.replace(/["\\]/g, "").replace(/\.$/, "").toLowerCase());
    const wanted = forms.map((form) => form.toLowerCase().replace(/\.$/, ""));
    if (plain.some((value) => wanted.includes(value))) return 0;
    return plain.some((value) => wanted.some((form) => value.startsWith(form))) ? 1 : 2;
  };
  const keyed = found.map((item) => ({ item, rank: rank(item) }));
  return keyed.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}

type Walker = ReturnType<typeof walker>;

/** Walks the index for one reader, past what is not theirs to see. */
export function walker(reader: Reader, patienceMs: number) {
  const began = performance.now();
  let sliceBegan = began;
  let gaveUp = false;
  const open = visibleGenerations(reader);
  const isOpen = open === null ? null : new Set(open);
  const loadedZones = new Map<number, LoadedZone | null>();

  const load = (generations: Iterable<number>): void => {
    const unknown = [...new Set(generations)].filter((one) => !loadedZones.has(one) && (isOpen?.has(one) ?? true));
    if (unknown.length === 0) return;
    for (const generation of unknown) loadedZones.set(generation, null);
    const current = sql`${zones.generation} in (select value from json_each(${JSON.stringify(unknown)}))`;
    for (const loaded of visibleAmong(reader, current)) loadedZones.set(loaded.zone.generation, loaded);
  };

  /** In one piece where that is all there is or too many to ask one by one; then what lies between is skipped. */
  const ranges = (): Range[] => {
    if (open === null) return [everywhere];
    const pieces = joined(open);
    const [first, last] = [open[0], open.at(-1)];
    if (pieces.length <= ONE_BY_ONE || first === undefined || last === undefined) return pieces;
    return [{ from: { generation: first, id: 0 }, to: last }];
  };

  const take = (
    places: readonly Place[],
    out: Map<number, FoundRRset>,
    most: number,
    isIt: (found: FoundRRset) => boolean,
  ) => {
    load(places.map(({ generation }) => generation));
    const mine = places.filter(({ generation, id }) => loadedZones.get(generation) && !out.has(id));
    const rows = new Map(rowsOf(mine.map(({ id }) => id)).map((row) => [row.id, row]));
    for (const { generation, id } of mine) {
      if (out.size >= most) return;
      const [loaded, row] = [loadedZones.get(generation), rows.get(id)];
      if (!loaded || !row || !sees(loaded.access, loaded.zone.name, row)) continue;
      const found = { loaded, set: toRRset(row), records: JSON.parse(row.records) as MirrorRecord[] };
      if (isIt(found)) out.set(id, found);
    }
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

  /** What is rare everywhere is found in one go: asking for each piece would begin anew each time, far from the first match. */
  const takeRare = (
    out: Map<number, FoundRRset>,
    question: string,
    most: number,
    isIt: (found: FoundRRset) => boolean,
  ): boolean => {
    const places = placesOf(question, everywhere, RARE);
    if (places.length === RARE) return false;
    take(places, out, most, isIt);
    return true;
  };

  /** Until there are so many. `isIt` has the last word about each; `look` is how many places are looked at. */
  async function into(
    out: Map<number, FoundRRset>,
    question: string,
    most: number,
    pieces: readonly Range[],
    isIt: (found: FoundRRset) => boolean = () => true,
    look = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    if (pieces.length > 1 && takeRare(out, question, most, isIt)) return;
    let looked = 0;
    let chunk = Math.min(most, CHUNK);
    for (const piece of pieces) {
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

  /** Generations of zones that the reader may view whose names are, or begin with, what is given. */
  const zonesNamed = (name: string, whole: boolean): number[] => {
    const named = whole ? eq(zones.name, `${name}.`) : and(gte(zones.name, name), lt(zones.name, `${name}\u{10ffff}`));
    const rows = db()
      .select({ generation: zones.generation })
      .from(zones)
      .where(and(named, isOpen && isOpen.size <= FULL_NAME_ZONES ? inArray(zones.generation, [...isOpen]) : undefined))
      .orderBy(zones.name)
      .limit(FULL_NAME_ZONES)
      .all();
    return rows.map(({ generation }) => generation).filter((generation) => isOpen?.has(generation) ?? true);
  };

  return { ranges, into, zonesNamed, gaveUp: () => gaveUp };
}

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

/** At most so many records of an RRset are told. */
const RECORDS = 3;

/** As it leaves the panel: the records that were looked for, or the first ones where the name was. */
export function toHit({ loaded, set, records }: FoundRRset, terms: Terms) {
  const { zone, organisation, access } = loaded;
  const relative = relativeName(set.name, zone.name);
  const having = terms.forms.length > 0 ? records.filter(({ content }) => hasForm(terms, content)) : [];
  const told = (having.length > 0 ? having : records).slice(0, RECORDS);
  return {
    zone: {
      id: zone.id,
      name: zone.name,
      displayName: shownName(zone),
      organisation: { id: organisation.id, handle: organisation.handle, name: organisation.name },
    },
    name: set.name,
    displayName: displayName(set.name).replace(/\.$/, ""),
    relative,
    type: set.type,
    ttl: set.ttl,
    level: access.levelAt(relative, set.type),
    records: told.map(({ id, content, disabled }) => ({ id, content, ...(disabled ? { disabled } : {}) })),
    /** Others in the same RRset. */
    others: records.length - told.length,
  };
}
