/** Zones that nobody opens: each is compared with its provider once a day all the same. */
import { and, eq, gt, isNotNull, lt, ne, or, sql } from "drizzle-orm";
import * as z from "zod";
import { db } from "#db/client.ts";
import { zones } from "#db/schema/index.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { log } from "#lib/log/log.ts";
import { setting } from "#lib/settings/settings.ts";
import { inThread } from "./large/thread.ts";

const DAY_MS = 86_400_000;
/** Zones of one run: some 10,000 in a day, one after the other. */
const A_RUN = 100;
/** A connection that failed so often in a row is left alone until the next run. */
const FAILURES = 3;

export const compareDaily = jobKind({
  kind: "dns.compare",
  schedule: "*/15 * * * *",
  ready: () => setting("feature.dns"),
  payload: z.object({}),
  attempts: 1,
  async run(_payload, { signal }) {
    const failures = new Map<string, number>();
    for (const { id, connection } of dueNow()) {
      signal.throwIfAborted();
      const failed = failures.get(connection) ?? 0;
      if (failed >= FAILURES) continue;
      try {
        const { problem } = await inThread("refresh", { zone: id });
        failures.set(connection, problem === null ? 0 : failed + 1);
      } catch (error) {
        log().warn({ zone: id, err: error }, "a zone could not be compared");
      }
    }
  },
});

/**
 * In any order, so that zones that cannot be compared do not keep the others from it. A comparison that is said to be of a
 * time to come was written by a clock that was ahead.
 */
function dueNow(): { id: string; connection: string }[] {
  const now = Date.now();
  return db()
    .select({ id: zones.id, connection: zones.connection })
    .from(zones)
    .where(
      and(
        ne(zones.connection, "local"),
        isNotNull(zones.externalId),
        eq(zones.status, "active"),
        or(lt(zones.comparedAt, now - DAY_MS), gt(zones.comparedAt, now)),
      ),
    )
    .orderBy(sql`random()`)
    .limit(A_RUN)
    .all();
}
