/** Which key a database is sealed with. */
import type Database from "better-sqlite3";

/** The id of the key, of any panel database, this version's or not; null where none was recorded. */
export function recordedKeyId(database: Database.Database): string | null {
  const known = database.prepare("select 1 from sqlite_master where type = 'table' and name = 'settings'").get();
  if (!known) return null;
  const row = database.prepare("select value from settings where key = 'setup.key_id'").get() as
    | { value: string }
    | undefined;
  return row ? (JSON.parse(row.value) as string | null) : null;
}
