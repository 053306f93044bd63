/**
 * Writers of a database that takes one at a time, as SQLite behind PowerDNS does: who meets another is told 500, and nothing
 * of theirs is stored. They try again, and for a while all write one after the other.
 */
import { setTimeout as wait } from "node:timers/promises";
import { ProviderError } from "./provider.ts";

const ATTEMPTS = 8;
const [SHORTEST_MS, LONGEST_MS] = [10, 200];
const IN_TURN_MS = 60_000;
/** Who takes longer goes on beside the next. */
const TURN_MS = 2000;
/** Who waits longer than this for a turn is told so. */
const PATIENCE_MS = 8000;

/** Does a write that may be repeated: what it stores is the same each time. Throws what the last attempt threw. */
export function writersInTurn(): <T>(write: () => Promise<T>) => Promise<T> {
  let inTurnUntil = 0;
  let line: Promise<void> = Promise.resolve();

  const inTurn = async <T>(write: () => Promise<T>): Promise<T> => {
    if (Date.now() > inTurnUntil) return write();
    const before = line;
    const mine = Promise.withResolvers<void>();
    line = before.then(() => mine.promise);
    if (!(await inTime(before))) {
      mine.resolve();
      throw new ProviderError("not_sent", "provider_failed", "PowerDNS is busy with other changes. Try again shortly.");
    }
    const over = setTimeout(mine.resolve, TURN_MS);
    try {
      return await write();
    } finally {
      clearTimeout(over);
      mine.resolve();
    }
  };

  return async (write) => {
    let pause = SHORTEST_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTurn(write);
      } catch (error) {
        if (!(error instanceof ProviderError && error.over) || attempt === ATTEMPTS) throw error;
        inTurnUntil = Date.now() + IN_TURN_MS;
      }
      // Not all at the same moment again.
      await wait(pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, LONGEST_MS);
    }
  };
}

async function inTime(turn: Promise<void>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), PATIENCE_MS);
  try {
    return await Promise.race([turn.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
