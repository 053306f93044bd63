/** Does a bulk change, or takes one back: zone by zone, each as whoever asked for it, with the access that they have by then. */
import { and, eq, inArray } from "drizzle-orm";
import * as z from "zod";
import { db } from "#db/client.ts";
import { bulks, bulkZones, zoneChanges, zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { isProblem, notFound } from "#lib/api/errors.ts";
import { type Attempt, jobKind } from "#lib/jobs/queue.ts";
import { log } from "#lib/log/log.ts";
import { setting } from "#lib/settings/settings.ts";
import { actorAgain } from "#lib/tokens/actor-again.ts";
import { carryOut } from "../large/carry-out.ts";
import { type LoadedZone, visibleAmong } from "../zones.ts";
import { findInOne } from "./find.ts";
import { carryOutPlan, planZone } from "./plan.ts";
import type { Wanted } from "./wanted.ts";

type Row = typeof bulkZones.$inferSelect;
type Bulk = typeof bulks.$inferSelect;
type Ended = Exclude<Row["state"], "waiting" | "working">;

interface Outcome {
  state: Ended;
  message: string;
  change: string | null;
}

const AT_ONCE = 4;

export const bulkJob = jobKind({
  kind: "dns.bulk",
  payload: z.object({ bulk: z.string(), undo: z.boolean() }),
  attempts: 5,
  ready: () => setting("feature.dns"),
  async run({ bulk: id, undo }, { signal }) {
    const bulk = db().select().from(bulks).where(eq(bulks.id, id)).get();
    if (!bulk) return;
    const side = undo ? undoing(bulk) : doing(bulk);
    side.resume();
    await everyWaiting(side, signal);
    side.close();
  },
  failed: (tx, { bulk: id, undo }, error) => {
    const rest = { state: "failed", message: error } as const;
    if (undo)
      tx.update(bulkZones)
        .set({ undoState: rest.state, undoMessage: rest.message })
        .where(and(eq(bulkZones.bulkId, id), inArray(bulkZones.undoState, ["waiting", "working"])))
        .run();
    else
      tx.update(bulkZones)
        .set(rest)
        .where(and(eq(bulkZones.bulkId, id), inArray(bulkZones.state, ["waiting", "working"])))
        .run();
    const over = undo ? { state: "undone", undoneAt: Date.now() } : { state: "done", finishedAt: Date.now() };
    tx.update(bulks)
      .set(over as Partial<Bulk>)
      .where(eq(bulks.id, id))
      .run();
  },
});

/** The two directions: which zones wait, what is done in one, and where its outcome is noted. */
interface Side {
  waiting(): Row[];
  /** What was being done when the process died: the journal says whether it was. */
  resume(): void;
  begin(row: Row): void;
  work(row: Row, loaded: LoadedZone, actor: Actor & { id: string }): Promise<Outcome>;
  end(row: Row, outcome: Outcome): void;
  actor: string;
  close(): void;
}

async function everyWaiting(side: Side, signal: Attempt["signal"]): Promise<void> {
  const queue = side.waiting();
  const work = async () => {
    for (let row = queue.shift(); row; row = queue.shift()) {
      signal.throwIfAborted();
      side.begin(row);
      side.end(row, await outcomeOf(side, row));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function outcomeOf(side: Side, row: Row): Promise<Outcome> {
  const actor = actorAgain(side.actor);
  if (!actor) return ended("refused", "The account or token that asked for this may not act any more.");
  try {
    const [loaded] = visibleAmong(actor, eq(zones.id, row.zoneId));
    if (!loaded) throw notFound("zone");
    return await side.work(row, loaded, actor);
  } catch (error) {
    if (!isProblem(error)) {
      log().error({ err: error, zone: row.zoneId, bulk: row.bulkId }, "a zone of a bulk change went wrong");
      return ended("failed", "Something went wrong in this zone.");
    }
    return { ...ended(endOf(error.code), error.message), change: null };
  }
}

const ended = (state: Ended, message: string, change: string | null = null): Outcome => ({ state, message, change });

function endOf(code: string): Ended {
  if (code === "zone_moved") return "skipped";
  return ["forbidden", "not_found", "invalid_input", "provider_refused", "confirm_required"].includes(code)
    ? "refused"
    : "failed";
}

const ends: Partial<Record<string, Ended>> = {
  applied: "applied",
  differs: "differs",
  partial: "partial",
  unknown: "unknown",
  pending: "unknown",
  refused: "refused",
};

function doing(bulk: Bulk): Side {
  const wanted = JSON.parse(bulk.wanted) as Wanted;
  const set = (row: Row, change: Partial<Row>) => db().update(bulkZones).set(change).where(at(row)).run();
  return {
    actor: bulk.actor,
    waiting: () => rowsOf(bulk).filter(({ state }) => state === "waiting"),
    resume: () => {
      for (const row of rowsOf(bulk).filter(({ state }) => state === "working")) {
        const entry = entryWhere(and(eq(zoneChanges.batchId, bulk.id), eq(zoneChanges.zoneId, row.zoneId)));
        if (!entry) set(row, { state: "waiting" });
        else set(row, { state: ends[entry.state] ?? "failed", changeId: entry.id });
      }
    },
    begin: (row) => set(row, { state: "working" }),
    async work(row, loaded, actor) {
      const finds = await findInOne(wanted, loaded, actor);
      const plan = await planZone(wanted, finds, actor);
      if (plan.state === "failed" || plan.state === "refused")
        return ended(plan.state, plan.reasons[0] ?? "It is not possible here.");
      if (plan.digest !== row.digest)
        return ended("skipped", "Records have changed since the dry run, so nothing was done.");
      if (plan.state === "same") return ended("skipped", "There was nothing to change any more.");
      const how = { confirm: bulk.confirmed === 1, batchId: bulk.id };
      const result = await carryOutPlan(wanted, finds, plan, how, actor);
      return ended(ends[result.state] ?? "failed", result.message, result.change);
    },
    end: (row, { change, ...outcome }) => set(row, { ...outcome, changeId: change }),
    close: () =>
      void db().update(bulks).set({ state: "done", finishedAt: Date.now() }).where(eq(bulks.id, bulk.id)).run(),
  };
}

function undoing(bulk: Bulk): Side {
  const set = (row: Row, change: Partial<Row>) => db().update(bulkZones).set(change).where(at(row)).run();
  const stateOf = (state: Ended) => (state === "applied" ? "undone" : state);
  return {
    actor: bulk.undoActor ?? bulk.actor,
    waiting: () =>
      rowsOf(bulk)
        .filter(({ undoState }) => undoState === "waiting")
        .toReversed(),
    resume: () => {
      for (const row of rowsOf(bulk).filter(({ undoState }) => undoState === "working")) {
        const entry = entryWhere(eq(zoneChanges.undoes, row.changeId ?? ""));
        if (!entry) set(row, { undoState: "waiting" });
        else set(row, { undoState: stateOf(ends[entry.state] ?? "failed"), undoChangeId: entry.id });
      }
    },
    begin: (row) => set(row, { undoState: "working" }),
    async work(row, loaded, actor) {
      const data = { kind: "revert" as const, change: row.changeId ?? "", force: false, confirm: true };
      const result = await carryOut(loaded, { ...data, batchId: bulk.id }, actor);
      return ended(ends[result.state] ?? "failed", result.message, result.change);
    },
    end: (row, { state, message, change }) =>
      set(row, { undoState: stateOf(state), undoMessage: message, undoChangeId: change }),
    close: () =>
      void db().update(bulks).set({ state: "undone", undoneAt: Date.now() }).where(eq(bulks.id, bulk.id)).run(),
  };
}

const at = (row: Row) => and(eq(bulkZones.bulkId, row.bulkId), eq(bulkZones.zoneId, row.zoneId));

const rowsOf = (bulk: Bulk): Row[] =>
  db().select().from(bulkZones).where(eq(bulkZones.bulkId, bulk.id)).orderBy(bulkZones.position).all();

const entryWhere = (where: ReturnType<typeof and>) => db().select().from(zoneChanges).where(where).get();
