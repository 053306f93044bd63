/** Health checks: asked for by a button, run by a job, and the last result kept. */

import { eq } from "drizzle-orm";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import { zoneHealth, zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { takeRequest } from "#lib/auth/request-limit.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { setting } from "#lib/settings/settings.ts";
import type { LoadedZone } from "../zones.ts";
import { checkHealth, type Health } from "./check.ts";

export interface HealthView {
  running: boolean;
  finishedAt: number | null;
  askedBy: string;
  result: Health | null;
}

/** A check that has not come to its end by then never will. */
const GIVEN_UP_MS = 60_000;

/** What is found speaks of every record, and of what name servers answer for them: who sees a part is told nothing of it. */
export function healthOf({ zone, access }: Pick<LoadedZone, "zone" | "access">): HealthView {
  if (!access.seesAll)
    throw new Problem("forbidden", "A check speaks of all records of the zone, and some of them are hidden from you.", {
      missing: "view",
    });
  const row = db().select().from(zoneHealth).where(eq(zoneHealth.zoneId, zone.id)).get();
  return {
    running: row !== undefined && row.finishedAt === null && Date.now() - row.startedAt < GIVEN_UP_MS,
    finishedAt: row?.finishedAt ?? null,
    askedBy: row?.askedBy ?? "",
    result: row?.result ? kept(row.result) : null,
  };
}

/** A check of an earlier version did not say how much it compared. */
function kept(result: string): Health {
  const read = JSON.parse(result) as Omit<Health, "compared"> & Partial<Pick<Health, "compared">>;
  return { ...read, compared: read.compared ?? null };
}

export function startHealth(loaded: LoadedZone, actor: Actor): HealthView {
  const now = healthOf(loaded);
  if (now.running) return now;
  const { zone, organisation } = loaded;
  for (const [key, limit] of [
    [`health:${zone.id}`, 4],
    [`healths:${organisation.id}`, 20],
  ] as const) {
    const { exceeded, reset } = takeRequest(key, limit, 60);
    if (exceeded)
      throw new Problem("rate_limited", "You have checked often enough for now. Try again in a minute.", {
        retryAfter: reset,
      });
  }
  transaction((tx) => {
    const begun = { startedAt: Date.now(), finishedAt: null, askedBy: actor.label };
    tx.insert(zoneHealth)
      .values({ zoneId: zone.id, ...begun })
      .onConflictDoUpdate({ target: zoneHealth.zoneId, set: begun })
      .run();
    healthJob.enqueue(tx, { zone: zone.id });
  });
  return healthOf(loaded);
}

export const healthJob = jobKind({
  kind: "dns.health",
  ready: () => setting("feature.dns"),
  payload: z.object({ zone: z.string() }),
  attempts: 2,
  forget: true,
  async run({ zone: id }) {
    const zone = db().select().from(zones).where(eq(zones.id, id)).get();
    if (!zone?.externalId) return;
    const result = JSON.stringify(await checkHealth(zone));
    db().update(zoneHealth).set({ finishedAt: Date.now(), result }).where(eq(zoneHealth.zoneId, id)).run();
  },
});
