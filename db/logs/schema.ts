/**
 * `data/logs.db`: what the panel notes about itself. Losing it loses nothing that anyone did. An id is the millisecond in
 * which its row began × 2048, plus a counter: it sorts by time, finds a time without an index, and comes out of a request id.
 */
import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** What can be asked for. A page has no action. */
export const routes = sqliteTable(
  "routes",
  {
    id: integer().primaryKey(),
    method: text().notNull(),
    /** The route, never a path with its values. */
    template: text().notNull(),
    /** The procedure's name; empty for pages. */
    action: text().notNull(),
  },
  (t) => [uniqueIndex("routes_what").on(t.method, t.template, t.action)],
);

export const requests = sqliteTable(
  "requests",
  {
    id: integer().primaryKey(),
    /** A UUIDv7, 16 octets. */
    requestId: blob("request_id", { mode: "buffer" }).notNull(),
    route: integer().notNull(),
    status: integer().notNull(),
    /** Microseconds until the answer's head was there. */
    micros: integer().notNull(),
    /** 0 anonymous, 1 user, 2 token, 3 the panel itself. */
    actorType: integer("actor_type").notNull(),
    /** The account's id, 16 octets. */
    actor: blob({ mode: "buffer" }),
    address: text(),
    /** The problem's code. */
    code: text(),
  },
  (t) => [
    index("requests_route").on(t.route),
    index("requests_status").on(t.status),
    index("requests_actor").on(t.actor).where(sql`actor is not null`),
    index("requests_refused").on(t.id).where(sql`status >= 400`),
    index("requests_failed").on(t.id).where(sql`status >= 500`),
    index("requests_over_100").on(t.id).where(sql`micros >= 100000`),
    index("requests_over_1000").on(t.id).where(sql`micros >= 1000000`),
    index("requests_over_5000").on(t.id).where(sql`micros >= 5000000`),
  ],
);

/** What nobody foresaw. */
export const errors = sqliteTable(
  "errors",
  {
    id: integer().primaryKey(),
    /** `request`, `page`, `job` … */
    source: text().notNull(),
    requestId: text("request_id"),
    /** The route, or the kind of job. */
    place: text().notNull(),
    name: text().notNull(),
    message: text().notNull(),
    stack: text().notNull(),
  },
  (t) => [index("errors_request").on(t.requestId), index("errors_source").on(t.source)],
);

/** Statements that were slow at some time: without their parameters. */
export const statements = sqliteTable(
  "statements",
  {
    id: integer().primaryKey(),
    text: text().notNull(),
    times: integer().notNull(),
    totalMicros: integer("total_micros").notNull(),
    maxMicros: integer("max_micros").notNull(),
    lastAt: integer("last_at").notNull(),
  },
  (t) => [
    uniqueIndex("statements_text").on(t.text),
    index("statements_times").on(t.times),
    index("statements_total").on(t.totalMicros),
    index("statements_max").on(t.maxMicros),
    index("statements_last").on(t.lastAt),
  ],
);

/** The panel at one moment: every 10 seconds, and over each minute. */
export const samples = sqliteTable(
  "samples",
  {
    /** Seconds: 10 or 60. */
    resolution: integer().notNull(),
    at: integer().notNull(),
    /** Over the span. */
    requests: integer().notNull(),
    failures: integer().notNull(),
    /** Milliseconds; null where nothing was asked. */
    p50: real(),
    p95: real(),
    p99: real(),
    /** The longest that the event loop was held up, in milliseconds. */
    lag: real().notNull(),
    /** Octets. */
    memory: integer().notNull(),
    heap: integer().notNull(),
    /** Hundredths of one core. */
    cpu: real().notNull(),
    database: integer().notNull(),
    wal: integer().notNull(),
    waiting: integer().notNull(),
    running: integer().notNull(),
    failed: integer().notNull(),
    /** Calls to DNS providers over the span, those that failed, and milliseconds on average. */
    calls: integer().notNull(),
    callFailures: integer("call_failures").notNull(),
    callMs: real("call_ms"),
  },
  (t) => [primaryKey({ columns: [t.resolution, t.at] })],
);

/** How long each route took, over each minute and each hour. */
export const routeTimes = sqliteTable(
  "route_times",
  {
    /** Seconds: 60 or 3600. */
    resolution: integer().notNull(),
    at: integer().notNull(),
    route: integer().notNull(),
    failures: integer().notNull(),
    /** JSON: how many took at most each of the bounds in lib/metrics/histogram.ts. */
    counts: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.resolution, t.at, t.route] })],
);

/** Servers whose use is kept, by a number: their ids are long. */
export const usedServers = sqliteTable(
  "used_servers",
  {
    id: integer().primaryKey(),
    /** The server's id. */
    server: text().notNull(),
  },
  (t) => [uniqueIndex("used_servers_server").on(t.server)],
);

/** What a running server used: over each minute, five minutes and hour. */
export const serverUse = sqliteTable(
  "server_use",
  {
    /** Seconds: 60, 300 or 3600. */
    resolution: integer().notNull(),
    at: integer().notNull(),
    server: integer().notNull(),
    /** How often it was looked at; the sums are over these. */
    times: integer().notNull(),
    /** Tenths of a per cent of one core. */
    cpu: integer().notNull(),
    cpuMost: integer("cpu_most").notNull(),
    /** KiB. */
    memory: integer().notNull(),
    memoryMost: integer("memory_most").notNull(),
    /** KiB: the most. */
    disk: integer().notNull(),
    /** Milliseconds over which octets were counted. */
    counted: integer().notNull(),
    /** Octets. */
    received: integer().notNull(),
    sent: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.resolution, t.at, t.server] })],
);
