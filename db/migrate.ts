/** Brings a database to this version of the panel, before anything reads it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import { migrate as run } from "drizzle-orm/better-sqlite3/migrator";
import type { Db } from "./client.ts";

/** How a database stands to this version: `older` lacks migrations, `newer` has some that this version does not know. */
export type Standing = "older" | "current" | "newer";

/** Applies what is missing. Throws if the database was made by a newer panel. `root` is the folder that holds `drizzle/`. */
export function migrate(database: Db, root = process.cwd()): void {
  const { $client: client } = database;
  const standing = standingOf(client, root);
  if (standing === "newer") {
    throw new Error("This database was written by a newer Zonegate. Start that version, or restore a backup.");
  }
  if (standing === "current") return;
  // A table that is made anew is dropped first, and would take along what refers to it. No transaction can switch this off.
  client.pragma("foreign_keys = OFF");
  try {
    run(database, { migrationsFolder: path.join(root, "drizzle") });
  } finally {
    client.pragma("foreign_keys = ON");
  }
}

/** `folder` holds the migrations, below `root`. */
export function standingOf(client: Database.Database, root = process.cwd(), folder = "drizzle"): Standing {
  const text = readFileSync(path.join(root, folder, "meta", "_journal.json"), "utf8");
  const newest = Math.max(...(JSON.parse(text) as { entries: { when: number }[] }).entries.map(({ when }) => when));
  const known = client.prepare("select 1 from sqlite_master where name = '__drizzle_migrations'").get();
  if (!known) return "older";
  const { at } = client.prepare("select max(created_at) as at from __drizzle_migrations").get() as {
    at: number | null;
  };
  if (at !== null && at > newest) return "newer";
  return at === newest ? "current" : "older";
}
