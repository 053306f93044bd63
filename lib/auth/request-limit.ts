/** How many requests a key may make in a stretch of time, counted in rows: a restart gives nothing back. */
import { eq } from "drizzle-orm";
import { db } from "#db/client.ts";
import { attempts } from "#db/schema/index.ts";
import { singleton } from "#lib/singleton.ts";

export interface Allowance {
  limit: number;
  remaining: number;
  /** Seconds until the count starts again. */
  reset: number;
  exceeded: boolean;
}

/**
 * Counts one request. Every write to the row takes a twentieth of the limit, which is then spent from memory: so most
 * requests write nothing, and a crash loses the key at most that many requests of its own.
 */
export function takeRequest(key: string, limit: number, seconds: number): Allowance {
  const now = Date.now();
  const purses = singleton("request-limits", () => new Map<string, Purse>());
  const purse = purses.get(key);
  const inHand = purse && purse.until > now && purse.limit === limit ? purse : withdraw(key, limit, seconds, now);
  const exceeded = inHand.left === 0;
  if (!exceeded) inHand.left--;
  if (inHand.left > 0) purses.set(key, inHand);
  else purses.delete(key);
  if (purses.size > MOST) purses.clear();
  return {
    limit,
    remaining: Math.max(0, limit - inHand.taken) + inHand.left,
    reset: Math.max(1, Math.ceil((inHand.until - now) / 1000)),
    exceeded,
  };
}

/** Requests that are counted already. */
interface Purse {
  limit: number;
  left: number;
  /** All that was taken in this stretch of time, by anybody. */
  taken: number;
  until: number;
}

/** Purses at most. What is dropped is lost to its key, and no more. */
const MOST = 10_000;

function withdraw(key: string, limit: number, seconds: number, now: number): Purse {
  const row = db().select().from(attempts).where(eq(attempts.key, key)).get();
  const going = row && row.expiresAt > now ? row : { failures: 0, expiresAt: now + seconds * 1000 };
  const left = Math.min(Math.ceil(limit / 20), Math.max(0, limit - going.failures));
  const counted = { failures: going.failures + left, lockedUntil: 0, expiresAt: going.expiresAt };
  if (left > 0)
    db()
      .insert(attempts)
      .values({ key, ...counted })
      .onConflictDoUpdate({ target: attempts.key, set: counted })
      .run();
  return { limit, left, taken: counted.failures, until: counted.expiresAt };
}
