import { afterAll, beforeAll, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

const TOKEN = "a-token-for-prometheus";
let panel: Panel;
let reader: Person;

beforeAll(async () => {
  panel = await startPanel({ METRICS_TOKEN: TOKEN });
  const { startPrometheus } = await import("#lib/metrics/prometheus.ts");
  startPrometheus();
  reader = await panel.person("Reader", ["admin:metrics"]);
});
afterAll(() => panel.close());

interface Metrics {
  step: number;
  at: number[];
  series: Record<string, (number | null)[]>;
  routes: { template: string; method: string; requests: number; failures: number; p50: number }[];
}

const last = <T>(values: T[] | undefined): T | undefined => values?.filter((value) => value !== null).at(-1);

async function sampled(): Promise<void> {
  const { sample } = await import("#lib/metrics/sampler.ts");
  const { written } = await import("#lib/log/store.ts");
  sample();
  await written();
}

test("a moment becomes a point of each series, and each route has its times", async () => {
  await sampled();
  for (let n = 0; n < 7; n++) await reader.call("GET", "/account");
  await sampled();
  const { status, body } = await reader.call<Metrics>("GET", "/admin/metrics");
  expect(status).toBe(200);
  expect(body.at).toHaveLength(360);
  expect(last(body.series.requests)).toBeGreaterThan(0);
  expect(last(body.series.memory)).toBeGreaterThan(10_000_000);
  expect(last(body.series.database)).toBeGreaterThan(0);
  expect(body.series.p95?.length).toBe(body.at.length);
  expect(body.routes.find(({ template }) => template === "/account")).toMatchObject({
    method: "GET",
    requests: 7,
    failures: 0,
  });
});

test("a day and a week are read from minutes, which the fine samples add up to", async () => {
  const { writerOf } = await import("#lib/log/writer.ts");
  const { logsFile } = await import("#db/logs/client.ts");
  const writer = writerOf(logsFile());
  const hour = 3_600_000;
  const start = (Math.floor(Date.now() / hour) - 1) * hour;
  const gauges = { lag: 1, memory: 5, heap: 5, cpu: 10, database: 5, wal: 0, waiting: 0, running: 0, failed: 0 };
  // As a timer is, never on the minute.
  for (let second = 5; second <= 605; second += 10) {
    const calls = { calls: 2, callFailures: 1, callMs: 4 };
    writer.write({ requests: [], errors: [], slow: [], sample: { at: start + second * 1000, ...gauges, ...calls } });
  }
  writer.close();
  for (const range of ["24h", "7d"]) {
    const { body } = await reader.call<Metrics>("GET", `/admin/metrics?range=${range}`);
    expect(body.at.length).toBeLessThanOrEqual(400);
    const at = body.at.findLastIndex((time) => time <= start + 300_000);
    expect(body.series.cpu?.[at]).toBeCloseTo(10);
    expect(body.series.calls?.[at]).toBeCloseTo(0.2);
    expect(body.series.callMs?.[at]).toBeCloseTo(4);
  }
  expect((await reader.call("GET", "/admin/metrics?range=1y")).status).toBe(422);
});

test("calls to a provider are counted, with what failed", async () => {
  const { counted, takeCalls } = await import("#lib/metrics/calls.ts");
  takeCalls();
  await counted("PowerDNS", async () => ({ status: 200 }));
  await counted("Cloudflare", async () => ({ status: 502 }));
  await expect(counted("Cloudflare", () => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
  expect(takeCalls()).toMatchObject({ calls: 3, failures: 2 });
  expect(takeCalls()).toMatchObject({ calls: 0 });
});

test("Prometheus reads the same with its token, and nobody reads it without", async () => {
  const { metrics } = await import("#lib/metrics/prometheus.ts");
  const ask = (authorization?: string) =>
    metrics(new Request("http://localhost/metrics", authorization ? { headers: { authorization } } : {}));
  expect((await ask()).status).toBe(401);
  expect((await ask("Bearer another token")).status).toBe(401);
  const answer = await ask(`Bearer ${TOKEN}`);
  expect(answer.status).toBe(200);
  const text = await answer.text();
  expect(text).toMatch(/zonegate_requests_total\{method="GET",route="\/account",status="200"\} 7/);
  expect(text).toMatch(/zonegate_provider_call_seconds_count\{provider="Cloudflare",failed="true"\} 2/);
  expect(text).toContain("zonegate_database_bytes");
  expect(text).toContain("nodejs_eventloop_lag");
  const { env } = await import("#lib/env.ts");
  env().metricsToken = undefined;
  expect((await ask(`Bearer ${TOKEN}`)).status).toBe(404);
});

test("who may not see metrics is refused", async () => {
  const other = await panel.person("Other", ["logs:read"]);
  expect((await other.call("GET", "/admin/metrics")).status).toBe(403);
  expect((await panel.call("GET", "/admin/metrics")).status).toBe(401);
});
