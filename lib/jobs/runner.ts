/** Runs jobs in the server's process: a few at once, woken by whoever adds one, and by the clock. */
import { log } from "#lib/log/log.ts";
import { singleton } from "#lib/singleton.ts";
import { type JobKind, waker } from "./queue.ts";
import { giveBack, type Job, nextDue, plant, runJob, takeJob } from "./work.ts";

const AT_ONCE = 4;
/** Other processes add jobs without waking this one. */
const LOOK_EVERY_MS = 5_000;

interface Runner {
  running: Map<Job, Promise<void>>;
  stopping: AbortController;
  timer: NodeJS.Timeout | undefined;
}

const current = () => singleton("job-runner", (): { runner: Runner | null } => ({ runner: null }));

/** Starts with what is due. Returns at once. */
export function startJobs(kinds: readonly JobKind[]): void {
  if (current().runner) return;
  const runner: Runner = { running: new Map(), stopping: new AbortController(), timer: undefined };
  current().runner = runner;
  plant(kinds);
  waker().wake = () => fill(runner, kinds);
  fill(runner, kinds);
}

/** Takes no more, lets what runs come to its end, and gives back what has not within `graceMs`. */
export async function stopJobs(graceMs: number): Promise<void> {
  const { runner } = current();
  if (!runner) return;
  clearTimeout(runner.timer);
  runner.stopping.abort();
  const grace = Promise.withResolvers<void>();
  const timer = setTimeout(grace.resolve, graceMs);
  await Promise.race([Promise.all(runner.running.values()), grace.promise]);
  clearTimeout(timer);
  for (const job of runner.running.keys()) giveBack(job);
  current().runner = null;
}

/** As many as may run at once; then it looks again when the next is due. */
function fill(runner: Runner, kinds: readonly JobKind[]): void {
  clearTimeout(runner.timer);
  if (runner.stopping.signal.aborted) return;
  let wait = LOOK_EVERY_MS;
  try {
    while (runner.running.size < AT_ONCE) {
      const job = takeJob(kinds);
      const kind = kinds.find((known) => known.kind === job?.kind);
      if (!job || !kind) break;
      const end = runJob(job, kind, runner.stopping.signal)
        .catch((error) => log().error({ err: error, job: job.id }, "what came of a job could not be written"))
        .finally(() => {
          runner.running.delete(job);
          fill(runner, kinds);
        });
      runner.running.set(job, end);
    }
    if (runner.running.size < AT_ONCE) wait = Math.min(wait, (nextDue(kinds) ?? Number.POSITIVE_INFINITY) - Date.now());
  } catch (error) {
    log().error({ err: error }, "the job queue could not be read");
  }
  runner.timer = setTimeout(() => fill(runner, kinds), Math.max(wait, 10));
  runner.timer.unref();
}
