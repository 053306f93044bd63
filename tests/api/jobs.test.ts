import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import type { JobKind } from "#lib/jobs/queue.ts";
import type { Job } from "#lib/jobs/work.ts";
import { runJobs } from "../support/jobs.ts";
import { type Panel, startPanel } from "../support/panel.ts";

let panel: Panel;
let database: Db;
let queue: typeof import("#lib/jobs/queue.ts");
let work: typeof import("#lib/jobs/work.ts");
let runner: typeof import("#lib/jobs/runner.ts");

beforeAll(async () => {
  panel = await startPanel();
  queue = await import("#lib/jobs/queue.ts");
  work = await import("#lib/jobs/work.ts");
  runner = await import("#lib/jobs/runner.ts");
  database = (await import("#db/client.ts")).db();
});
beforeEach(() => {
  database.$client.prepare("delete from jobs").run();
});
afterAll(() => panel.close());

const rows = () =>
  database.$client.prepare("select kind, state, attempts, error, due_at from jobs order by created_at").all() as {
    kind: string;
    state: string;
    attempts: number;
    error: string | null;
    due_at: number;
  }[];
const passTime = () => database.$client.prepare("update jobs set due_at = due_at - 86400000").run();
const never = new AbortController().signal;

/** A kind that does what it is told, and remembers what it was given. */
function kindOf(more: Partial<JobKind> = {}) {
  const runs: unknown[] = [];
  const kind = queue.jobKind({
    kind: "test",
    payload: z.object({ n: z.number() }),
    attempts: 3,
    run: (payload) => void runs.push(payload),
    ...more,
  });
  return { kind, runs };
}

async function runOne(kind: JobKind, signal: AbortSignal = never): Promise<Job | null> {
  const job = work.takeJob([kind]);
  if (job) await work.runJob(job, kind, signal);
  return job;
}

