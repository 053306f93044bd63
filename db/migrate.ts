/** Brings a database to this version of the panel, before anything reads it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { migrate as run } from "drizzle-orm/better-sqlite3/migrator";
import type { Db } from "./client.ts";

/** Applies what is missing. Throws if the database was made by a newer panel. `root` is the folder that holds `drizzle/`. */
export function migrate(database: Db, root = process.cwd()): void {
  const folder = path.join(root, "drizzle");
  const journal = JSON.parse(readFileSync(path.join(folder, "meta", "_journal.json"), "utf8")) as {
    entries: { when: number }[];
  };
  const newest = Math.max(...journal.entries.map((entry) => entry.when));
  const known = database.$client.prepare("select 1 from sqlite_master where name = '__drizzle_migrations'").get();
  if (known) {
    const row = database.$client.prepare("select max(created_at) as at from __drizzle_migrations").get() as {
      at: number | null;
    };
    if (row.at !== null && row.at > newest) {
      throw new Error("This database was written by a newer Zonegate. Start that version, or restore a backup.");
    }
  }
  run(database, { migrationsFolder: folder });
}
