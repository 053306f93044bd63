/** One writer a zone at a time. Everybody else waits in line, and gives up after ten seconds. */
import { Problem } from "#lib/api/errors.ts";
import { singleton } from "#lib/singleton.ts";

const WAIT_MS = 10_000;

/** Runs work alone in the zone. Throws `zone_busy` if it could not begin in time. */
export async function withZoneLock<T>(zoneId: string, work: () => Promise<T>, waitMs = WAIT_MS): Promise<T> {
  const lines = singleton("zone-locks", () => new Map<string, Promise<void>>());
  const before = lines.get(zoneId) ?? Promise.resolve();
  const mine = Promise.withResolvers<void>();
  const line = before.then(() => mine.promise);
  lines.set(zoneId, line);
  try {
    await inTime(before, waitMs);
    return await work();
  } finally {
    mine.resolve();
    if (lines.get(zoneId) === line) lines.delete(zoneId);
  }
}

async function inTime(turn: Promise<void>, waitMs: number): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      late.reject(
        new Problem("zone_busy", "Other changes to this zone are still under way. Try again in a moment.", {
          retryAfter: 2,
        }),
      ),
    waitMs,
  );
  try {
    await Promise.race([turn, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
