/**
 * One process serves a data directory. The lock is one that the kernel holds for an SQLite file: it stays with a process
 * that is stopped, and goes with one that dies, however it dies.
 */
import { closeSync, existsSync, mkdirSync, openSync, readSync, rmSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { singleton } from "#lib/singleton.ts";

/** Returns what gives it back. Throws a StartError if it is taken. `dataDir` is absolute. */
export function takeDataDirectory(dataDir: string): () => void {
  // To open the file once more in the same process, and close it, would drop the kernel's lock (POSIX).
  if (held().has(dataDir)) throw taken(dataDir, process.pid);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = path.join(dataDir, "server.lock");
  if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
  const lock = new Database(file, { timeout: 0 });
  try {
    lock.pragma("locking_mode = EXCLUSIVE");
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
    // Who it is, for others to read: at a fixed place of the file, which no lock hides.
    lock.pragma(`user_version = ${process.pid}`);
    lock.exec("COMMIT; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (error instanceof Database.SqliteError && error.code === "SQLITE_BUSY") throw taken(dataDir, holderOf(file));
    throw startError(`${file} cannot be locked. Remove it if no Zonegate is running.`, error);
  }
  // What earlier versions had for a lock.
  rmSync(path.join(dataDir, "lock"), { force: true });
  held().set(dataDir, lock);
  return () => {
    // The file stays: to remove one that somebody may just have opened would let two have the directory.
    lock.close();
    held().delete(dataDir);
  };
}

/** By their directories. A lock that nothing refers to would be collected, and given back with it. */
const held = () => singleton("data-directories", () => new Map<string, Database.Database>());

const startError = (message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { name: "StartError" });

const taken = (dataDir: string, holder: number): Error =>
  startError(
    `Another Zonegate (process ${holder || "unknown"}) is using ${dataDir}. Stop it, or set DATA_DIR to another folder.`,
  );

/** The process that has the lock: `user_version`, 4 octets at 60 (SQLite file format, 1.3). 0 before one ever has. */
function holderOf(file: string): number {
  const octets = Buffer.alloc(4);
  const handle = openSync(file, "r");
  readSync(handle, octets, 0, 4, 60);
  closeSync(handle);
  return octets.readUInt32BE();
}
