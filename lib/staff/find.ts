/** Finds accounts, organisations and zones by what somebody types: anywhere in a name from three characters on, before that at its start. */
import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Condition, Found } from "#lib/api/keyed-list.ts";

export type Kind = "account" | "organisation" | "zone";

const SHORT = 3;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

interface Searched {
  kind: Kind;
  from: SQLiteTable;
  id: SQLWrapper;
  /** Columns with an index, for what is too short to be found anywhere else than at the start. */
  starts: readonly SQLWrapper[];
}

/** What narrows a list to what the text finds. Nothing where there is no text. */
export function searching({ kind, from, id, starts }: Searched, q: string): { found?: Found; condition?: Condition } {
  if (q === "") return {};
  if (ID.test(q)) return { condition: onlyIds(id, sql`select ${id} as id from ${from} where ${id} = ${q}`) };
  if ([...q].length < SHORT)
    return {
      condition: onlyIds(
        id,
        sql.join(
          starts.map((column) => sql`select ${id} as id from ${from} where ${beginsWith(column, q)}`),
          sql` union `,
        ),
      ),
    };
  return { found: { ids: anywhere(kind, q) } };
}

/** Ids and ages of what has the text anywhere, without regard to case. */
export function anywhere(kind: Kind, q: string): SQL {
  const text = sql.identifier(`${kind}_text`);
  return sql`select k.id as id, t.rowid as n from ${text} t cross join search_keys k on k.n = t.rowid where ${sql.raw("t")}.${text} match ${phrase(q)}`;
}

/** By an index: as it is written, and in lower case. */
export function beginsWith(column: SQLWrapper, q: string): SQL {
  const forms = [...new Set([q, q.toLowerCase(), capitalised(q)])];
  return sql`(${sql.join(
    forms.map((form) => sql`(${column} >= ${form} and ${column} < ${`${form}\u{10ffff}`})`),
    sql` or `,
  )})`;
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();

const onlyIds = (id: SQLWrapper, few: SQL): Condition => ({ where: sql`${id} in (${few})`, few });

const phrase = (text: string): string => `"${text.replaceAll('"', '""')}"`;
