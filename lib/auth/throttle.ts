/** Failures counted in rows: what is locked stays locked through a restart. */
import { eq, lt } from "drizzle-orm";
import ipaddr from "ipaddr.js";
import { db, transaction } from "#db/client.ts";
import { attempts } from "#db/schema/index.ts";
import { Problem } from "#lib/api/errors.ts";

export interface Limit {
  key: string;
  /** Failures before the first lock. */
  free: number;
  /** Seconds the n-th lock lasts (n from 1). */
  lockSeconds: (n: number) => number;
  /** Seconds without a failure after which the count is forgotten. */
  forgetSeconds: number;
}

/** Throws `rate_limited` while any of the keys is locked. */
export function assertNotLocked(limits: readonly Limit[]): void {
  const now = Date.now();
  for (const limit of limits) {
    const row = db().select().from(attempts).where(eq(attempts.key, limit.key)).get();
    if (row && row.lockedUntil > now) {
      const retryAfter = Math.ceil((row.lockedUntil - now) / 1000);
      throw new Problem("rate_limited", `Too many failed attempts. Try again ${inWords(retryAfter)}.`, { retryAfter });
    }
  }
}

export const isLocked = (limit: Limit): boolean =>
  (db().select().from(attempts).where(eq(attempts.key, limit.key)).get()?.lockedUntil ?? 0) > Date.now();

export function recordFailure(limits: readonly Limit[]): void {
  const now = Date.now();
  transaction((tx) => {
    tx.delete(attempts).where(lt(attempts.expiresAt, now)).run();
    for (const limit of limits) {
      const failures = (tx.select().from(attempts).where(eq(attempts.key, limit.key)).get()?.failures ?? 0) + 1;
      const locks = failures - limit.free + 1;
      const lockedUntil = locks > 0 ? now + limit.lockSeconds(locks) * 1000 : 0;
      const row = { failures, lockedUntil, expiresAt: Math.max(lockedUntil, now) + limit.forgetSeconds * 1000 };
      tx.insert(attempts)
        .values({ key: limit.key, ...row })
        .onConflictDoUpdate({ target: attempts.key, set: row })
        .run();
    }
  });
}

export const clearFailures = (key: string): void => {
  db().delete(attempts).where(eq(attempts.key, key)).run();
};

/** Takes back the failure that was counted before a success was known. A lock that others earned stays. */
export function forgiveOne(limit: Limit): void {
  transaction((tx) => {
    const row = tx.select().from(attempts).where(eq(attempts.key, limit.key)).get();
    if (!row) return;
    const failures = Math.max(0, row.failures - 1);
    const lockedUntil = failures < limit.free ? 0 : row.lockedUntil;
    tx.update(attempts).set({ failures, lockedUntil }).where(eq(attempts.key, limit.key)).run();
  });
}

/** 5 free failures for an account from one network, then 30 s, 1 min, 2 min … up to an hour; 20 for one network. */
export const signInLimits = (email: string, address: string): [pair: Limit, network: Limit] => {
  const network = networkOf(address);
  return [
    {
      key: `sign-in:${email}:${network}`,
      free: 5,
      lockSeconds: (n) => Math.min(3600, 30 * 2 ** (n - 1)),
      forgetSeconds: 86_400,
    },
    { key: `sign-in:${network}`, free: 20, lockSeconds: () => 900, forgetSeconds: 3600 },
  ];
};

export const setupLimit = (address: string): Limit => ({
  key: `setup:${networkOf(address)}`,
  free: 10,
  lockSeconds: (n) => Math.min(3600, 30 * 2 ** (n - 1)),
  forgetSeconds: 3600,
});

/** An IPv4 address, or the /64 of an IPv6 one: what one subscriber has. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6
    ? `${parsed.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(":")}::/64`
    : parsed.toString();
}

const inWords = (seconds: number): string =>
  seconds < 60 ? `in ${seconds} seconds` : `in ${Math.ceil(seconds / 60)} minute${seconds > 60 ? "s" : ""}`;
