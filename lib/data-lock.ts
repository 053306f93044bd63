/** One process serves a data directory: a lock file with a heartbeat, taken over when its holder is dead. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";

const HEARTBEAT_MS = 5_000;
const STALE_MS = 30_000;

/** Returns what gives it back. Throws a StartError if another process has it. */
export function takeDataDirectory(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = path.join(dataDir, "lock");
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx", mode: 0o600 });
      return hold(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const stale = staleText(file);
      if (stale === null) break;
      clear(file, stale);
    }
  }
  throw Object.assign(
    new Error(`Another Zonegate is serving ${dataDir}. Stop it, or set DATA_DIR to another folder.`),
    { name: "StartError" },
  );
}

function hold(file: string): () => void {
  const own = String(process.pid);
  const beat = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {
      putBack(file, own);
    }
  }, HEARTBEAT_MS);
  beat.unref();
  return () => {
    clearInterval(beat);
    if (textOf(file) === own) rmSync(file, { force: true });
  };
}

/** Somebody removed the lock of a process that lives. Where it cannot be put back, there is nothing left to protect. */
function putBack(file: string, own: string): void {
  try {
    writeFileSync(file, own, { flag: "wx", mode: 0o600 });
  } catch {
    // Another process was faster, or the whole directory is gone.
  }
}

/**
 * What the lock says, if nobody holds it; null while it is held: its process lives and the heartbeat is fresh, because a
 * process id alone may belong to somebody else by now. One that says nothing yet is being written.
 */
function staleText(file: string): string | null {
  const text = textOf(file);
  if (text === null) return "";
  const pid = Number(text);
  const fresh = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) < STALE_MS;
  const alive = text === "" || (Number.isInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid));
  return fresh && alive ? null : text;
}

/** Removes a stale lock. Of several that find it, none removes the lock that another has taken meanwhile. */
function clear(file: string, stale: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (textOf(aside) === stale) rmSync(aside, { force: true });
  else renameSync(aside, file);
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
