/** Long lists: filtered, sorted and paged in SQL by key, so that the last page costs what the first one does. */
import { and, asc, desc, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import * as z from "zod";
import { type Db, db } from "#db/client.ts";
import { sealBrief, unsealBrief } from "#lib/crypto/passing.ts";
import { searchText } from "./list.ts";

/** Totals are exact up to here. */
export const COUNTED = 10_000;
/** What a search or a rare filter finds is put into any order up to here; more is shown newest first. */
export const SORTED = 1_000;
/**
 * So many are looked at one by one for an answer, where several things are asked for and none of them is rare. A part may
 * then be short; the next one goes on where it stopped.
 */
export const LOOKED_AT = 2_500;
/** So long may counting what a search found take; then so many at least is all that is said. */
const COUNTING_MS = 20;

/** Which part: `last`, or what comes after or before a place that an answer named. None: the first. */
const part = z
  .string()
  .max(1000)
  .refine((text) => partOf(text) !== null, "This is no part of the list: begin again from the first page.");

/**
 * The input of such a list. `sort` is a column, `-` before it for descending; the first is what nobody asks for. Values
 * arrive as text from a query string.
 */
export const keyedQuery = <const S extends readonly [string, ...string[]], F extends z.ZodRawShape>(
  sorts: S,
  filters: F,
) => ({
  perPage: z.coerce.number().int().min(1).max(200).default(50),
  sort: z.enum([...new Set([sorts[0], ...sorts.flatMap((one) => [bare(one), `-${bare(one)}`])])]).default(sorts[0]),
  q: searchText,
  at: part.optional(),
  ...filters,
});

export interface KeyedQuery {
  perPage: number;
  sort: string;
  q: string;
  at?: string | undefined;
}

/** The output of such a list. */
export const keyedPage = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    /** Counted up to 10,000. */
    total: z.number().int(),
    /** There are more than were counted. */
    capped: z.boolean(),
    /** False: too many were found to put them into the order that was asked for. What was found anywhere comes newest first. */
    sorted: z.boolean(),
    short,
    /** What `at` has to be for the part before, and after. Null: there is none. */
    previous: z.string().nullable(),
    next: z.string().nullable(),
  });

/** What became of a text of one or two characters: only beginnings were looked for, or nothing was. Null: it was looked for anywhere. */
export const short = z.enum(["beginnings", "nothing"]).nullable();

export interface KeyedPage<T> {
  items: T[];
  total: number;
  capped: boolean;
  sorted: boolean;
  short: z.output<typeof short>;
  previous: string | null;
  next: string | null;
}

export interface KeyedList {
  from: SQLiteTable;
  /** The text that names a row. */
  id: SQLWrapper;
  /** What one can sort by: never null, and each with an index of its own. */
  sorts: Readonly<Record<string, SQLWrapper>>;
  /** Another database than the panel's. */
  handle?: () => Pick<Db, "all" | "get">;
}

interface Range {
  column: SQLWrapper;
  where: SQL;
}

/** A condition, and where few may meet it the query that finds those few by an index of its own. */
export interface Condition {
  where: SQL;
  /** A select of ids. */
  few?: SQL;
  /** Where they are many, the list comes in the order of a column, whose index finds those of a range. */
  by?: () => Range;
  /** Where they are many, no index finds them: a row has to be looked at. */
  each?: boolean;
  /** The text was too short to be looked for anywhere. */
  short?: boolean;
}

/** What an index finds, be it much or little. */
export const among = (table: SQLiteTable, where: SQL): Condition => ({
  where,
  few: sql`select id from ${table} where ${where}`,
});

/** What a search found. */
export interface Found {
  /** A select of `id` and the number `n` that orders them by age, with no order of its own. */
  ids: SQL;
  /** What was searched for, and the text of a row that it is in. */
  q: string;
  text: SQL;
}

type Key = string | number;
interface Place {
  key: Key;
  row: number;
}
interface Row {
  id: string;
  key: Key;
  row: number;
}

