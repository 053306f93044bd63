/** The one handle on `data/panel.db`. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { type BetterSQLite3Database, drizzle } from "drizzle-orm/better-sqlite3";
import { env } from "#lib/env.ts";
import { timed } from "#lib/log/slow.ts";
import { singleton } from "#lib/singleton.ts";
import * as schema from "./schema/index.ts";
import { hold, inTurn, release } from "./turns.ts";

export type Db = BetterSQLite3Database<typeof schema> & { $client: Database.Database };
/** A handle inside a transaction. */
export type Tx = Parameters<Parameters<Db["transaction"]>[0]>[0];
export type DbOrTx = Db | Tx;

export const databaseFile = (): string => path.join(env().dataDir, "panel.db");

/** The panel's database, opened at first use. `data/` is made with mode 0700. */
export const db = (): Db => singleton("db", () => open(databaseFile()));

/** Runs synchronous work in one BEGIN IMMEDIATE transaction: nothing is awaited inside. */
export const transaction = <T>(work: (tx: Tx) => T): T =>
  inTurn(() => db().transaction(work, { behavior: "immediate" }));

/**
 * The same for what counts only once a later transaction says so, such as rows that nothing points to yet: a power cut before
 * that one may take it, but never a part of it from under that one, and so the disk need not be waited for.
 */
export function provisionally<T>(work: (tx: Tx) => T): T {
  const { $client } = db();
  $client.pragma("synchronous = NORMAL");
  try {
    return transaction((tx) => {
      hold();
      return work(tx);
    });
  } finally {
    release();
    $client.pragma("synchronous = FULL");
  }
}

export function open(file: string): Db {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const client = new Database(file);
  client.pragma("journal_mode = WAL");
  client.pragma("synchronous = FULL");
  client.pragma("foreign_keys = ON");
  client.pragma("busy_timeout = 5000");
  client.pragma("cache_size = -16000");
  keepStatements(client);
  return drizzle({ client, schema });
}

/** Compiled statements that are kept, the latest used. */
const STATEMENTS = 300;

/** The same few queries are asked again and again: each is compiled once, by its text. */
function keepStatements(client: Database.Database): void {
  const compile = client.prepare.bind(client) as (text: string) => Database.Statement;
  const known = new Map<string, Database.Statement>();
  client.prepare = ((text: string) => {
    const found = known.get(text);
    const statement = found ?? writingInTurn(client, timed(compile(text), text));
    // Rows as arrays are a mode of the statement, which whoever used it last may have left on.
    if (found?.reader) found.raw(false);
    known.delete(text);
    known.set(text, statement);
    const [oldest] = known.keys();
    if (known.size > STATEMENTS && oldest !== undefined) known.delete(oldest);
    return statement;
  }) as typeof client.prepare;
}

/** A statement that writes by itself, outside of a transaction. */
function writingInTurn(client: Database.Database, statement: Database.Statement): Database.Statement {
  if (statement.readonly) return statement;
  for (const way of ["run", "get", "all"] as const) {
    const original = statement[way] as (...values: unknown[]) => unknown;
    statement[way] = ((...values: unknown[]) =>
      client.inTransaction ? original(...values) : inTurn(() => original(...values))) as never;
  }
  return statement;
}