describe("a job", () => {
  test("is run once with what it was given, and is gone with the transaction that was taken back", async () => {
    const { kind, runs } = kindOf();
    const { transaction } = await import("#db/client.ts");
    kind.enqueue(database, { n: 1 });
    expect(() =>
      transaction((tx) => {
        kind.enqueue(tx, { n: 2 });
        throw new Error("back");
      }),
    ).toThrow("back");
    await runOne(kind);
    expect(await runOne(kind)).toBe(null);
    expect(runs).toEqual([{ n: 1 }]);
    expect(rows()).toMatchObject([{ state: "done", attempts: 1, error: null }]);
  });

  test("is taken by one, however many look for it at once", async () => {
    const { kind } = kindOf();
    for (let n = 0; n < 300; n++) kind.enqueue(database, { n });
    const file = new URL("../support/take-jobs.ts", import.meta.url);
    const ready = new Int32Array(new SharedArrayBuffer(4));
    const takers = Array.from(
      { length: 3 },
      () => new Worker(file, { workerData: { kind: "test", ready, takers: 3 } }),
    );
    const taken = await Promise.all(takers.map(async (worker) => (await once(worker, "message"))[0] as string[]));
    await Promise.all(takers.map((worker) => worker.terminate()));
    expect(taken.filter((ids) => ids.length > 0)).toHaveLength(3);
    expect(taken.flat()).toHaveLength(300);
    expect(new Set(taken.flat()).size).toBe(300);
  });

  test("that does not succeed is tried again later, and has failed after so many times, with what went wrong", async () => {
    const failed: unknown[] = [];
    const { kind } = kindOf({
      run: () => {
        throw new Error("it rains");
      },
      failed: (_tx, payload, error) => void failed.push([payload, error]),
    });
    kind.enqueue(database, { n: 7 });
    await runOne(kind);
    expect(rows()).toMatchObject([{ state: "queued", attempts: 1, error: "it rains" }]);
    expect(await runOne(kind)).toBe(null);
    for (let n = 0; n < 2; n++) {
      expect(failed).toEqual([]);
      passTime();
      await runOne(kind);
    }
    expect(rows()).toMatchObject([{ state: "failed", attempts: 3, error: "it rains" }]);
    expect(failed).toEqual([[{ n: 7 }, "it rains"]]);
    passTime();
    expect(await runOne(kind)).toBe(null);
  });

  test("that no further attempt would help has failed at once; so has one that nobody can read", async () => {
    const { kind } = kindOf({
      run: () => {
        throw new queue.JobRefused("never");
      },
    });
    kind.enqueue(database, { n: 1 });
    await runOne(kind);
    const { kind: reader, runs } = kindOf();
    database.$client
      .prepare("insert into jobs (id, kind, payload, due_at, created_at) values ('x', 'test', '{}', 0, 9e15)")
      .run();
    await runOne(reader);
    expect(rows()).toMatchObject([
      { state: "failed", attempts: 1, error: "never" },
      { state: "failed", attempts: 1, error: expect.stringMatching(/another version/) },
    ]);
    expect(runs).toEqual([]);
  });

  test("whose process died is taken again when its lease has run out, and not for ever", async () => {
    const { kind, runs } = kindOf();
    kind.enqueue(database, { n: 1 });
    for (let n = 1; n <= 3; n++) {
      expect(work.takeJob([kind])).toMatchObject({ attempts: n });
      expect(work.takeJob([kind])).toBe(null);
      passTime();
    }
    await runOne(kind);
    expect(runs).toEqual([]);
    expect(rows()).toMatchObject([{ state: "failed", error: "The panel stopped each time that this was tried." }]);
  });

  test("that was taken from somebody who still works on it is not theirs any more", async () => {
    const { kind } = kindOf();
    kind.enqueue(database, { n: 1 });
    const slow = work.takeJob([kind]);
    passTime();
    const quick = work.takeJob([kind]);
    if (!slow || !quick) throw new Error("it was not taken");
    await work.runJob(slow, kind, never);
    expect(rows()).toMatchObject([{ state: "running", attempts: 2 }]);
    await work.runJob(quick, kind, never);
    expect(rows()).toMatchObject([{ state: "done", attempts: 2 }]);
  });

  test("of a kind that forgets leaves nothing; one that is not ready waits", async () => {
    const { kind } = kindOf({ forget: true });
    let ready = false;
    const { kind: waiting } = kindOf({ kind: "waiting", ready: () => ready });
    kind.enqueue(database, { n: 1 });
    waiting.enqueue(database, { n: 2 });
    await runOne(kind);
    expect(await runOne(waiting)).toBe(null);
    expect(rows()).toMatchObject([{ kind: "waiting", state: "queued", attempts: 0 }]);
    ready = true;
    await runOne(waiting);
    expect(rows()).toMatchObject([{ state: "done" }]);
  });

  test("with a schedule is there once, and comes back after it was run or has failed", async () => {
    const { kind } = kindOf({
      kind: "hourly",
      payload: z.object({}),
      schedule: "0 * * * *",
      attempts: 1,
      run: () => {
        throw new Error("not today");
      },
    } as Partial<JobKind>);
    work.plant([kind]);
    work.plant([kind]);
    const [{ due_at: due } = { due_at: 0 }, ...others] = rows();
    expect(others).toEqual([]);
    expect(due % 3_600_000).toBe(0);
    expect(due).toBeGreaterThan(Date.now());
    expect(due).toBeLessThanOrEqual(Date.now() + 3_600_000);
    passTime();
    await runOne(kind);
    expect(rows()).toMatchObject([{ state: "queued", attempts: 0, error: "not today" }]);
    expect(rows()[0]?.due_at).toBeGreaterThan(Date.now());
  });
});

test("a kind that is due at start is, whatever the last process did with it; another keeps its time", () => {
  const shape = { payload: z.object({}), schedule: "0 * * * *", run: () => {} } as Partial<JobKind>;
  const eager = kindOf({ ...shape, kind: "eager", atStart: true }).kind;
  const patient = kindOf({ ...shape, kind: "patient" }).kind;
  work.plant([eager, patient]);
  expect(work.takeJob([eager, patient])).toMatchObject({ kind: "eager" });
  expect(work.takeJob([eager, patient]), "it is running, and the other is not due").toBeNull();
  work.plant([eager, patient]);
  expect(work.takeJob([eager, patient])).toMatchObject({ kind: "eager", attempts: 1 });
  expect(work.takeJob([eager, patient])).toBeNull();
});

