/** The handle on `data/logs.db`, for reading: one thread of its own writes (lib/log/writer.ts). */
import { closeSync, existsSync, mkdirSync, openSync, renameSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { type BetterSQLite3Database, drizzle } from "drizzle-orm/better-sqlite3";
import { migrate as run } from "drizzle-orm/better-sqlite3/migrator";
import { standingOf } from "#db/migrate.ts";
import { env } from "#lib/env.ts";
import { singleton } from "#lib/singleton.ts";
import * as schema from "./schema.ts";

export type LogsDb = BetterSQLite3Database<typeof schema> & { $client: Database.Database };

export const MIGRATIONS = path.join("drizzle", "logs");

export const logsFile = (): string => path.join(env().dataDir, "logs.db");

/** Opened, and brought to this version, at first use. */
export const logsDb = (): LogsDb => singleton("logs-db", () => openLogs(logsFile()));

/**
 * Nothing in it is worth a panel that does not start: a file that is damaged, or of a newer version, is put aside, and
 * another begun.
 */
export function openLogs(file: string): LogsDb {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    return openAt(file);
  } catch (error) {
    if (!existsSync(file)) throw error;
    const aside = `${file}.${Date.now()}.aside`;
    for (const part of ["", "-wal", "-shm"]) if (existsSync(file + part)) renameSync(file + part, aside + part);
    console.error(
      `${file} could not be used (${(error as Error).message}). It is now ${aside}, and the logs begin anew.`,
    );
    return openAt(file);
  }
}

function openAt(file: string): LogsDb {
  if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
  const client = new Database(file);
  try {
    client.pragma("journal_mode = WAL");
    client.pragma("synchronous = NORMAL");
    client.pragma("busy_timeout = 5000");
    client.pragma("cache_size = -16000");
    if (standingOf(client, process.cwd(), MIGRATIONS) === "newer") throw new Error("a newer Zonegate wrote it");
    const database = drizzle({ client, schema });
    run(database, { migrationsFolder: path.join(process.cwd(), MIGRATIONS) });
    return database;
  } catch (error) {
    client.close();
    throw error;
  }
}
