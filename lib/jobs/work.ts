/** Taking a job, running it, and writing down what came of it. Any number of processes may do so on the same queue. */
import { Cron } from "croner";
import { and, asc, eq, inArray, lte, min } from "drizzle-orm";
import { db, transaction } from "#db/client.ts";
import { jobs } from "#db/schema/index.ts";
import { askedBy } from "#lib/api/asker.ts";
import { log } from "#lib/log/log.ts";
import { type JobKind, JobRefused } from "./queue.ts";

/** How long a job is somebody's without a sign of life. */
export const LEASE_MS = 30_000;
const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 3_600_000;

export type Job = typeof jobs.$inferSelect;

/** Sees to it that every kind with a schedule has its job. Called when the panel starts, before any of them runs. */
export function plant(kinds: readonly JobKind[]): void {
  const now = Date.now();
  for (const { kind, schedule, atStart } of kinds) {
    if (schedule === undefined) continue;
    const row = { id: kind, kind, payload: "{}", dueAt: atStart ? now : nextRun(schedule), createdAt: now };
    const insert = db().insert(jobs).values(row);
    // Whoever was running it has gone with the last process.
    if (atStart)
      insert.onConflictDoUpdate({ target: jobs.id, set: { state: "queued", dueAt: now, attempts: 0 } }).run();
    else insert.onConflictDoNothing().run();
  }
}

/** Takes one job that is due, or whose holder has given no sign of life; null if there is none. No two take the same. */
export function takeJob(kinds: readonly JobKind[]): Job | null {
  const ready = namesOf(kinds);
  return transaction((tx) => {
    const now = Date.now();
    for (const state of ["running", "queued"] as const) {
      const job = tx
        .select()
        .from(jobs)
        .where(and(eq(jobs.state, state), lte(jobs.dueAt, now), inArray(jobs.kind, ready)))
        .orderBy(asc(jobs.dueAt))
        .limit(1)
        .get();
      if (!job) continue;
      const taken = { state: "running" as const, attempts: job.attempts + 1, dueAt: now + LEASE_MS };
      tx.update(jobs).set(taken).where(eq(jobs.id, job.id)).run();
      return { ...job, ...taken };
    }
    return null;
  });
}

/** When the next job is due (milliseconds), or null. */
export const nextDue = (kinds: readonly JobKind[]): number | null =>
  db()
    .select({ at: min(jobs.dueAt) })
    .from(jobs)
    .where(and(inArray(jobs.state, ["queued", "running"]), inArray(jobs.kind, namesOf(kinds))))
    .get()?.at ?? null;

/** Runs a job that was taken, to its end. Never throws. */
export async function runJob(job: Job, kind: JobKind, signal: AbortSignal): Promise<void> {
  const pulse = setInterval(() => {
    try {
      write(job, { dueAt: Date.now() + LEASE_MS });
    } catch {
      // The database is busy, or closed. There is another pulse in time, and a job that gets none is taken by the next.
    }
  }, LEASE_MS / 3);
  const retryAt = Date.now() + retryAfter(job.attempts);
  try {
    // It was taken from a process that died with it, once too often.
    if (job.attempts > kind.attempts) throw new JobRefused("The panel stopped each time that this was tried.");
    // Whoever added it has woken the runner, and has nothing to do with what else is due.
    await askedBy(null, () => kind.run(JSON.parse(job.payload), { retryAt, signal }));
    finish(job, kind);
  } catch (error) {
    if (signal.aborted && !(error instanceof JobRefused)) giveBack(job);
    else fail(job, kind, error, retryAt);
  } finally {
    clearInterval(pulse);
  }
}

/** Somebody else may have it at once, and it is as if it had not been taken. */
export function giveBack(job: Job): void {
  write(job, { state: "queued", dueAt: Date.now(), attempts: job.attempts - 1 });
}

function finish(job: Job, kind: JobKind): void {
  if (kind.schedule !== undefined) plan(job, kind.schedule, null);
  else if (kind.forget) db().delete(jobs).where(mine(job)).run();
  else write(job, { state: "done", progress: 1000, error: null, finishedAt: Date.now() });
}

function fail(job: Job, kind: JobKind, cause: unknown, retryAt: number): void {
  const error = (cause instanceof Error ? cause.message : String(cause)).slice(0, 1000);
  const over = cause instanceof JobRefused || job.attempts >= kind.attempts;
  log().warn({ job: job.id, kind: kind.kind, attempt: job.attempts, over, reason: error }, "a job did not succeed");
  if (!over) write(job, { state: "queued", dueAt: retryAt, error });
  else if (kind.schedule !== undefined) plan(job, kind.schedule, error);
  else giveUp(job, kind, error);
}

function giveUp(job: Job, kind: JobKind, error: string): void {
  transaction((tx) => {
    const change = { state: "failed" as const, error, finishedAt: Date.now() };
    if (tx.update(jobs).set(change).where(mine(job)).run().changes === 0) return;
    try {
      kind.failed(tx, JSON.parse(job.payload), error);
    } catch (unread) {
      log().error({ err: unread, job: job.id }, "what a failed job was about could not be told");
    }
  });
}

const plan = (job: Job, schedule: string, error: string | null): void =>
  write(job, { state: "queued", dueAt: nextRun(schedule), attempts: 0, error, finishedAt: Date.now() });

/** Nothing is written for a job that was taken again by somebody else: the number of attempts tells. */
function write(job: Job, change: Partial<Job>): void {
  db().update(jobs).set(change).where(mine(job)).run();
}

const mine = (job: Job) => and(eq(jobs.id, job.id), eq(jobs.state, "running"), eq(jobs.attempts, job.attempts));

const namesOf = (kinds: readonly JobKind[]): string[] =>
  kinds.filter(({ ready }) => ready?.() ?? true).map(({ kind }) => kind);

const nextRun = (schedule: string): number =>
  new Cron(schedule, { timezone: "UTC" }).nextRun()?.getTime() ?? Number.MAX_SAFE_INTEGER;

/** Half a minute, doubled each time up to an hour, and up to a quarter more, so that not all come back at once. */
const retryAfter = (attempts: number): number =>
  Math.round(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1)) * (1 + Math.random() / 4));
