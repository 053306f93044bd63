/** What is read on nearly every request: queries that are built once, and answers that hold until somebody writes. */
import { type Placeholder, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { type Db, type DbOrTx, db } from "./client.ts";

/**
 * A query with `sql.placeholder`s for what differs, built and compiled at its first use. It runs on the panel's one
 * connection, and so inside a transaction as well as outside.
 */
export function prepared<Q>(build: (handle: Db) => Q): () => Q {
  const built = new WeakMap<Db, Q>();
  return () => {
    const handle = db();
    const query = built.get(handle) ?? build(handle);
    built.set(handle, query);
    return query;
  };
}

/** The same for writes, which get the handle or transaction that they are part of: one query for each connection. */
export function preparedOn<Q>(build: (handle: DbOrTx) => Q): (handle: DbOrTx) => Q {
  const built = new WeakMap<object, Q>();
  return (handle) => {
    // A transaction shares its session with the handle that began it.
    const { session } = handle as unknown as { session: object };
    const query = built.get(session) ?? build(handle);
    built.set(session, query);
    return query;
  };
}

/** The same for a query that comes in a few shapes: `shape` names each, and `build` looks at nothing else of its input. */
export function preparedBy<I, Q>(shape: (input: I) => string, build: (handle: Db, input: I) => Q): (input: I) => Q {
  const built = prepared(() => new Map<string, Q>());
  return (input) => {
    const name = shape(input);
    const query = built().get(name) ?? build(db(), input);
    built().set(name, query);
    return query;
  };
}

/** One of many, which are bound as one JSON text: however many there are the query is the same, and a statement takes 32,766 values. */
export const inList = (column: SQLWrapper, list: readonly string[] | readonly number[] | Placeholder): SQL =>
  sql`${column} in (select value from json_each(${Array.isArray(list) ? JSON.stringify(list) : list}))`;

/** Answers kept at most. */
const MOST = 1000;

/**
 * Reads by key, with the answers kept until anything in the database changes: written by this process, or by another
 * beside it. Inside a transaction nothing is kept, because it may be rolled back. Answers are shared: change none of them.
 */
export function remembered<K, T>(read: (key: K) => T): (key: K) => T {
  let from: Db | null = null;
  let at = "";
  const known = new Map<K, T>();
  return (key) => {
    const handle = db();
    if (handle.$client.inTransaction) return read(key);
    const now = moment();
    if (now !== at || from !== handle || known.size > MOST) known.clear();
    [at, from] = [now, handle];
    const found = known.get(key);
    if (found !== undefined) return found;
    const fresh = read(key);
    known.set(key, fresh);
    return fresh;
  };
}

const clock = prepared(({ $client }) => ({
  others: $client.prepare("pragma data_version").pluck(),
  own: $client.prepare("select total_changes()").pluck(),
}));

/** Differs after every write: `data_version` counts those of other connections, `total_changes` those of this one. */
function moment(): string {
  const { others, own } = clock();
  return `${others.get()} ${own.get()}`;
}