/** One part of a list. `rowsOf` gets the ids of the part and answers its rows, in any order. */
export function readKeyed<T extends { id: string }>(
  list: KeyedList,
  query: KeyedQuery,
  { conditions = [], found }: { conditions?: readonly (Condition | undefined)[]; found?: Found | undefined },
  rowsOf: (ids: string[]) => readonly T[],
): KeyedPage<T> {
  const wanted = conditions.filter((one) => one !== undefined);
  const source = found ? searched(list, found, wanted) : filtered(list, wanted);
  const { total, capped, sorted, by, tested } = source;
  const descending = sorted ? query.sort.startsWith("-") : by === undefined;
  const key = sorted ? sql`${list.sorts[bare(query.sort)]}` : by ? sql`${by}` : sql`found.n`;
  const asked = query.at === undefined ? null : partOf(query.at);
  const backwards = asked !== null && asked.direction !== "after";
  const down = descending !== backwards;
  const row = sql`${list.from}.rowid`;
  const place = asked?.place;
  const direction = down ? desc : asc;
  const beyond = place && sql`(${key}, ${row}) ${sql.raw(down ? "<" : ">")} (${place.key}, ${place.row})`;
  // The ages of what was found are all different, and the index of texts knows no order but theirs.
  const older = place && sql`${key} ${sql.raw(down ? "<" : ">")} ${place.key}`;
  const walk = (columns: SQL) => sql`select ${columns} from ${source.from}
      ${whereOf([...source.where, sorted || by ? beyond : older])}
      order by ${sorted || by ? sql`${direction(key)}, ${direction(row)}` : direction(key)}`;
  const columns = sql`${list.id} as id, ${key} as key, ${row} as row`;
  const rows = handleOf(list).all<Row>(
    tested
      ? sql`select id, key, row from (${walk(sql`${columns}, ${tested} as hit`)} limit ${LOOKED_AT}) where hit limit ${query.perPage + 1}`
      : sql`${walk(columns)} limit ${query.perPage + 1}`,
  );
  const more = rows.length > query.perPage;
  const shown = rows.slice(0, query.perPage);
  const stopped =
    tested && !more
      ? handleOf(list).get<Row | undefined>(sql`${walk(columns)} limit 1 offset ${LOOKED_AT - 1}`)
      : undefined;
  // From where the walk goes on in its own direction, and from where it goes back.
  const on = stopped ?? (more ? shown.at(-1) : undefined);
  const back = asked?.place === undefined ? undefined : shown[0];
  if (backwards) shown.reverse();
  const known = new Map(rowsOf(shown.map(({ id }) => id)).map((item) => [item.id, item]));
  const [after, before] = backwards ? [back, on] : [on, back];
  return {
    items: shown.map(({ id }) => known.get(id)).filter((item) => item !== undefined),
    total,
    capped,
    sorted,
    short: wanted.some((one) => one.short) ? "beginnings" : null,
    previous: before ? textOf("before", before) : null,
    next: after ? textOf("after", after) : null,
  };
}

interface Source {
  from: SQL;
  where: SQL[];
  /** What each row is looked at for. */
  tested?: SQL | undefined;
  total: number;
  capped: boolean;
  sorted: boolean;
  by?: SQLWrapper | undefined;
}

/** Few that meet a condition are fetched and sorted; many are met soon enough on the way along the index of the order. */
function filtered(list: KeyedList, conditions: readonly Condition[]): Source {
  let rarest: string[] | null = null;
  for (const { few, by } of conditions) {
    // What begins with a text is gathered no further than it can be sorted.
    const ids: string[] | null = few ? some(list, few, by || conditions.length === 1 ? SORTED : LOOKED_AT) : null;
    if (ids && (rarest === null || ids.length < rarest.length)) rarest = ids;
    if (rarest && rarest.length <= SORTED) break;
  }
  if (rarest) return sourceOf(list, rarest, conditions);
  const walked = conditions.find((one) => one.by !== undefined);
  const range = walked?.by?.();
  const looked = conditions.filter((one) => (walked ? one !== walked : one.each));
  const where = range ? [range.where] : conditions.filter((one) => !one.each).map((one) => one.where);
  const tested = together(looked);
  const from = sql`${list.from}`;
  return { from, where, tested, ...counted(list, from, where, tested), sorted: range === undefined, by: range?.column };
}

function searched(list: KeyedList, found: Found, conditions: readonly Condition[]): Source {
  const ids = some(list, sql`select id from (${found.ids})`, SORTED);
  if (ids) return sourceOf(list, ids, conditions);
  for (const { few } of conditions) {
    const near = few && some(list, few, LOOKED_AT);
    if (near) return sourceOf(list, withText(list, near, found), conditions);
  }
  const tested = together(conditions);
  const from = sql`(${found.ids}) found cross join ${list.from} on ${list.id} = found.id`;
  const count = tested ? counted(list, from, [], tested) : patiently(list, sql`(${found.ids})`);
  return { from, where: [], tested, ...count, sorted: false };
}

