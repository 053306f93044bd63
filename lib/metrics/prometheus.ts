/** `/metrics`: the same figures for Prometheus, for whoever shows METRICS_TOKEN. Without that variable there is no such page. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { sameSecret } from "#lib/crypto/secret.ts";
import { env } from "#lib/env.ts";
import { droppedRows, listen } from "#lib/log/store.ts";
import { singleton } from "#lib/singleton.ts";
import { onCall } from "./calls.ts";
import { databaseSize, jobCounts } from "./moment.ts";

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export async function metrics(request: Request): Promise<Response> {
  const { metricsToken } = env();
  if (metricsToken === undefined) return new Response("Not Found\n", { status: 404 });
  const [, shown = ""] = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (!sameSecret(shown, metricsToken))
    return new Response("This needs METRICS_TOKEN.\n", { status: 401, headers: { "www-authenticate": "Bearer" } });
  const { contentType } = registry();
  return new Response(await registry().metrics(), {
    headers: { "content-type": contentType, "cache-control": "no-store" },
  });
}

/** Counting begins with the panel, not with the first question. */
export function startPrometheus(): void {
  if (env().metricsToken !== undefined) registry();
}

const registry = () => singleton("prometheus", fill);

function fill(): Registry {
  const registers = [new Registry()];
  const [all] = registers as [Registry];
  collectDefaultMetrics({ register: all });
  const requests = new Counter({
    name: "zonegate_requests_total",
    help: "Requests by route and status.",
    labelNames: ["method", "route", "status"] as const,
    registers,
  });
  const seconds = new Histogram({
    name: "zonegate_request_seconds",
    help: "Time until the answer's head, by route.",
    labelNames: ["method", "route"] as const,
    buckets: SECONDS,
    registers,
  });
  const errors = new Counter({
    name: "zonegate_errors_total",
    help: "What nobody foresaw, by where.",
    labelNames: ["source"] as const,
    registers,
  });
  const slow = new Counter({ name: "zonegate_slow_statements_total", help: "Statements that took long.", registers });
  const calls = new Histogram({
    name: "zonegate_provider_call_seconds",
    help: "Calls to DNS providers.",
    labelNames: ["provider", "failed"] as const,
    buckets: SECONDS,
    registers,
  });
  // The rows come a batch at a time, so no request waits for this either.
  listen((batch) => {
    for (const [, method, route, , status, micros] of batch.requests) {
      requests.inc({ method, route, status: String(status) });
      seconds.observe({ method, route }, micros / 1e6);
    }
    for (const { source } of batch.errors) errors.inc({ source });
    if (batch.slow.length > 0) slow.inc(batch.slow.length);
  });
  onCall((provider, ms, failed) => calls.observe({ provider, failed: String(failed) }, ms / 1000));
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge("zonegate_database_bytes", "Size of the database.", () => databaseSize().database);
  gauge("zonegate_database_wal_bytes", "Size of the database's write-ahead log.", () => databaseSize().wal);
  gauge("zonegate_log_rows_dropped", "Rows of the log that were not kept.", droppedRows);
  new Gauge({
    name: "zonegate_jobs",
    help: "Jobs that wait, run or have failed, by kind.",
    labelNames: ["kind", "state"] as const,
    registers,
    collect() {
      this.reset();
      for (const { kind, state, n } of jobCounts()) this.set({ kind, state }, n);
    },
  });
  return all;
}
