/** How long what happened is kept: the history of zones by a setting, deleted zones for thirty days. */
import { setImmediate as breath } from "node:timers/promises";
import { and, eq, gt, lt, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import { deletedZones, zoneChanges, zones } from "#db/schema/index.ts";
import { systemActor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { setting } from "#lib/settings/settings.ts";
import { KEPT_MS } from "./delete-zone.ts";
import { inThread } from "./large/thread.ts";

const DAY_MS = 86_400_000;
/** Rows that go at once; others get their turn in between. */
const AT_ONCE = 200;

export const retentionJob = jobKind({
  kind: "journal.retention",
  schedule: "17 3 * * *",
  payload: z.object({}),
  attempts: 3,
  async run(_payload, { signal }) {
    const now = Date.now();
    const deleted = await forgetDeletedZones(now - KEPT_MS, signal);
    const before = now - setting("journal.days") * DAY_MS;
    const entries = await forgetEntries(before, signal);
    if (deleted + entries === 0) return;
    transaction((tx) =>
      audit(tx, systemActor("journal.retention"), {
        target: { type: "journal", id: null, label: "History of zones" },
        after: { before, entries, deletedZones: deleted },
      }),
    );
  },
});

/** But one that is just being brought back. */
async function forgetDeletedZones(before: number, signal: AbortSignal): Promise<number> {
  const over = db()
    .select({ id: deletedZones.id, generation: deletedZones.generation })
    .from(deletedZones)
    .where(and(lt(deletedZones.at, before), sql`${deletedZones.id} not in (select id from zones)`))
    .all();
  for (const { id, generation } of over) {
    signal.throwIfAborted();
    await inThread("sweep", { generations: [generation] }, { signal });
    db().delete(deletedZones).where(eq(deletedZones.id, id)).run();
  }
  return over.length;
}

/** Zone by zone, along the index. */
async function forgetEntries(before: number, signal: AbortSignal): Promise<number> {
  let count = 0;
  for (let zone: string | undefined = nextZone(""); zone !== undefined; zone = nextZone(zone)) {
    count += await drain(isKnown(zone) ? outlived(zone, before) : eq(zoneChanges.zoneId, zone), signal);
    await breath();
  }
  return count;
}

const nextZone = (after: string): string | undefined =>
  db()
    .select({ id: zoneChanges.zoneId })
    .from(zoneChanges)
    .where(gt(zoneChanges.zoneId, after))
    .orderBy(zoneChanges.zoneId)
    .limit(1)
    .get()?.id;

const isKnown = (zone: string): boolean =>
  [zones, deletedZones].some((table) => db().select({ id: table.id }).from(table).where(eq(table.id, zone)).get());

/** What is over, without a gap: everything before the first that is kept, and the last that changed something is. */
function outlived(zone: string, before: number): SQL | undefined {
  const kept = sql`(select coalesce(min(iif(k.created_at >= ${before}, k.revision, null)), max(k.revision)) from zone_changes k where k.zone_id = ${zone} and k.revision is not null)`;
  return and(
    eq(zoneChanges.zoneId, zone),
    lt(zoneChanges.createdAt, before),
    sql`${zoneChanges.state} not in ('pending', 'unknown')`,
    sql`(${zoneChanges.revision} is null or ${zoneChanges.revision} < ${kept})`,
  );
}

async function drain(where: SQL | undefined, signal: AbortSignal): Promise<number> {
  for (let count = 0; ; await breath()) {
    signal.throwIfAborted();
    const some = sql`rowid in (select rowid from ${zoneChanges} where ${where} limit ${AT_ONCE})`;
    const { changes } = db().delete(zoneChanges).where(some).run();
    count += changes;
    if (changes < AT_ONCE) return count;
  }
}
