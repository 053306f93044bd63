/** The panel at this moment: what its own thread, its files and its job queue tell. */
import { statSync } from "node:fs";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { count, inArray } from "drizzle-orm";
import { db } from "#db/client.ts";
import { prepared } from "#db/hot.ts";
import { jobs } from "#db/schema/index.ts";
import { env } from "#lib/env.ts";
import type { Gauges } from "#lib/log/rows.ts";
import { singleton } from "#lib/singleton.ts";
import { takeCalls } from "./calls.ts";

const EVERY_MS = 20;

interface Meter {
  delay: ReturnType<typeof monitorEventLoopDelay>;
  cpu: NodeJS.CpuUsage;
  at: number;
}

const meter = () =>
  singleton("moment", (): Meter => {
    const delay = monitorEventLoopDelay({ resolution: EVERY_MS });
    delay.enable();
    return { delay, cpu: process.cpuUsage(), at: performance.now() };
  });

/** Begins to measure what is measured over a span. */
export const startMeter = (): void => void meter();

/** What there is now, and what there was since the last time. */
export function takeMoment(): Gauges {
  const since = meter();
  const now = performance.now();
  const { user, system } = process.cpuUsage(since.cpu);
  const cpu = (user + system) / 10 / Math.max(1, now - since.at);
  const lag = Math.max(0, since.delay.max / 1e6 - EVERY_MS);
  since.delay.reset();
  Object.assign(since, { cpu: process.cpuUsage(), at: now });
  const { rss, heapUsed } = process.memoryUsage();
  const { calls, failures, ms } = takeCalls();
  const queue = jobCounts();
  const inState = (state: string) => queue.filter((row) => row.state === state).reduce((sum, { n }) => sum + n, 0);
  return {
    at: Date.now(),
    lag,
    memory: rss,
    heap: heapUsed,
    cpu,
    ...databaseSize(),
    waiting: inState("queued"),
    running: inState("running"),
    failed: inState("failed"),
    calls,
    callFailures: failures,
    callMs: calls === 0 ? null : ms / calls,
  };
}

/** Octets. */
export function databaseSize(): { database: number; wal: number } {
  const size = (name: string) => statSync(path.join(env().dataDir, name), { throwIfNoEntry: false })?.size ?? 0;
  return { database: size("panel.db"), wal: size("panel.db-wal") };
}

const countJobs = prepared((handle) =>
  handle
    .select({ kind: jobs.kind, state: jobs.state, n: count() })
    .from(jobs)
    .where(inArray(jobs.state, ["queued", "running", "failed"]))
    .groupBy(jobs.kind, jobs.state)
    .prepare(),
);

/** What waits, runs and has failed, of each kind. */
export const jobCounts = (): { kind: string; state: string; n: number }[] => countJobs().all();

/** Whether the database can be read: a panel that is stopping has closed it. */
export const isOpen = (): boolean => db().$client.open;