/** Those of a few that have the text. */
function withText(list: KeyedList, ids: readonly string[], { q, text }: Found): string[] {
  const wanted = q.toLowerCase();
  return handleOf(list)
    .all<{ id: string; text: string }>(
      sql`select ${list.id} as id, ${text} as text from ${these(ids)} cross join ${list.from} on ${list.id} = few.value`,
    )
    .filter((row) => row.text.toLowerCase().includes(wanted))
    .map(({ id }) => id);
}

/** Counts further only where what was counted went quickly: a text of common letters costs much for each that has it. */
function patiently(list: KeyedList, from: SQL): Count {
  const began = performance.now();
  const first = countOf(list, from, [], SORTED + 1);
  const expected = ((performance.now() - began) * COUNTED) / SORTED;
  return first <= SORTED || expected > COUNTING_MS ? upTo(SORTED, first) : upTo(COUNTED, countOf(list, from, []));
}

function sourceOf(list: KeyedList, ids: readonly string[], conditions: readonly Condition[]): Source {
  // Driven from the few: the order must not tempt the planner to walk its index instead.
  const from = (few: readonly string[]) => sql`${these(few)} cross join ${list.from} on ${list.id} = few.value`;
  const where = conditions.map((one) => one.where);
  const left = handleOf(list)
    .all<{ id: string }>(sql`select ${list.id} as id from ${from(ids)} ${whereOf(where)}`)
    .map(({ id }) => id);
  return { from: from(left), where: [], total: left.length, capped: false, sorted: true };
}

const these = (ids: readonly string[]): SQL => sql`json_each(${JSON.stringify(ids)}) few`;

/** The ids, if they are no more than that. */
function some(list: KeyedList, ids: SQL, most: number): string[] | null {
  const rows = handleOf(list).all<{ id: string }>(sql`select id from (${ids}) limit ${most + 1}`);
  return rows.length > most ? null : rows.map(({ id }) => id);
}

interface Count {
  total: number;
  capped: boolean;
}

const upTo = (most: number, n: number): Count => ({ total: Math.min(n, most), capped: n > most });

/** Of what has to be looked at one by one, only the first are: nobody reads how many of a thousand there were. */
function counted(list: KeyedList, from: SQL, where: readonly SQL[], tested: SQL | undefined): Count {
  if (!tested) return upTo(COUNTED, countOf(list, from, where));
  const { looked, n } = handleOf(list).get<{ looked: number; n: number | null }>(
    sql`select count(*) as looked, sum(hit) as n from (select ${tested} as hit from ${from} ${whereOf(where)} limit ${SORTED + 1})`,
  );
  return { total: n ?? 0, capped: looked > SORTED };
}

const together = (conditions: readonly Condition[]): SQL | undefined =>
  conditions.length === 0 ? undefined : sql`(${and(...conditions.map((one) => one.where))})`;

const countOf = (list: KeyedList, from: SQL, where: readonly SQL[], most = COUNTED + 1): number =>
  handleOf(list).get<{ n: number }>(
    sql`select count(*) as n from (select 1 from ${from} ${whereOf(where)} limit ${most})`,
  ).n;

const handleOf = (list: KeyedList) => list.handle?.() ?? db();

function whereOf(conditions: readonly (SQL | undefined)[]): SQL {
  const all = and(...conditions);
  return all ? sql`where ${all}` : sql``;
}

const bare = (sort: string): string => sort.replace(/^-/, "");

/** Sealed: what rows are sorted by can be what privacy mode hides. Nothing of it is kept, so a new secret costs no more than the place. */
const textOf = (direction: "after" | "before", { key, row }: Place): string =>
  `${direction}:${sealBrief(JSON.stringify([key, row]), PLACES)}`;

const PLACES = "places in lists";

type Part = { direction: "last"; place?: undefined } | { direction: "after" | "before"; place: Place };

function partOf(text: string): Part | null {
  if (text === "last") return { direction: "last" };
  const [, direction, place] = /^(after|before):([\w-]+)$/.exec(text) ?? [];
  if (place === undefined) return null;
  try {
    const [key, row] = placeForm.parse(JSON.parse(unsealBrief(place, PLACES)));
    return { direction: direction === "after" ? "after" : "before", place: { key, row } };
  } catch {
    return null;
  }
}

const placeForm = z.tuple([z.union([z.string(), z.number()]), z.number().int()]);
