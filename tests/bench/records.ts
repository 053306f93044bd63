/**
 * `records`: how many records pages and records lists of a large zone the panel answers, beside a route that does nothing,
 * and how a zone of 100,000 RRsets is read and searched beside one of 1,000.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { type BenchPanel, startBenchPanel } from "./bench-zone.ts";
import { type Row, row } from "./figures.ts";
import { type Measured, measure } from "./load.ts";
import { processorTime, residentMemory } from "./process.ts";
import { fillMirror } from "./seed.ts";

const RRSETS = 5000;
const BENCH = "records";

export async function records(): Promise<Row[]> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "zonegate-records-"));
  const panel = await startBenchPanel({}, dataDir);
  try {
    const zone = await panel.zone("bench.example", RRSETS);
    const { origin, pid } = panel.server;
    const headers = { cookie: panel.client.cookie };
    const load = (path: string, extra: Record<string, string> = {}) =>
      withProcessorTime(pid, () => measure(`${origin}${path}`, { ...headers, ...extra }));
    const idle = residentMemory(pid);
    const healthz = await load("/healthz");
    const page = await load(zone.page);
    const compressed = await load(zone.page, { "accept-encoding": "gzip" });
    const api = await load(`/api${zone.api}/records?perPage=50`);
    const after = residentMemory(pid);
    // The thread that makes pages ends when few come any more, and its memory with it.
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    const later = residentMemory(pid);
    const briefly = (path: string) =>
      withProcessorTime(pid, () =>
        measure(`${origin}${path}`, headers, { connections: 2, seconds: 3, warmUpSeconds: 1 }),
      );
    const sizes = await bySize(panel, dataDir, briefly);
    const memory = { beside: idle, against: "MB before it", goal: "≤ 300 MB" };
    return [
      ...rowsOf("/healthz", healthz),
      ...rowsOf("records page", page, { beside: healthz, goal: "≥ 150/s" }),
      row(BENCH, "records page, HTML", page.bytes / 1024, "KB", { goal: "≤ 120 KB" }),
      ...rowsOf("records page, gzip", compressed, { beside: healthz }),
      row(BENCH, "records page, gzip, HTML", compressed.bytes / 1024, "KB"),
      ...rowsOf("records API, 50 a page", api, { beside: healthz }),
      row(BENCH, "records API, 50 a page, body", api.bytes / 1024, "KB"),
      ...(after === null ? [] : [row(BENCH, "resident memory after the load", after, "MB", memory)]),
      ...(later === null ? [] : [row(BENCH, "resident memory a minute after it", later, "MB", memory)]),
      ...sizes,
    ];
  } finally {
    await panel.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const SMALL = 1000;
const LARGE = 100_000;
/** What most of a zone has, what one RRset has, and what none has. */
const searches = (known: string) => ({ "a common term": "203.0.1", "one name": known, "an absent term": "mail-shop" });

type Load = (path: string) => Promise<Loaded>;

/** The same questions to a small and a large zone of the panel's own. */
async function bySize(panel: BenchPanel, dataDir: string, load: Load): Promise<Row[]> {
  const database = new Database(path.join(dataDir, "panel.db"));
  for (const size of [SMALL, LARGE]) {
    const name = `size-${size}.example`;
    await panel.client.call("POST", "/organisations/bench/dns/zones", { name, connection: "local" });
    const zone = database.prepare("select id, name from zones where name = ?").get(`${name}.`);
    fillMirror(database, [zone as { id: string; name: string }], size);
  }
  const known = database
    .prepare("select name from rrset_rows where name like '\\_verify-___.size-%' escape '\\' limit 1")
    .pluck()
    .get() as string;
  database.close();
  const rows: Row[] = [];
  const compare = async (what: string, query: string) => {
    for (const [kind, target] of [
      ["page", (size: number) => `/dashboard/organisations/bench/zones/size-${size}.example${query}`],
      ["API", (size: number) => `/api/organisations/bench/dns/zones/size-${size}.example/rrsets${query}`],
    ] as const) {
      const small = await load(target(SMALL));
      const large = await load(target(LARGE));
      const compared = { beside: small.p50, against: `ms at ${SMALL}`, goal: "ratio ≤ 1.5" };
      rows.push(row(BENCH, `${what}, ${kind}, ${LARGE} RRsets, p50`, large.p50, "ms", compared));
      if (small.failed + large.failed > 0)
        rows.push(row(BENCH, `${what}, ${kind}, not answered with 200`, small.failed + large.failed, "requests"));
    }
  };
  await compare("records", "");
  for (const [what, q] of Object.entries(searches(known.replace(/\d+\.example\.$/, ""))))
    await compare(`search for ${what}`, `?q=${encodeURIComponent(q)}`);
  return rows;
}

interface Loaded extends Measured {
  /** Milliseconds of the server's processor time a request. */
  processor: number | null;
}

async function withProcessorTime(pid: number, work: () => Promise<Measured>): Promise<Loaded> {
  const before = processorTime(pid);
  const measured = await work();
  const after = processorTime(pid);
  return { ...measured, processor: before === null || after === null ? null : (after - before) / measured.requests };
}

function rowsOf(what: string, load: Loaded, { beside, goal = "" }: { beside?: Loaded; goal?: string } = {}): Row[] {
  const against = "/healthz";
  return [
    row(BENCH, what, load.perSecond, "requests/s", { beside: beside?.perSecond, against, goal }),
    row(BENCH, `${what}, p50`, load.p50, "ms", { beside: beside?.p50, against }),
    row(BENCH, `${what}, p99`, load.p99, "ms", { beside: beside?.p99, against }),
    ...(load.processor === null
      ? []
      : [row(BENCH, `${what}, processor time`, load.processor, "ms/request", { beside: beside?.processor, against })]),
    // A fast error is no figure.
    ...(load.failed > 0 ? [row(BENCH, `${what}, not answered with 200`, load.failed, "requests")] : []),
  ];
}
