/** A copy of the database as it is at one moment, taken while the panel runs. */
import { closeSync, linkSync, mkdirSync, openSync, rmSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { databaseFile } from "#db/client.ts";
import { assertSound, BackupError } from "./file.ts";

/**
 * Writes the copy to a file that must not be there yet, for its owner alone. Links that are waiting to be mailed are not
 * in it, nor is what was deleted. Throws a BackupError.
 */
export function backUp(file: string): void {
  const source = databaseFile();
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}.partial`;
  try {
    closeSync(openSync(partial, "wx", 0o600));
    copyInto(source, partial);
    // Unlike a rename, a link never replaces what somebody has put there meanwhile.
    linkSync(partial, file);
  } catch (error) {
    throw explained(error, file, source);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** The whole of a database, as one file without a journal. `target` is empty. */
export function copyInto(source: string, target: string): void {
  const from = new Database(source, { readonly: true, fileMustExist: true });
  try {
    from.prepare("vacuum into ?").run(target);
  } finally {
    from.close();
  }
  const copy = new Database(target);
  try {
    copy.pragma("journal_mode = delete");
    copy.pragma("foreign_keys = on");
    const links = copy.prepare("select 1 from sqlite_master where type = 'table' and name = 'mail_secrets'").get();
    if (links) copy.exec("delete from mail_secrets; vacuum");
    assertSound(copy);
  } finally {
    copy.close();
  }
}

function explained(error: unknown, file: string, source: string): unknown {
  const { code } = error as { code?: string };
  if (code === "EEXIST") return new BackupError(`${file} is there already. Nothing was written: name another file.`);
  if (code === "SQLITE_CANTOPEN") return new BackupError(`There is no database at ${source}.`);
  if (code === "ENOSPC" || code === "SQLITE_FULL") return new BackupError(`There is no room for ${file}.`);
  return error;
}
