/** `logging`: what it costs that every request is noted, and how the notes are found again among ten million. */
import { logsDb } from "#db/logs/client.ts";
import { firstIdAt } from "#lib/log/rows.ts";
import { BOUNDS } from "#lib/metrics/histogram.ts";
import { singleton } from "#lib/singleton.ts";
import { type Person, startPanel } from "../support/panel.ts";
import { median, percentile, type Row, row } from "./figures.ts";

const BENCH = "logging";
const PAIRS = 10;
const REQUESTS = 1500;
const WARM_UP = 1500;
const ROWS = 10_000_000;
const TIMES = 60;

export async function logging(): Promise<Row[]> {
  const panel = await startPanel({ LOG_LEVEL: "silent" });
  try {
    const person = await panel.person("Bench", "root");
    return [...(await cost(person)), ...(await found(person))];
  } finally {
    await panel.close();
  }
}

/** CPU of the whole process, the thread that writes included: with and without in turn. */
async function cost(person: Person): Promise<Row[]> {
  const { written } = await import("#lib/log/store.ts");
  const figures = { with: [] as number[], without: [] as number[] };
  const ask = async (times: number) => {
    for (let n = 0; n < times; n++) await person.call("GET", "/account");
    await written();
  };
  await ask(WARM_UP);
  for (let pair = 0; pair < PAIRS; pair++) {
    for (const way of pair % 2 === 0 ? (["with", "without"] as const) : (["without", "with"] as const)) {
      // What is full takes nothing more, and hands nothing on.
      const store = singleton("log-store", (): { batch: { requests: unknown[] } } => ({ batch: { requests: [] } }));
      store.batch.requests = way === "with" ? [] : new Array(5000);
      const before = process.cpuUsage();
      if (way === "with") await ask(REQUESTS);
      else for (let n = 0; n < REQUESTS; n++) await person.call("GET", "/account");
      const { user, system } = process.cpuUsage(before);
      figures[way].push((user + system) / REQUESTS);
      store.batch.requests = [];
    }
  }
  const [noted, silent] = [median(figures.with), median(figures.without)];
  return [
    row(BENCH, "CPU of a request, noted", noted, "µs", { beside: silent, against: "not noted" }),
    row(BENCH, "CPU of noting one", median(figures.with.map((one, at) => one - (figures.without[at] ?? 0))), "µs"),
  ];
}

/** The tab's first part, its search and its last part, at the API. */
async function found(person: Person): Promise<Row[]> {
  const began = performance.now();
  fill(person.id);
  const seconds = (performance.now() - began) / 1000;
  const asked: Record<string, string> = {
    "first part": "",
    "last part": "&at=last",
    "search of a route": "&q=records",
    "search of a rare route": "&q=route-7/",
    "search of what is not there": "&q=nothing-of-the-kind",
    "of one account": `&actor=${person.id}`,
    "failed ones": "&status=5xx",
    "refused ones of one route that took long": "&status=4xx&over=1000&q=records",
  };
  const rows = [row(BENCH, `seeding of ${ROWS.toLocaleString("en-GB")} requests`, seconds, "s")];
  for (const [name, query] of Object.entries(asked)) {
    const took: number[] = [];
    for (let n = 0; n < TIMES; n++) {
      const start = performance.now();
      const { status } = await person.call("GET", `/admin/logs?view=requests${query}`);
      if (status !== 200) throw new Error(`${query} was answered ${status}.`);
      took.push(performance.now() - start);
    }
    rows.push(row(BENCH, `${name}, p95`, percentile(took.slice(5), 0.95), "ms", { goal: "< 50 ms" }));
  }
  return [...rows, ...(await week())];
}

/** The charts and routes of seven days, as the thread that answers everybody makes them. */
async function week(): Promise<Row[]> {
  fillWeek();
  const { readMetrics } = await import("#lib/metrics/metrics.ts");
  return (["1h", "24h", "7d"] as const).map((range) => {
    const took: number[] = [];
    for (let n = 0; n < TIMES; n++) {
      const start = process.cpuUsage();
      readMetrics(range);
      const { user, system } = process.cpuUsage(start);
      took.push((user + system) / 1000);
    }
    return row(BENCH, `metrics of ${range}, CPU on the request's thread, median`, median(took.slice(5)), "ms", {
      goal: "< 20 ms",
    });
  });
}

/** A sample every ten seconds of a day and every minute of a week, and a hundred routes that are asked for all the time. */
function fillWeek(): void {
  const client = logsDb().$client;
  const now = Date.now();
  const sample = (resolution: number, count: number) =>
    client.exec(`insert or replace into samples with recursive n(i) as (select 0 union all select i + 1 from n where i < ${count - 1})
      select ${resolution}, (${Math.floor(now / 60_000)} * 60 - i * ${resolution}) * 1000, 100 + i % 50, i % 3, 2 + i % 5, 20 + i % 50, 90 + i % 90,
        i % 10, 1e8, 5e7, i % 100, 1e9, 1e6, i % 4, i % 3, 0, i % 9, 0, 12.5 from n`);
  sample(10, 8640);
  sample(60, 10_080);
  const counts = JSON.stringify(Array.from({ length: BOUNDS.length + 1 }, (_, at) => at * 7));
  const routes = client.prepare("select id from routes limit 150").pluck().all() as number[];
  const add = client.prepare(
    "insert or replace into route_times (resolution, at, route, failures, counts) values (?, ?, ?, 1, ?)",
  );
  client.transaction(() => {
    for (const [seconds, kept] of [
      [60, 1440],
      [3600, 48],
      [86_400, 9],
    ] as const)
      for (let n = 0; n < kept; n++)
        for (const route of routes)
          add.run(seconds, now - (now % (seconds * 1000)) - n * seconds * 1000, route, counts);
  })();
}

/** A hundred routes, most of what is asked for by nobody in particular, a few that failed, a few that took long. */
function fill(account: string): void {
  const client = logsDb().$client;
  const indexes = client
    .prepare("select name, sql from sqlite_master where type = 'index' and tbl_name = 'requests' and sql is not null")
    .all() as { name: string; sql: string }[];
  client.pragma("cache_size = -200000");
  for (const { name } of indexes) client.exec(`drop index ${name}`);
  const route = client.prepare("insert into routes (method, template, action) values ('GET', ?, ?)");
  const first = Number(route.run("/zones/{zone}/records", "dns.records").lastInsertRowid);
  for (let n = 1; n < 100; n++) route.run(`/route-${n}/{id}`, `many.route${n}`);
  const from = firstIdAt(Date.now() - 30 * 86_400_000);
  client
    .prepare(
      `with recursive n(i) as (select 0 union all select i + 1 from n where i < ${ROWS - 1})
       insert into requests (id, request_id, route, status, micros, actor_type, actor, address)
       select ${from} + i * 500, randomblob(16), ${first} + (case when i % 3 = 0 then 0 else (i * 7919) % 100 end),
         case when i % 997 = 0 then 500 when i % 23 = 0 then 404 else 200 end,
         case when i % 1009 = 0 then 1500000 else 2000 + i % 40000 end,
         i % 2, case when i % 2 = 1 then case when i % 5001 = 1 then unhex(?) else randomblob(16) end end,
         '203.0.113.' || (i % 250) from n`,
    )
    .run(account.replaceAll("-", ""));
  for (const { sql } of indexes) client.exec(sql);
}
