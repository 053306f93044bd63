/** Files that must be there, whole, also after the power fails. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import path from "node:path";

/** Makes a file for its owner alone. It must not be there yet. */
export function writeDurably(file: string, text: string): void {
  const handle = openSync(file, "wx", 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  syncFolder(file);
}

/** Makes what was done to a name last: made, renamed or removed. */
export function syncFolder(file: string): void {
  const handle = openSync(path.dirname(file), "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
