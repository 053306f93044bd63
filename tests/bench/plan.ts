/** `plan`: what the size of a zone does to planning a change of ten records, and to a page of its records. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startServer } from "../support/server.ts";
import { administrator, startBenchPanel } from "./bench-zone.ts";
import { changesIn } from "./change.ts";
import { median, percentile, type Row, row } from "./figures.ts";
import { fileOf, importFile } from "./import.ts";

const BENCH = "plan";
const [SMALL, LARGE] = [1_000, 100_000];
const TIMES = 150;
const WARM_UP = 20;
const ZONES = "/organisations/bench/dns/zones";

export async function plan(): Promise<Row[]> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "zonegate-plan-"));
  const server = await startServer({ dataDir });
  const rows: Row[] = [];
  try {
    const client = await administrator(server);
    await server.command(["settings", "limits.records_per_zone", "500000"]);
    for (const size of [SMALL, LARGE]) {
      const name = nameOf(size);
      await client.call("POST", ZONES, { name, connection: "local" });
      await importFile(server, client, name, fileOf(size));
    }
    const rrsets = Array.from({ length: 10 }, (_, index) => ({
      name: `host-${String(index * 5).padStart(6, "0")}`,
      type: "A",
      ttl: 600,
      records: [{ content: "203.0.113.1" }],
    }));
    rows.push(
      ...(await compared(
        "10 records planned",
        (at) => client.call("POST", `${at}/changes`, { rrsets, dryRun: true }),
        "the same",
      )),
    );
    rows.push(
      ...(await compared("a page of records", (at) => client.call("GET", `${at}/records?perPage=50`), "within 1.5×")),
    );
    rows.push(
      ...(await compared(
        "a page of RRsets, by TTL",
        (at) => client.call("GET", `${at}/rrsets?perPage=50&sort=-ttl`),
        "within 1.5×",
      )),
    );
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
  const panel = await startBenchPanel({ ZONEGATE_TEST_HOOKS: "1" });
  try {
    await panel.server.command(["settings", "limits.records_per_zone", "500000"]);
    rows.push(...(await changesIn(panel, "large.example", LARGE)).map((line) => ({ ...line, bench: BENCH })));
  } finally {
    await panel.stop();
  }
  return rows;
}

const nameOf = (size: number): string => `size-${size}.example`;

/** The same call to the small zone and to the large one, in turn, so that whatever else the machine does falls on both. */
async function compared(what: string, call: (at: string) => Promise<unknown>, goal: string): Promise<Row[]> {
  const took = new Map<number, number[]>([
    [SMALL, []],
    [LARGE, []],
  ]);
  for (let index = 0; index < WARM_UP + TIMES; index++) {
    for (const [size, into] of took) {
      const began = performance.now();
      await call(`${ZONES}/${nameOf(size)}`);
      if (index >= WARM_UP) into.push(performance.now() - began);
    }
  }
  const [small = [], large = []] = [took.get(SMALL), took.get(LARGE)];
  const against = `${SMALL} RRsets`;
  return [
    row(BENCH, `${what}, ${LARGE} RRsets`, median(large), "ms", { beside: median(small), against, goal }),
    row(BENCH, `${what}, ${LARGE} RRsets, p99`, percentile(large, 0.99), "ms", {
      beside: percentile(small, 0.99),
      against,
    }),
  ];
}
