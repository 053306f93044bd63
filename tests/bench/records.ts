/** `records`: how many records pages and records lists of a large zone the panel answers, beside a route that does nothing. */
import { startBenchPanel } from "./bench-zone.ts";
import { type Row, row } from "./figures.ts";
import { type Measured, measure } from "./load.ts";
import { processorTime, residentMemory } from "./process.ts";

const RRSETS = 5000;
const BENCH = "records";

export async function records(): Promise<Row[]> {
  const panel = await startBenchPanel();
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
    ];
  } finally {
    await panel.stop();
  }
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
