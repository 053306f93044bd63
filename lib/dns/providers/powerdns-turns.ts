/**
 * Writers of a database that takes one at a time, as SQLite behind PowerDNS does: who meets another is told 500, and nothing
 * of theirs is stored. They try again, and for a while all write one after the other.
 */
import { setTimeout as wait } from "node:timers/promises";
import { ProviderError } from "./provider.ts";

const ATTEMPTS = 8;
/** From the first failure on: turns are waited for as well. */
const TRY_AGAIN_MS = 6000;
const [SHORTEST_MS, LONGEST_MS] = [10, 200];
const IN_TURN_MS = 60_000;
/** Whoever is kept waiting for longer does without the turn. */
const TURN_MS = 5000;

/** Does a write that may be repeated: what it stores is the same each time. Throws what the last attempt threw. */
export function writersInTurn(): <T>(write: () => Promise<T>) => Promise<T> {
  let inTurnUntil = 0;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = async <T>(write: () => Promise<T>): Promise<T> => {
    if (Date.now() > inTurnUntil) return write();
    const before = last;
    const mine = Promise.race([before, wait(TURN_MS, undefined, { ref: false })]).then(write, write);
    last = mine.catch(() => {});
    return mine;
  };

  return async (write) => {
    let began: number | null = null;
    let pause = SHORTEST_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTurn(write);
      } catch (error) {
        if (!(error instanceof ProviderError && error.over)) throw error;
        const now = Date.now();
        inTurnUntil = now + IN_TURN_MS;
        began ??= now;
        if (attempt === ATTEMPTS || now - began > TRY_AGAIN_MS) throw error;
      }
      // Not all at the same moment again.
      await wait(pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, LONGEST_MS);
    }
  };
}
