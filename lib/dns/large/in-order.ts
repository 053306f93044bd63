/** Large zones that were changed little by little are numbered anew, so that their first matches are found without reading them. */
import { setTimeout as sleep } from "node:timers/promises";
import { and, count, eq, gt } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { generations, zoneChanges, zones } from "#db/schema/index.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { log } from "#lib/log/log.ts";
import { setting } from "#lib/settings/settings.ts";
import { openEntryOf } from "../journal.ts";
import { MOST } from "../search/in-zone.ts";
import type { Zone } from "../zones.ts";
import { buildGeneration, dropGeneration, switchTo } from "./generation.ts";
import { inThread } from "./thread.ts";

const READ_BY_THEN_MS = 1000;

/** RRsets that came later than the others: half of what a search can put in its place. */
const LATE = 1000;

export const orderJob = jobKind({
  kind: "dns.order",
  schedule: "41 * * * *",
  ready: () => setting("feature.dns"),
  payload: z.object({}),
  attempts: 1,
  async run(_payload, { signal }) {
    for (const { id } of outOfOrder()) {
      signal.throwIfAborted();
      try {
        await inThread("order", { zone: id }, { signal });
      } catch (error) {
        log().warn({ zone: id, err: error }, "a zone could not be put in order");
      }
    }
  },
});

const outOfOrder = (): { id: string }[] =>
  db()
    .select({ id: zones.id })
    .from(zones)
    .innerJoin(generations, eq(generations.id, zones.generation))
    .where(and(gt(zones.recordCount, MOST), gt(generations.late, LATE)))
    .all();

/** The zone as it is, in order. Nobody waits for it: where somebody wrote meanwhile, it is left for another time. */
export async function putInOrder(zone: Zone): Promise<void> {
  const entries = entriesOf(zone, db());
  if (openEntryOf(zone.id)) return;
  const built = await buildGeneration(zone, []);
  const done = transaction((tx) => {
    const fresh = tx.select().from(zones).where(eq(zones.id, zone.id)).get();
    const isSame = fresh?.generation === zone.generation && fresh.revision === zone.revision;
    // A change that was refused moves no revision, and yet the mirror took what was read after it.
    if (!isSame || entriesOf(zone, tx) !== entries) return false;
    switchTo(tx, built);
    return true;
  });
  // Who has just looked up where the zone's rows are reads them there to the end.
  if (done) await sleep(READ_BY_THEN_MS);
  await dropGeneration(done ? built.zone.generation : built.generation);
}

const entriesOf = ({ id }: Zone, tx: DbOrTx): number =>
  tx.select({ n: count() }).from(zoneChanges).where(eq(zoneChanges.zoneId, id)).get()?.n ?? 0;
