/** Long lists: filtered, sorted and paged in SQL by key, so that the last page costs what the first one does. */
import { and, asc, desc, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import * as z from "zod";
import { type Db, db } from "#db/client.ts";

/** Totals are exact up to here. */
export const COUNTED = 10_000;
/** What a search or a rare filter finds is put into any order up to here; more is shown newest first. */
export const SORTED = 1_000;
/** So long may counting what a search found take; then so many at least is all that is said. */
const COUNTING_MS = 20;

/** Which part: `last`, or what comes after or before a place that an answer named. None: the first. */
const part = z
  .string()
  .max(800)
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
  q: z.string().trim().max(255).default(""),
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
    /** What `at` has to be for the part before, and after. Null: there is none. */
    previous: z.string().nullable(),
    next: z.string().nullable(),
  });

export interface KeyedPage<T> {
  items: T[];
  total: number;
  capped: boolean;
  sorted: boolean;
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

/** A condition, and where few may meet it the query that finds those few by an index of its own. */
export interface Condition {
  where: SQL;
  /** A select of ids. */
  few?: SQL;
  /** Where they are many, the list comes in the order of this column, whose index finds them. */
  by?: SQLWrapper;
}

/** What a search found. `ids` is a select of `id` and the number `n` that orders them by age, with no order of its own. */
export interface Found {
  ids: SQL;
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
  const { total, sorted, by } = source;
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
  const rows = handleOf(list).all<Row>(
    sql`select ${list.id} as id, ${key} as key, ${row} as row from ${source.from}
      ${whereOf([...source.where, sorted || by ? beyond : older])}
      order by ${sorted || by ? sql`${direction(key)}, ${direction(row)}` : direction(key)} limit ${query.perPage + 1}`,
  );
  const more = rows.length > query.perPage;
  const shown = rows.slice(0, query.perPage);
  if (backwards) shown.reverse();
  const [first, last] = [shown[0], shown.at(-1)];
  const known = new Map(rowsOf(shown.map(({ id }) => id)).map((item) => [item.id, item]));
  return {
    items: shown.map(({ id }) => known.get(id)).filter((item) => item !== undefined),
    total: !found || sorted || total > COUNTED ? Math.min(total, COUNTED) : Math.min(total, SORTED),
    capped: total > (!found || sorted ? COUNTED : SORTED),
    sorted,
    previous: first && (backwards ? more : asked !== null) ? textOf("before", first) : null,
    next: last && (backwards ? asked.direction === "before" : more) ? textOf("after", last) : null,
  };
}

interface Source {
  from: SQL;
  where: SQL[];
  total: number;
  sorted: boolean;
  by?: SQLWrapper | undefined;
}

/** Few that meet a condition are fetched and sorted; many are met soon enough on the way along the index of the order. */
function filtered(list: KeyedList, conditions: readonly Condition[]): Source {
  for (const { few } of conditions) {
    const ids = few && some(list, few, SORTED);
    if (ids) return sourceOf(list, ids, conditions);
  }
  const where = conditions.map((one) => one.where);
  const from = sql`${list.from}`;
  const by = conditions.find((one) => one.by !== undefined)?.by;
  return { from, where, total: countOf(list, from, where), sorted: by === undefined, by };
}

function searched(list: KeyedList, found: Found, conditions: readonly Condition[]): Source {
  const ids = some(list, sql`select id from (${found.ids})`, SORTED);
  if (ids) return sourceOf(list, ids, conditions);
  const where = conditions.map((one) => one.where);
  const from = sql`(${found.ids}) found cross join ${list.from} on ${list.id} = found.id`;
  return { from, where, total: patiently(list, sql`(${found.ids})`), sorted: false };
}

/** Counts further only where what was counted went quickly: a text of common letters costs much for each that has it. */
function patiently(list: KeyedList, from: SQL): number {
  const began = performance.now();
  const first = countOf(list, from, [], SORTED + 1);
  const expected = ((performance.now() - began) * COUNTED) / SORTED;
  return first <= SORTED || expected > COUNTING_MS ? first : countOf(list, from, []);
}

function sourceOf(list: KeyedList, ids: readonly string[], conditions: readonly Condition[]): Source {
  const where = conditions.map((one) => one.where);
  // Driven from the few: the order must not tempt the planner to walk its index instead.
  const from = sql`json_each(${JSON.stringify(ids)}) few cross join ${list.from} on ${list.id} = few.value`;
  const total = where.length > 0 ? countOf(list, from, where) : ids.length;
  return { from, where, total, sorted: true };
}

/** The ids, if they are no more than that. */
function some(list: KeyedList, ids: SQL, most: number): string[] | null {
  const rows = handleOf(list).all<{ id: string }>(sql`select id from (${ids}) limit ${most + 1}`);
  return rows.length > most ? null : rows.map(({ id }) => id);
}

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

const textOf = (direction: "after" | "before", { key, row }: Place): string =>
  `${direction}:${Buffer.from(JSON.stringify([key, row])).toString("base64url")}`;

type Part = { direction: "last"; place?: undefined } | { direction: "after" | "before"; place: Place };

function partOf(text: string): Part | null {
  if (text === "last") return { direction: "last" };
  const [, direction, place] = /^(after|before):([\w-]+)$/.exec(text) ?? [];
  if (place === undefined) return null;
  try {
    const [key, row] = placeForm.parse(JSON.parse(Buffer.from(place, "base64url").toString("utf8")));
    return { direction: direction === "after" ? "after" : "before", place: { key, row } };
  } catch {
    return null;
  }
}

const placeForm = z.tuple([z.union([z.string(), z.number()]), z.number().int()]);
