/** The stored samples as series for charts, and how long each route took. */
import { and, desc, eq, gte } from "drizzle-orm";
import { logsDb } from "#db/logs/client.ts";
import { routes, routeTimes } from "#db/logs/schema.ts";
import { addCounts, emptyCounts, quantile } from "./histogram.ts";
import { jobCounts } from "./moment.ts";

/** What is read, and how many seconds of it make one point. */
const RANGES = {
  "1h": { seconds: 3600, resolution: 10, step: 10, routes: 60 },
  "24h": { seconds: 86_400, resolution: 60, step: 240, routes: 3600 },
  "7d": { seconds: 604_800, resolution: 60, step: 1800, routes: 86_400 },
} as const;

export type Range = keyof typeof RANGES;
export const ranges = Object.keys(RANGES) as [Range, ...Range[]];

/** Name → how the samples of one step become one figure. Rates are per second; a percentile of several is the worst of them. */
const SERIES = {
  requests: "sum(requests) * 1.0 / sum(resolution)",
  failures: "sum(failures) * 1.0 / sum(resolution)",
  p50: "sum(p50 * requests) / nullif(sum(case when p50 is not null then requests end), 0)",
  p95: "max(p95)",
  p99: "max(p99)",
  lag: "max(lag)",
  memory: "max(memory)",
  heap: "max(heap)",
  cpu: "avg(cpu)",
  database: 'max("database")',
  wal: "max(wal)",
  waiting: "max(waiting)",
  running: "max(running)",
  failed: "max(failed)",
  calls: "sum(calls) * 1.0 / sum(resolution)",
  callFailures: "sum(call_failures) * 1.0 / sum(resolution)",
  callMs: "sum(call_ms * calls) / nullif(sum(calls), 0)",
} as const;

export type SeriesName = keyof typeof SERIES;
export const seriesNames = Object.keys(SERIES) as SeriesName[];

export const readMetrics = (range: Range, now = Date.now()) => ({
  range,
  ...readSeries(range, now),
  routes: readRoutes(range, now),
  jobs: readJobs(),
});

/** The series as rows, one for each point. */
export function momentsOf(range: Range, now = Date.now()) {
  const { at, series } = readSeries(range, now);
  return at.map((time, point) => ({
    at: time,
    ...(Object.fromEntries(seriesNames.map((name) => [name, series[name][point] ?? null])) as Figures),
  }));
}

type Figures = Record<SeriesName, number | null>;

function readSeries(range: Range, now: number) {
  const { seconds, resolution, step } = RANGES[range];
  const stepMs = step * 1000;
  const end = now - (now % stepMs);
  const points = Math.ceil((seconds * 1000) / stepMs);
  const first = end - (points - 1) * stepMs;
  const figures = seriesNames.map((name) => `${SERIES[name]} as "${name}"`).join(", ");
  const rows = logsDb()
    .$client.prepare(
      `select at - at % ${stepMs} as t, ${figures} from samples where resolution = ? and at >= ? group by t order by t`,
    )
    .all(resolution, first) as ({ t: number } & Record<SeriesName, number | null>)[];
  const byTime = new Map(rows.map((row) => [row.t, row]));
  const at = Array.from({ length: points }, (_, index) => first + index * stepMs);
  const series = Object.fromEntries(
    seriesNames.map((name) => [name, at.map((time) => rounded(byTime.get(time)?.[name] ?? null))]),
  ) as Record<SeriesName, (number | null)[]>;
  return { step, at, series };
}

const MOST_ROUTES = 200;

function readRoutes(range: Range, now: number) {
  const { seconds, routes: resolution } = RANGES[range];
  const from = now - seconds * 1000 - resolution * 1000;
  const rows = logsDb()
    .select({ route: routeTimes.route, failures: routeTimes.failures, counts: routeTimes.counts })
    .from(routeTimes)
    .where(and(eq(routeTimes.resolution, resolution), gte(routeTimes.at, from)))
    .orderBy(desc(routeTimes.at))
    .all();
  const sums = new Map<number, { counts: number[]; failures: number }>();
  for (const { route, failures, counts } of rows) {
    const sum = sums.get(route) ?? { counts: emptyCounts(), failures: 0 };
    sums.set(route, sum);
    sum.failures += failures;
    addCounts(sum.counts, JSON.parse(counts) as number[]);
  }
  const known = new Map(
    logsDb()
      .select()
      .from(routes)
      .all()
      .map((route) => [route.id, route]),
  );
  return [...sums]
    .map(([id, { counts, failures }]) => ({
      method: known.get(id)?.method ?? "",
      template: known.get(id)?.template ?? "",
      action: known.get(id)?.action ?? "",
      requests: counts.reduce((total, n) => total + n, 0),
      failures,
      p50: rounded(quantile(counts, 0.5)),
      p95: rounded(quantile(counts, 0.95)),
      p99: rounded(quantile(counts, 0.99)),
    }))
    .toSorted((a, b) => b.requests - a.requests)
    .slice(0, MOST_ROUTES);
}

function readJobs() {
  const kinds = new Map<string, { kind: string; waiting: number; running: number; failed: number }>();
  for (const { kind, state, n } of jobCounts()) {
    const row = kinds.get(kind) ?? { kind, waiting: 0, running: 0, failed: 0 };
    kinds.set(kind, row);
    if (state === "queued") row.waiting = n;
    else if (state === "running") row.running = n;
    else row.failed = n;
  }
  return [...kinds.values()].toSorted((a, b) => a.kind.localeCompare(b.kind));
}

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 1000) / 1000);
