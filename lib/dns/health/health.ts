/** Health checks: asked for by a button, run by a job, and the last result kept. */

import { and, count, eq, inArray, sql } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { jobs, zoneHealth, zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { askedBy } from "#lib/api/asker.ts";
import { Problem } from "#lib/api/errors.ts";
import { takeRequest } from "#lib/auth/request-limit.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { setting } from "#lib/settings/settings.ts";
import { singleton } from "#lib/singleton.ts";
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
/** Each may wait for other people's servers: half of the places for jobs is left to everything else. */
const AT_ONCE = 2;
/** Of one person, in however many organisations. */
const MOST_OF_ONE = 4;

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
  if (underWayOf(actor.id) >= MOST_OF_ONE)
    throw new Problem("rate_limited", `${MOST_OF_ONE} checks of yours are under way. Try again when one is done.`, {
      retryAfter: 15,
    });
  for (const [key, limit] of [
    [`health:${zone.id}`, 4],
    [`healths:${organisation.id}`, 20],
    [`healths-of:${actor.id}`, 20],
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
    healthJob.enqueue(tx, { zone: zone.id, person: actor.id });
  });
  return healthOf(loaded);
}

const underWayOf = (person: string | null): number =>
  db()
    .select({ n: count() })
    .from(jobs)
    .where(
      and(
        eq(jobs.kind, healthJob.kind),
        inArray(jobs.state, ["queued", "running"]),
        sql`json_extract(${jobs.payload}, '$.person') = ${person}`,
      ),
    )
    .get()?.n ?? 0;

const running = () => singleton("health-checks", () => ({ n: 0 }));

export const healthJob = jobKind({
  kind: "dns.health",
  ready: () => setting("feature.dns") && running().n < AT_ONCE,
  // An earlier version did not say who asked.
  payload: z.object({ zone: z.string(), person: z.string().nullable().default(null) }),
  attempts: 2,
  forget: true,
  async run({ zone: id, person }) {
    const zone = db().select().from(zones).where(eq(zones.id, id)).get();
    if (!zone?.externalId) return;
    running().n++;
    const found = await askedBy(person, () => checkHealth(zone)).finally(() => {
      running().n--;
    });
    const result = JSON.stringify(found);
    finish(db(), id, result);
  },
  failed: (tx, { zone }) => finish(tx, zone, JSON.stringify(unfinished)),
});

const finish = (tx: DbOrTx, zone: string, result: string): void =>
  void tx.update(zoneHealth).set({ finishedAt: Date.now(), result }).where(eq(zoneHealth.zoneId, zone)).run();

/** What the last attempt said may speak of the panel's insides, and is in its log. */
const unfinished: Health = {
  troubles: [
    {
      code: "not_finished",
      severity: "warn",
      what: "The check was not finished.",
      why: "It was tried twice. Either too much large work was waiting, or something went wrong in the panel: nothing is known of the zone from it.",
      todo: "Check again in a moment.",
    },
  ],
  warnings: { findings: [], more: 0 },
  servers: [],
  compared: null,
  delegation: null,
};
