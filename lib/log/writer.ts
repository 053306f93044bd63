/** Writes batches into `data/logs.db`: in a thread of its own, so that no request waits for the disk. */
import Database from "better-sqlite3";
import { addCounts, count, emptyCounts, quantile } from "#lib/metrics/histogram.ts";
import {
  ACTOR_TYPES,
  type Batch,
  type Cutoffs,
  type ErrorRow,
  firstIdAt,
  type Gauges,
  isId,
  octetsOf,
  PLACES,
  type RequestRow,
  rowIdOf,
  type SlowRow,
} from "./rows.ts";

const DAY = 86_400_000;
/** Rows that are deleted in one go: what is to be written then waits for a few milliseconds. */
const AT_ONCE = 5000;
/** Samples: fine ones for a day, minutes for a week. */
const FINE_MS = DAY + 3_600_000;
const COARSE_MS = 8 * DAY;
/** What servers used: minutes for an hour, five of them for a day, hours for a month, and what the shown span begins with. */
const USE_MS = { 60: 3_660_000, 300: DAY + 300_000, 3600: 30 * DAY + 10_800_000 };
/** Statements that are kept apart; what else is slow is counted no further. */
const MOST_STATEMENTS = 5000;

interface Times {
  counts: number[];
  failures: number;
}

const nothing = (): Times => ({ counts: emptyCounts(), failures: 0 });

