/** What a database file must be to be one of this panel's. */
import Database from "better-sqlite3";
import { standingOf } from "#db/migrate.ts";

/** Says what is wrong in a sentence. */
export class BackupError extends Error {
  override name = "BackupError";
}

/** Throws a BackupError if the file is no panel's database, damaged, or written by a newer version. */
export function assertPanelDatabase(file: string): void {
  let client: Database.Database | undefined;
  try {
    client = new Database(file, { readonly: true, fileMustExist: true });
    const tables = client
      .prepare(
        "select count(*) as count from sqlite_master where name in ('__drizzle_migrations', 'users', 'settings')",
      )
      .get() as { count: number };
    if (tables.count !== 3) throw new BackupError(`${file} is a database, but not one of Zonegate.`);
    assertSound(client);
    if (standingOf(client) === "newer") {
      throw new BackupError(`${file} was written by a newer Zonegate. Restore it with that version.`);
    }
  } catch (error) {
    const { code = "" } = error as { code?: string };
    if (code === "SQLITE_CANTOPEN") throw new BackupError(`There is no file ${file} that can be read.`);
    if (code === "SQLITE_NOTADB") throw new BackupError(`${file} is not a database.`);
    if (code.startsWith("SQLITE_CORRUPT")) throw new BackupError(`${file} is damaged: ${(error as Error).message}.`);
    throw error;
  } finally {
    client?.close();
  }
}

/** Throws a BackupError that names what the database itself finds wrong with it. */
export function assertSound(client: Database.Database): void {
  const problem = whatIsWrong(client);
  if (problem) throw new BackupError(`${client.name} is damaged: ${problem}.`);
}

/** What the database finds wrong with itself; null if nothing. */
export function whatIsWrong(client: Database.Database): string | null {
  const check = client.pragma("integrity_check(1)", { simple: true });
  if (check !== "ok") return String(check);
  const orphans = client.pragma("foreign_key_check") as { table: string; parent: string }[];
  const [first] = orphans;
  return first
    ? `${orphans.length} rows, one in ${first.table}, refer to rows of ${first.parent} that are not there`
    : null;
}
