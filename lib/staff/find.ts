/** Finds accounts, organisations, zones and what is about accounts by what somebody types: anywhere in a name from three characters on, before that at its start. */
import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { db } from "#db/client.ts";
import type { searchKeys } from "#db/schema/index.ts";
import { type Condition, type Found, SORTED } from "#lib/api/keyed-list.ts";

export type Kind = (typeof searchKeys.kind.enumValues)[number];

const SHORT = 3;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

interface Searched {
  kind: Kind;
  from: SQLiteTable;
  id: SQLWrapper;
  /**
   * Columns with an index, for what is too short to be found anywhere else than at the start. Where many begin like that,
   * the one that most do in is looked at alone.
   */
  starts: readonly [SQLWrapper, ...SQLWrapper[]];
}

/** What narrows a list to what the text finds. Nothing where there is no text. */
export function searching({ kind, from, id, starts }: Searched, q: string): { found?: Found; condition?: Condition } {
  if (q === "" || ID.test(q)) return searchingStarts({ from, id, starts }, q);
  if ([...q].length < SHORT) return { condition: { ...startingWith({ from, id, starts }, q), short: true } };
  return { found: { ids: anywhere(kind, q), q, text: linesOf(starts) } };
}

/** The same where there is no index of texts: only what begins with the text is found. */
export function searchingStarts(searched: Omit<Searched, "kind">, q: string): { condition?: Condition } {
  const { from, id } = searched;
  if (q === "") return {};
  if (!ID.test(q)) return { condition: startingWith(searched, q) };
  const is = sql`${id} = ${q}`;
  return { condition: { where: is, few: sql`select ${id} as id from ${from} where ${is}` } };
}

const startingWith = ({ from, id, starts }: Omit<Searched, "kind">, q: string): Condition => ({
  where: sql`(${sql.join(
    starts.map((column) => beginsWith(column, q)),
    sql` or `,
  )})`,
  few: sql.join(
    // More than can be sorted are not even gathered.
    starts.map(
      (column) =>
        sql`select id from (select ${id} as id from ${from} where ${beginsWith(column, q)} limit ${SORTED + 1})`,
    ),
    sql` union `,
  ),
  by: () =>
    longest(
      from,
      starts.flatMap((column) => formsOf(q).map((form) => ({ column, where: between(column, form) }))),
    ),
});

/** Of ranges the one with the most in it, as far as that is counted; the first of several. */
function longest<R extends { where: SQL }>(from: SQLiteTable, ranges: readonly R[]): R {
  const counted = ranges.map((range) => {
    const some = sql`select 1 from ${from} where ${range.where} limit ${SORTED + 1}`;
    return { range, n: db().get<{ n: number }>(sql`select count(*) as n from (${some})`).n };
  });
  const [first] = counted.toSorted((a, b) => b.n - a.n);
  if (!first) throw new Error("There is nothing to choose from.");
  return first.range;
}

/** As triggers put it into the index of texts. */
const linesOf = (columns: readonly SQLWrapper[]): SQL => sql.join([...columns], sql` || char(10) || `);

/** Where the row's `user` is the id of the account that it is about. */
interface About {
  kind: Kind;
  from: SQLiteTable;
  id: SQLWrapper;
  user: SQLWrapper;
  /** What else is found in it. */
  words?: SQLWrapper;
}

/** The same for rows that are about accounts. */
export function searchingAbout({ kind, from, id, user, words }: About, q: string): ReturnType<typeof searching> {
  if (q === "") return {};
  const where = (which: SQL): Condition => ({ where: which, few: sql`select ${id} as id from ${from} where ${which}` });
  if (ID.test(q)) return { condition: where(sql`(${id} = ${q} or ${user} = ${q})`) };
  const starts = [sql`u.email`, sql`u.name`];
  if ([...q].length >= SHORT)
    return {
      found: {
        ids: anywhere(kind, q),
        q,
        text: sql`(select ${linesOf(words ? [...starts, words] : starts)} from users u where u.id = ${user})`,
      },
    };
  const begins = starts.map((column) => beginsWith(column, q));
  const few = begins.map((one) => sql`select id from (select id from users u where ${one} limit ${SORTED + 1})`);
  const accounts = db().all<{ id: string }>(sql`${sql.join(few, sql` union `)} limit ${SORTED + 1}`);
  if (accounts.length > SORTED) {
    const some = sql`exists (select 1 from users u where u.id = ${user} and (${sql.join(begins, sql` or `)}))`;
    return { condition: { where: some, each: true, short: true } };
  }
  const ids = JSON.stringify(accounts.map((account) => account.id));
  return { condition: { ...where(sql`${user} in (select value from json_each(${ids}))`), short: true } };
}

/** Ids and ages of what has the text anywhere, without regard to case. */
export function anywhere(kind: Kind, q: string): SQL {
  const text = sql.identifier(`${kind}_text`);
  return sql`select k.id as id, t.rowid as n from ${text} t cross join search_keys k on k.n = t.rowid where ${sql.raw("t")}.${text} match ${phrase(q)}`;
}

/** By an index: as it is written, and in lower case. */
export function beginsWith(column: SQLWrapper, q: string): SQL {
  return sql`(${sql.join(
    formsOf(q).map((form) => between(column, form)),
    sql` or `,
  )})`;
}

const formsOf = (q: string): string[] => [...new Set([q, q.toLowerCase(), capitalised(q)])];

const between = (column: SQLWrapper, start: string): SQL =>
  sql`(${column} >= ${start} and ${column} < ${`${start}\u{10ffff}`})`;

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();

const phrase = (text: string): string => `"${text.replaceAll('"', '""')}"`;