export function writerOf(file: string) {
  const database = new Database(file, { fileMustExist: true });
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma("busy_timeout = 5000");
  database.pragma("journal_size_limit = 67108864");
  database.pragma("cache_size = -8000");
  const routes = new Map<string, number>();
  const known = database.prepare("select id, method, template, action from routes").all() as Route[];
  for (const { id, ...route } of known) routes.set(routeKey(route), id);
  const addRoute = database.prepare("insert into routes (method, template, action) values (?, ?, ?)");
  const addRequest = database.prepare(
    "insert or ignore into requests (id, request_id, route, status, micros, actor_type, actor, address, code) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const addError = database.prepare(
    "insert or ignore into errors (id, source, request_id, place, name, message, stack) values (?, ?, ?, ?, ?, ?, ?)",
  );
  const addSlow = database.prepare(
    `insert into statements (text, times, total_micros, max_micros, last_at) values (@text, 1, @micros, @micros, @at)
     on conflict (text) do update set times = times + 1, total_micros = total_micros + @micros,
       max_micros = max(max_micros, @micros), last_at = max(last_at, @at)`,
  );
  const slowOnes = database.prepare("select count(*) from statements").pluck();
  const timesAt = database
    .prepare("select counts, failures from route_times where resolution = ? and at = ? and route = ?")
    .raw();
  const setTimes = database.prepare(
    "insert or replace into route_times (resolution, at, route, failures, counts) values (?, ?, ?, ?, ?)",
  );
  const addSample = database.prepare(
    `insert or replace into samples values (@resolution, @at, @requests, @failures, @p50, @p95, @p99, @lag, @memory, @heap,
     @cpu, @database, @wal, @waiting, @running, @failed, @calls, @callFailures, @callMs)`,
  );
  const minuteOf = database.prepare(
    `select max(lag) as lag, max(memory) as memory, max(heap) as heap, avg(cpu) as cpu, max(database) as "database",
       max(wal) as wal, max(waiting) as waiting, max(running) as running, max(failed) as failed, sum(calls) as calls,
       sum(call_failures) as callFailures, sum(call_ms * calls) / nullif(sum(calls), 0) as callMs
     from samples where resolution = 10 and at > ? and at <= ?`,
  );
  /** Since the last sample, since the last whole minute, and of each route since both. */
  let fine = nothing();
  let coarse = nothing();
  let minute = 0;
  /** The sample that ended the minute before: each counts in one minute. */
  let minuteSince = 0;
  const perRoute = new Map<number, Times>();

  function routeId(method: string, template: string, action: string): number {
    const key = routeKey({ method, template, action });
    const found = routes.get(key);
    if (found !== undefined) return found;
    const id = Number(addRoute.run(method, template, action).lastInsertRowid);
    routes.set(key, id);
    return id;
  }

  function writeRequest([id, method, template, action, status, micros, actorType, actor, address, code]: RequestRow) {
    const route = routeId(method, template, action);
    const first = rowIdOf(id);
    const type = ACTOR_TYPES.indexOf(actorType);
    const who = actor !== null && isId(actor) ? octetsOf(actor) : null;
    for (let place = first; place < first + PLACES; place++) {
      const row = [place, octetsOf(id), route, status, micros, type, who, address, code];
      if (addRequest.run(row).changes === 1) break;
    }
    const own = perRoute.get(route) ?? nothing();
    perRoute.set(route, own);
    for (const times of [fine, coarse, own]) {
      count(times.counts, micros / 1000);
      if (status >= 500) times.failures++;
    }
  }

  function writeError({ id, source, requestId, place, name, message, stack }: ErrorRow): void {
    addError.run(rowIdOf(id), source, requestId, place, name, message, stack);
  }

  function writeSlow([text, micros, at]: SlowRow): void {
    addSlow.run({ text, micros, at });
  }

  /** Adds what was counted since the last time to the minute, the hour and the day of each route. */
  function writeTimes(at: number): void {
    for (const [route, times] of perRoute) {
      for (const seconds of [60, 3600, 86_400]) {
        const from = at - (at % (seconds * 1000));
        const [counts, failures] = (timesAt.get(seconds, from, route) as [string, number] | undefined) ?? ["[]", 0];
        const sum = [...times.counts];
        addCounts(sum, JSON.parse(counts) as number[]);
        setTimes.run(seconds, from, route, failures + times.failures, JSON.stringify(sum));
      }
    }
    perRoute.clear();
  }

  function writeSample(gauges: Gauges): void {
    const { at } = gauges;
    addSample.run({ resolution: 10, ...gauges, ...told(fine) });
    fine = nothing();
    writeTimes(at);
    const now = at - (at % 60_000);
    if (minute !== 0 && now > minute) {
      const over = minuteOf.get(minuteSince, at) as Omit<Gauges, "at">;
      addSample.run({ resolution: 60, ...over, at: minute, ...told(coarse) });
      coarse = nothing();
      minuteSince = at;
    }
    minute = now;
    minuteSince ||= now - 1;
  }

  const write = database.transaction(({ requests, errors, slow, sample }: Batch): void => {
    for (const row of requests) writeRequest(row);
    for (const row of errors) writeError(row);
    for (const row of slow) writeSlow(row);
    if (sample) writeSample(sample);
  });

  /** Deletes what has had its time, a little at a time; what is to be written goes in between. Returns how many rows went. */
  async function retain(cutoffs: Cutoffs, now: number): Promise<number> {
    const gone = [
      database.prepare(
        `delete from requests where id in (select id from requests where id < ${firstIdAt(cutoffs.requests)} limit ${AT_ONCE})`,
      ),
      database.prepare(
        `delete from errors where id in (select id from errors where id < ${firstIdAt(cutoffs.errors)} limit ${AT_ONCE})`,
      ),
      database.prepare(
        `delete from statements where id in (select id from statements where last_at < ${cutoffs.statements} limit ${AT_ONCE})`,
      ),
      ...[
        ["samples", 10, now - FINE_MS],
        ["samples", 60, now - COARSE_MS],
        ["route_times", 60, now - FINE_MS],
        ["route_times", 3600, now - FINE_MS - DAY],
        ["route_times", 86_400, now - COARSE_MS - DAY],
      ].map(([table, seconds, before]) =>
        database.prepare(
          `delete from ${table} where (resolution, at) in (select resolution, at from ${table} where resolution = ${seconds} and at < ${before} limit ${AT_ONCE})`,
        ),
      ),
      ...Object.entries(USE_MS).map(([seconds, kept]) =>
        database.prepare(
          `delete from server_use where (resolution, at, server) in (select resolution, at, server from server_use where resolution = ${seconds} and at < ${now - kept} limit ${AT_ONCE})`,
        ),
      ),
    ];
    let rows = 0;
    for (const statement of gone) {
      for (;;) {
        const { changes } = statement.run();
        rows += changes;
        if (changes < AT_ONCE) break;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    // The least that mattered goes first.
    const over = Number(slowOnes.get()) - MOST_STATEMENTS;
    if (over > 0)
      database
        .prepare("delete from statements where id in (select id from statements order by total_micros limit ?)")
        .run(over);
    return rows;
  }

  function close(): void {
    if (perRoute.size > 0) database.transaction(() => writeTimes(Date.now()))();
    database.close();
  }

  return { write, retain, close };
}

const told = ({ counts, failures }: Times) => ({
  requests: counts.reduce((sum, n) => sum + n, 0),
  failures,
  p50: quantile(counts, 0.5),
  p95: quantile(counts, 0.95),
  p99: quantile(counts, 0.99),
});

interface Route {
  id: number;
  method: string;
  template: string;
  action: string;
}

const routeKey = ({ method, template, action }: Omit<Route, "id">): string => `${method} ${template} ${action}`;