describe("the runner", () => {
  test("runs what is there and what comes, and stops when what runs has come to its end", async () => {
    const started = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const ran = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const kind = queue.jobKind({
      kind: "test",
      payload: z.object({ n: z.number() }),
      attempts: 3,
      run: async ({ n }) => {
        if (n === 2) {
          started.resolve();
          await go.promise;
        }
        ran[n]?.resolve();
      },
    });
    kind.enqueue(database, { n: 0 });
    runner.startJobs([kind]);
    await ran[0]?.promise;
    kind.enqueue(database, { n: 1 });
    await ran[1]?.promise;
    kind.enqueue(database, { n: 2 });
    await started.promise;
    const stopped = runner.stopJobs(60_000);
    kind.enqueue(database, { n: 0 });
    go.resolve();
    await stopped;
    expect(rows().map(({ state }) => state)).toEqual(["done", "done", "done", "queued"]);
  });

  test("gives back what does not come to its end, as if it had not been taken", async () => {
    const started = Promise.withResolvers<void>();
    const { kind } = kindOf({
      run: () => {
        started.resolve();
        return new Promise(() => {});
      },
    });
    kind.enqueue(database, { n: 1 });
    runner.startJobs([kind]);
    await started.promise;
    await runner.stopJobs(1);
    expect(rows()).toMatchObject([{ state: "queued", attempts: 0 }]);
    expect(work.takeJob([kind])).toMatchObject({ attempts: 1 });
  });

  test("what stops because the panel stops has not failed", async () => {
    const stopping = new AbortController();
    const { kind } = kindOf({
      run: () => {
        stopping.abort();
        throw new Error("stopped");
      },
    });
    kind.enqueue(database, { n: 1 });
    await runOne(kind, stopping.signal);
    expect(rows()).toMatchObject([{ state: "queued", attempts: 0, error: null }]);
  });
});

test("what has had its time is swept away, and nothing else", async () => {
  const ada = await panel.person("Ada");
  const now = Date.now();
  const insert = (sql: string, ...values: unknown[]) => database.$client.prepare(sql).run(...values);
  for (const [id, at] of [
    ["past", now - 1000],
    ["ahead", now + 60_000],
  ] as const) {
    insert(
      "insert into challenges (id, purpose, browser_hash, created_at, expires_at) values (?, 'x', '', 0, ?)",
      id,
      at,
    );
    insert(
      "insert into account_links (id, kind, user_id, email, token_hash, created_at, expires_at) values (?, 'reset', ?, '', ?, 0, ?)",
      id,
      ada.id,
      id,
      at,
    );
    insert("insert into attempts (key, failures, locked_until, expires_at) values (?, 1, 0, ?)", id, at);
    insert(
      "insert into sessions (id, user_id, created_at, last_seen_at, expires_at, address, user_agent) values (?, ?, 0, ?, ?, '', '')",
      id,
      ada.id,
      now,
      at,
    );
    insert(
      "insert into mails (id, template, recipient, subject, text, message_id, created_at, due_at, expires_at) values (?, 'x', 'x', '', '', '', ?, 0, ?)",
      id,
      now,
      at,
    );
    insert("insert into mail_secrets (mail_id, link, expires_at) values (?, '', ?)", id, at);
  }
  database.$client
    .prepare("update sessions set last_seen_at = ? where user_id = ? and id not in ('past', 'ahead')")
    .run(now - 8 * 86_400_000, ada.id);
  const { jobKinds } = await import("#lib/jobs/kinds.ts");
  work.plant(jobKinds);
  passTime();
  await runJobs();
  for (const table of ["challenges", "account_links", "sessions"])
    expect(database.$client.prepare(`select id from ${table}`).all(), table).toEqual([{ id: "ahead" }]);
  expect(database.$client.prepare("select key from attempts").all()).toEqual([{ key: "ahead" }]);
  expect(database.$client.prepare("select mail_id from mail_secrets").all()).toEqual([{ mail_id: "ahead" }]);
  expect(database.$client.prepare("select id, status from mails order by id").all()).toEqual([
    { id: "ahead", status: "queued" },
    { id: "past", status: "failed" },
  ]);
});
