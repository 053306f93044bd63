/** Runs schedules: one step a job, each with what its author may do by then, and none of them twice. */
import { and, asc, eq, inArray, lt, lte } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import { nodes, scheduleRuns, serverBackups, serverSchedules, servers } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { isProblem, notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { log } from "#lib/log/log.ts";
import { killHere } from "#lib/test-hook.ts";
import { type PowerAction, power, readServer, sendCommands } from "#lib/wings/servers.ts";
import { assertAtRest, assertReady } from "../at-rest.ts";
import { createBackup, removeBackup } from "../backups/backups.ts";
import { targetOf } from "../installation.ts";
import { type LoadedServer, loadServer } from "../load.ts";
import { holdsStep, loadSchedule, needOf, type ScheduleRow, type StepRow, stepsOf } from "./schedules.ts";
import { nextAfter, type Outcome } from "./shapes.ts";

type Step = Pick<StepRow, "kind" | "payload" | "wait" | "goesOn" | "author">;
type Person = Actor & { type: "user" | "token"; id: string };

/** Runs that are kept of each schedule. */
const KEPT = 50;
/** What was due while the panel was not there is done once, if it is no later than this. */
const LATE_MS = 15 * 60_000;

/** Begins it now, whatever the clock says. */
export function runNow(
  { server, asStaff }: Pick<LoadedServer, "server"> & { asStaff: boolean },
  id: string,
  actor: Actor,
): { run: string } {
  return transaction((tx) => {
    const schedule = loadSchedule(server, id, tx);
    if (underWay(tx, schedule.id)) throw new Problem("conflict", "This schedule is being run already.");
    const run = begin(tx, schedule, actor.label);
    audit(tx, actor, { ...targetOf(server), after: { schedule: schedule.name, run: "begun" }, asStaff });
    return { run };
  });
}

export const runDue = jobKind({
  kind: "schedules.due",
  payload: z.object({}),
  attempts: 1,
  schedule: "*/5 * * * * *",
  atStart: true,
  run: () => {
    const now = Date.now();
    const due = db()
      .select()
      .from(serverSchedules)
      .where(lte(serverSchedules.nextAt, now))
      .orderBy(asc(serverSchedules.nextAt))
      .limit(500)
      .all();
    for (const schedule of due)
      transaction((tx) => {
        const next = nextAfter(schedule, now);
        const taken = tx
          .update(serverSchedules)
          .set({ nextAt: next })
          .where(and(eq(serverSchedules.id, schedule.id), eq(serverSchedules.nextAt, schedule.nextAt ?? 0)))
          .run();
        if (taken.changes === 0) return;
        const late = now - (schedule.nextAt ?? now) > LATE_MS;
        if (late) skip(tx, schedule, "The panel was not running when this was due.");
        else if (underWay(tx, schedule.id)) skip(tx, schedule, "The run before was still under way.");
        else begin(tx, schedule, null);
      });
  },
});

function begin(tx: Tx, schedule: ScheduleRow, by: string | null): string {
  const steps: Step[] = stepsOf(schedule.id, tx).map(({ kind, payload, wait, goesOn, author }) => ({
    kind,
    payload,
    wait,
    goesOn,
    author,
  }));
  const now = Date.now();
  const id = newId(now);
  tx.insert(scheduleRuns)
    .values({
      id,
      scheduleId: schedule.id,
      steps: JSON.stringify(steps),
      state: "running",
      byLabel: by,
      startedAt: now,
    })
    .run();
  forgetOld(tx, schedule.id);
  runStep.enqueue(tx, { run: id, step: 0 }, now + (steps[0]?.wait ?? 0) * 1000);
  return id;
}

function skip(tx: Tx, { id }: ScheduleRow, message: string): void {
  const now = Date.now();
  tx.insert(scheduleRuns)
    .values({ id: newId(now), scheduleId: id, steps: "[]", state: "skipped", message, startedAt: now, endedAt: now })
    .run();
  forgetOld(tx, id);
}

function forgetOld(tx: Tx, schedule: string): void {
  const mine = eq(scheduleRuns.scheduleId, schedule);
  const ids = tx.select({ id: scheduleRuns.id }).from(scheduleRuns).where(mine).orderBy(asc(scheduleRuns.id)).all();
  const old = ids.slice(0, Math.max(0, ids.length - KEPT)).map(({ id }) => id);
  if (old.length > 0)
    tx.delete(scheduleRuns)
      .where(and(inArray(scheduleRuns.id, old), lt(scheduleRuns.startedAt, Date.now())))
      .run();
}

const underWay = (tx: DbOrTx, schedule: string): boolean =>
  tx
    .select({ id: scheduleRuns.id })
    .from(scheduleRuns)
    .where(and(eq(scheduleRuns.scheduleId, schedule), eq(scheduleRuns.state, "running")))
    .get() !== undefined;

/** Tried once: whether a command was taken that nobody answered is not known, and a second one might do harm. */
export const runStep = jobKind({
  kind: "schedules.step",
  payload: z.object({ run: z.string(), step: z.number().int() }),
  attempts: 1,
  forget: true,
  run: async ({ run: id, step: at }, { signal }) => {
    const found = find(id);
    const step = found?.steps[at];
    if (!found || !step || found.run.state !== "running" || found.outcomes.length !== at) return;
    // Nothing has been done yet: it can be done after the next start.
    signal.throwIfAborted();
    const before = at === 0 ? await nothingToDo(found.schedule) : null;
    if (before !== null) return end(id, "skipped", before);
    const outcome = await done(step, found.schedule);
    go(id, at, outcome);
  },
  failed: (tx, { run, step }) => {
    const found = find(run, tx);
    if (found?.run.state !== "running") return;
    const kind = found.steps[step]?.kind ?? "command";
    const message = "The panel stopped while this was done. It is not known whether it was.";
    const outcomes: Outcome[] = [...found.outcomes, { kind, state: "unknown", message, at: Date.now() }];
    tx.update(scheduleRuns)
      .set({ outcomes: JSON.stringify(outcomes), state: "failed", endedAt: Date.now() })
      .where(eq(scheduleRuns.id, run))
      .run();
  },
});

function find(id: string, tx: DbOrTx = db()) {
  const row = tx
    .select({ run: scheduleRuns, schedule: serverSchedules })
    .from(scheduleRuns)
    .innerJoin(serverSchedules, eq(serverSchedules.id, scheduleRuns.scheduleId))
    .where(eq(scheduleRuns.id, id))
    .get();
  return (
    row && { ...row, steps: JSON.parse(row.run.steps) as Step[], outcomes: JSON.parse(row.run.outcomes) as Outcome[] }
  );
}

/** Why nothing of the whole run is done; null: something is. */
async function nothingToDo(schedule: ScheduleRow): Promise<string | null> {
  const { server, node } = asItIs(schedule.serverId);
  if (server.suspendedAt !== null) return "The server is suspended.";
  if (schedule.onlyRunning === 0) return null;
  try {
    return (await readServer(node, server.uuid)).state === "offline" ? "The server was offline." : null;
  } catch (error) {
    return sentenceOf(error);
  }
}

function asItIs(id: string) {
  const row = db()
    .select({ server: servers, node: nodes })
    .from(servers)
    .innerJoin(nodes, eq(nodes.id, servers.nodeId))
    .where(eq(servers.id, id))
    .get();
  if (!row) throw notFound("server");
  return row;
}

async function done(step: Step, schedule: ScheduleRow): Promise<Outcome> {
  const outcome = (state: Outcome["state"], message: string): Outcome => ({
    kind: step.kind,
    state,
    message,
    at: Date.now(),
  });
  const actor = holdsStep(step, { id: schedule.serverId }) as Person | null;
  if (!actor)
    return outcome("skipped", `Whoever wrote this step no longer has the capability ${needOf(step.kind)} here.`);
  try {
    await act(step, schedule, { ...actor, action: "servers.schedules.run" });
    return outcome("done", "");
  } catch (error) {
    return outcome("failed", sentenceOf(error));
  }
}

async function act(step: Step, schedule: ScheduleRow, actor: Person): Promise<void> {
  const loaded = loadServer(schedule.serverId, actor);
  const { server, node } = loaded;
  if (server.suspendedAt !== null) throw new Problem("suspended", "The server is suspended.");
  if (step.kind === "backup") {
    assertAtRest(server);
    return backUp({ ...loaded, asStaff: false }, schedule, step.payload, actor);
  }
  assertReady(server);
  if (step.kind === "power") await power(node, server.uuid, step.payload as PowerAction);
  else await sendCommands(node, server.uuid, [step.payload]);
  killHere("scheduled");
  transaction((tx) =>
    audit(tx, actor, { ...targetOf(server), after: { schedule: schedule.name, [step.kind]: step.payload } }),
  );
}

/** Where there is no room for another, the oldest goes that nobody locked. */
async function backUp(
  place: Pick<LoadedServer, "server" | "node"> & { asStaff: boolean },
  schedule: ScheduleRow,
  ignored: string,
  actor: Person,
): Promise<void> {
  const { server } = place;
  const kept = db()
    .select()
    .from(serverBackups)
    .where(
      and(
        eq(serverBackups.serverId, server.id),
        eq(serverBackups.nodeId, server.nodeId),
        eq(serverBackups.state, "done"),
      ),
    )
    .orderBy(asc(serverBackups.createdAt))
    .all();
  const oldest = kept.find(({ locked }) => locked === 0);
  if (oldest && server.backupLimit > 0 && kept.length >= server.backupLimit)
    await removeBackup(place, oldest.id, actor);
  const patterns = ignored.split("\n").filter((pattern) => pattern.trim() !== "");
  await createBackup(place, { name: schedule.name, ignored: patterns }, actor);
}

/** Notes what came of a step, and begins the next. */
function go(id: string, at: number, outcome: Outcome): void {
  transaction((tx) => {
    const found = find(id, tx);
    if (found?.run.state !== "running") return;
    const outcomes = [...found.outcomes, outcome];
    const step = found.steps[at];
    const next = found.steps[at + 1];
    const stops = outcome.state === "failed" && step?.goesOn !== 1;
    tx.update(scheduleRuns)
      .set({ outcomes: JSON.stringify(outcomes) })
      .where(eq(scheduleRuns.id, id))
      .run();
    if (next && !stops) runStep.enqueue(tx, { run: id, step: at + 1 }, Date.now() + next.wait * 1000);
    else close(tx, id, outcomes.some(({ state }) => state === "failed") ? "failed" : "done", "");
  });
}

const end = (id: string, state: "skipped", message: string): void => transaction((tx) => close(tx, id, state, message));

function close(tx: Tx, id: string, state: "done" | "failed" | "skipped", message: string): void {
  tx.update(scheduleRuns).set({ state, message, endedAt: Date.now() }).where(eq(scheduleRuns.id, id)).run();
}

function sentenceOf(error: unknown): string {
  if (isProblem(error)) return error.message;
  log().error({ err: error }, "a step of a schedule went wrong in a way that nobody foresaw");
  return "Something went wrong.";
}
