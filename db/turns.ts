/**
 * The threads of the panel that write let one another in. SQLite has whoever finds the database taken sleep and try again,
 * and whoever writes many short transactions in a row takes it anew before the other wakes.
 */
import { setImmediate, setTimeout } from "node:timers/promises";
import { singleton } from "#lib/singleton.ts";

/** How many want to write or do, and whether another thread than the main one is at a piece of large work. */
const [WANTED, HELD] = [0, 1];
/** What a thread leaves to others that cannot tell it what they want. */
const UNJOINED_MS = 2;
/** Nobody waits longer for somebody who may be gone. */
const MOST_MS = 50;

interface Turns {
  cells: Int32Array;
  /** In a thread that does large work for another. */
  joined: boolean;
}

const turns = (): Turns =>
  singleton("write-turns", () => ({ cells: new Int32Array(new SharedArrayBuffer(8)), joined: false }));

/** For a thread that does large work for this one: there it goes to `joinTurns`, before anything is written. */
export const sharedTurns = (): SharedArrayBuffer => turns().cells.buffer as SharedArrayBuffer;

export function joinTurns(shared: SharedArrayBuffer): void {
  singleton("write-turns", (): Turns => ({ cells: new Int32Array(shared), joined: true }));
}

/** Something short that writes: large work waits for it between two pieces. */
export function inTurn<T>(work: () => T): T {
  const { cells, joined } = turns();
  if (joined) return work();
  Atomics.add(cells, WANTED, 1);
  try {
    Atomics.wait(cells, HELD, 1, MOST_MS);
    return work();
  } finally {
    if (Atomics.sub(cells, WANTED, 1) === 1) Atomics.notify(cells, WANTED);
  }
}

/** A piece of large work has the database, until `release`. */
export function hold(): void {
  const { cells, joined } = turns();
  if (joined) Atomics.store(cells, HELD, 1);
}

/** It has, or is no more, wherever it was. */
export function release(): void {
  const { cells } = turns();
  Atomics.store(cells, HELD, 0);
  Atomics.notify(cells, HELD);
}

/** Between two pieces everybody who wants to write does, and what else this thread was asked is heard. */
export async function giveWay(): Promise<void> {
  const { cells, joined } = turns();
  if (!joined) return setTimeout(UNJOINED_MS);
  await setImmediate();
  const until = performance.now() + MOST_MS;
  for (let wanted = Atomics.load(cells, WANTED); wanted > 0; wanted = Atomics.load(cells, WANTED)) {
    const left = until - performance.now();
    if (left <= 0) return;
    Atomics.wait(cells, WANTED, wanted, left);
  }
}
