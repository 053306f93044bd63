/**
 * Cloudflare's API for zones and records, on loopback: it keeps what it is told, refuses what the schemas and the service
 * refuse, answers in the form in which the service stores, counts calls, and fails on demand.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod";
import {
  type Answer,
  failure,
  limited,
  listRecords,
  listZones,
  noRoute,
  ok,
  shown,
  shownDnssec,
  shownZone,
} from "./cloudflare-answers.ts";
import {
  BatchRequest,
  DnssecEdit,
  RecordQuery,
  Record as RecordSchema,
  ZoneCreate,
  ZoneEdit,
  ZoneQuery,
} from "./cloudflare-schemas.ts";
import {
  addRecord,
  changeRecord,
  type FakeRecord,
  FakeRefusal,
  type FakeZone,
  invalid,
  limitsOf,
  newId,
  type RecordInput,
  removeRecord,
} from "./cloudflare-zone.ts";

/**
 * - `502-before`, `502-after`: 502 with HTML, without and after the request having landed
 * - `drop-before`, `drop-after`: the connection breaks, without and after the request having landed
 * - `slow`, `slow-after`: no answer comes, without and after the request having landed
 * - `false-before`, `false-after`: `success: false` with the status 200
 * - `garbage`: the request lands, the answer is 200 with HTML
 * - `429`: refused for being one too many, with the `retryAfter` of the fault
 */
export type CloudflareFault =
  | "502-before"
  | "502-after"
  | "drop-before"
  | "drop-after"
  | "slow"
  | "slow-after"
  | "false-before"
  | "false-after"
  | "garbage"
  | "429";

interface Failing {
  fault: CloudflareFault;
  method?: string | undefined;
  /** Part of the path. */
  path?: string | undefined;
  /** Calls that fail; all of them unless told. */
  times?: number | undefined;
  /** Seconds, for 429. */
  retryAfter?: number | undefined;
}

export interface CloudflareFake {
  /** For `CLOUDFLARE_API_BASE`. */
  base: string;
  token: string;
  accountId: string;
  /** Every call that came, in order, also those that failed. Clear it with `requests.length = 0`. */
  requests: { method: string; path: string; query: URLSearchParams; body: unknown; token: string }[];
  /** The answers that were refusals of the schemas, as sentences. An adapter that knows the API causes none. */
  malformed: string[];
  zones: Map<string, FakeZone>;
  zone(name: string): FakeZone;
  addZone(zone: Partial<FakeZone> & { name: string }): FakeZone;
  /** Puts a record there behind everybody's back, also one that nobody else may put there. */
  put(zone: FakeZone, record: RecordInput): FakeRecord;
  /** Fails matching calls this way until told otherwise; `null` ends it. */
  fail(next: Failing | null): void;
  /** Changes what is stored of each record that is written, until told otherwise. */
  coerce(change: ((record: FakeRecord) => FakeRecord) | null): void;
  /** Calls that are taken in `windowMs`; afterwards all are refused for as long. */
  limit(calls: number, windowMs: number): void;
  /** What tokens may do: `read`, `edit`, `zones`; and which zones they see. */
  tokens: Map<string, { rights: Set<string>; zones: "all" | Set<string>; status: "active" | "disabled" | "expired" }>;
  /** Stops listening, so that connections are refused, and listens again on the same port. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

type Json = Record<string, unknown>;

export async function startCloudflare(): Promise<CloudflareFake> {
  const accountId = newId();
  const token = "fake-token-0123456789";
  const zones = new Map<string, FakeZone>();
  const tokens: CloudflareFake["tokens"] = new Map([
    [token, { rights: new Set(["read", "edit", "zones"]), zones: "all" as const, status: "active" as const }],
  ]);
  const requests: CloudflareFake["requests"] = [];
  const malformed: string[] = [];
  const sockets = new Set<IncomingMessage["socket"]>();
  let failing: Failing | null = null;
  let coercion: ((record: FakeRecord) => FakeRecord) | null = null;
  let limit = { calls: 1200, windowMs: 300_000 };
  let window = { since: Date.now(), calls: 0 };
  let refusingUntil = 0;

  const zoneOf = (id: string, seen: (zone: FakeZone) => boolean): FakeZone => {
    const zone = zones.get(id);
    if (!zone || !seen(zone))
      throw new FakeRefusal(404, 7003, `Could not route to /zones/${id}, perhaps your object identifier is invalid?`);
    return zone;
  };

  const store = (zone: FakeZone, record: FakeRecord): FakeRecord => {
    if (!coercion) return record;
    const changed = coercion(record);
    zone.records.set(record.id, changed);
    return changed;
  };

  /** All or nothing: on a copy, which takes the zone's place when everything went well. */
  function batch(zone: FakeZone, request: z.infer<typeof BatchRequest>): Json {
    const { deletes = [], patches = [], puts = [], posts = [] } = request;
    const most = limitsOf(zone).batch;
    const operations = deletes.length + patches.length + puts.length + posts.length;
    if (operations > most) throw invalid(9994, `A batch has at most ${most} operations.`);
    const copy = { ...zone, records: new Map(zone.records) };
    const each = <T, R>(list: string, items: readonly T[], work: (item: T) => R): R[] =>
      items.map((item, index) => {
        try {
          return work(item);
        } catch (error) {
          if (error instanceof FakeRefusal) Object.assign(error, { pointer: `/${list}/${index}` });
          throw error;
        }
      });
    const change = (keep: boolean) => (item: { id: string }) => {
      const { id, ...input } = item;
      return store(copy, changeRecord(copy, id, input as RecordInput, keep));
    };
    const done = {
      deletes: each("deletes", deletes, ({ id }) => removeRecord(copy, id)),
      patches: each("patches", patches, change(true)),
      puts: each("puts", puts, change(false)),
      posts: each("posts", posts, (input) => store(copy, addRecord(copy, input as RecordInput))),
    };
    zone.records = copy.records;
    return Object.fromEntries(Object.entries(done).map(([list, records]) => [list, records.map(shown)]));
  }

  function route(method: string, path: string, query: URLSearchParams, body: unknown, who: string): Answer {
    const rights = tokens.get(who);
    if (who === "")
      throw new FakeRefusal(400, 6003, "Invalid request headers", [
        { code: 6111, message: "Invalid format for Authorization header" },
      ]);
    if (rights?.status !== "active") throw new FakeRefusal(401, 10000, "Authentication error");
    const need = (right: string) => {
      if (!rights.rights.has(right)) throw new FakeRefusal(403, 10000, "Authentication error");
    };
    const sees = (zone: FakeZone) => rights.zones === "all" || rights.zones.has(zone.id);
    if (path === "/user/tokens/verify" && method === "GET") return ok({ id: who.slice(0, 32), status: rights.status });

    if (path === "/zones" && method === "GET") {
      need("read");
      return listZones(parsed(ZoneQuery, Object.fromEntries(query)), [...zones.values()].filter(sees));
    }
    if (path === "/zones" && method === "POST") {
      need("zones");
      return ok(shownZone(createZone(parsed(ZoneCreate, body))));
    }
    const [, id = "", rest = ""] = /^\/zones\/([^/]+)(\/.*)?$/.exec(path) ?? [];
    if (id === "") throw noRoute(path);
    const zone = zoneOf(id, sees);
    if (rest === "") {
      if (method === "GET") return ok(shownZone(zone));
      need("zones");
      if (method === "DELETE") {
        zones.delete(zone.id);
        return ok({ id: zone.id });
      }
      if (method === "PATCH") return ok(shownZone(Object.assign(zone, parsed(ZoneEdit, body))));
    }
    if (rest === "/dnssec") {
      need(method === "GET" ? "read" : "edit");
      if (method === "PATCH") {
        const { status } = parsed(DnssecEdit, body);
        // What the parent speaks of goes on being signed until it no longer does.
        const off = zone.dnssec.status === "active" ? "pending-disabled" : "disabled";
        if (status)
          zone.dnssec = { status: status === "active" ? "pending" : off, modified_on: new Date().toISOString() };
      } else if (method === "DELETE") {
        zone.dnssec = { status: "disabled", modified_on: null };
        return ok(zone.id);
      }
      return ok(shownDnssec(zone));
    }
    const [, record = ""] = /^\/dns_records(?:\/([^/]+))?$/.exec(rest) ?? [];
    if (!rest.startsWith("/dns_records")) throw noRoute(path);
    need(method === "GET" ? "read" : "edit");
    if (record === "batch" && method === "POST") return ok(batch(zone, parsed(BatchRequest, body)));
    if (record === "usage" && method === "GET")
      return ok({ record_usage: zone.records.size, record_quota: zone.quota });
    if (record === "" && rest === "/dns_records") {
      if (method === "GET") return listRecords(zone, parsed(RecordQuery, Object.fromEntries(query)));
      if (method === "POST") return ok(shown(store(zone, addRecord(zone, parsed(RecordSchema, body) as RecordInput))));
    }
    if (record !== "") {
      const found = zone.records.get(record);
      if (!found) throw new FakeRefusal(404, 81044, "Record does not exist.");
      if (method === "GET") return ok(shown(found));
      if (method === "DELETE") return ok({ id: removeRecord(zone, record).id });
      if (method === "PATCH" || method === "PUT")
        return ok(
          shown(store(zone, changeRecord(zone, record, parsed(RecordSchema, body) as RecordInput, method === "PATCH"))),
        );
    }
    throw noRoute(path);
  }

  function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const message = z.prettifyError(result.error);
    malformed.push(`${message}: ${JSON.stringify(value)}`);
    throw new FakeRefusal(400, 9207, "Request body is invalid.", [{ code: 9207, message }]);
  }

  function createZone(request: z.infer<typeof ZoneCreate>): FakeZone {
    const name = request.name.toLowerCase();
    if (request.account.id !== accountId) throw new FakeRefusal(403, 9109, "Unauthorized to access requested resource");
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name))
      throw new FakeRefusal(400, 1049, `${name} is not a registered domain`);
    if ([...zones.values()].some((zone) => zone.name === name))
      throw new FakeRefusal(400, 1061, `${name} already exists.`);
    return add({ name, type: request.type ?? "full", status: "pending" });
  }

  function add(zone: Partial<FakeZone> & { name: string }): FakeZone {
    const made: FakeZone = {
      id: newId(),
      account: accountId,
      type: "full",
      status: "active",
      paused: false,
      plan: "free",
      nameServers: ["cora.ns.cloudflare.com", "rob.ns.cloudflare.com"],
      quota: zone.plan === undefined || zone.plan === "free" ? 1000 : 3500,
      dnssec: { status: "disabled", modified_on: null },
      records: new Map(),
      ...zone,
    };
    zones.set(made.id, made);
    return made;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? "/", "http://fake");
    const path = url.pathname.replace(/^\/client\/v4/, "");
    const method = request.method ?? "GET";
    const who = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const body = text === "" ? undefined : (JSON.parse(text) as unknown);
    requests.push({ method, path, query: url.searchParams, body, token: who });
    const fault = faultFor(method, path);

    if (fault?.fault === "slow") return;
    if (fault?.fault === "drop-before") return void request.socket.destroy();
    if (fault?.fault === "502-before") return html(response, 502);
    if (fault?.fault === "429") return send(response, limited(fault.retryAfter ?? 1));
    if (fault?.fault === "false-before")
      return send(response, { status: 200, body: failure([{ code: 1000, message: "Internal error" }]) });

    const answer = counted(() => route(method, path, url.searchParams, body, who));
    if (fault?.fault === "slow-after") return;
    if (fault?.fault === "drop-after") return void request.socket.destroy();
    if (fault?.fault === "502-after") return html(response, 502);
    if (fault?.fault === "garbage") return html(response, 200);
    if (fault?.fault === "false-after")
      return send(response, { status: 200, body: failure([{ code: 1000, message: "Internal error" }]) });
    send(response, answer);
  }

  function faultFor(method: string, path: string): Failing | null {
    if (!failing || (failing.method ?? method) !== method || !path.includes(failing.path ?? "")) return null;
    const now = failing;
    if (failing.times !== undefined) {
      failing = { ...failing, times: failing.times - 1 };
      if (failing.times === 0) failing = null;
    }
    return now;
  }

  /** Over the limit every call is refused, for as long as the window is. */
  function counted(work: () => Answer): Answer {
    const now = Date.now();
    if (now < refusingUntil) return limited(Math.ceil((refusingUntil - now) / 1000));
    if (now - window.since >= limit.windowMs) window = { since: now, calls: 0 };
    window.calls += 1;
    const seconds = Math.ceil((window.since + limit.windowMs - now) / 1000);
    if (window.calls > limit.calls) {
      refusingUntil = now + limit.windowMs;
      window = { since: refusingUntil, calls: 0 };
      return limited(Math.ceil(limit.windowMs / 1000));
    }
    const headers = {
      ratelimit: `"default";r=${limit.calls - window.calls};t=${seconds}`,
      "ratelimit-policy": `"default";q=${limit.calls};w=${Math.ceil(limit.windowMs / 1000)}`,
    };
    try {
      return { ...work(), headers };
    } catch (error) {
      if (!(error instanceof FakeRefusal)) throw error;
      const pointer = "pointer" in error ? { source: { pointer: error.pointer } } : {};
      const chain = error.chain.length > 0 ? { error_chain: error.chain } : {};
      return {
        status: error.status,
        body: failure([{ code: error.code, message: error.message, ...pointer, ...chain }]),
        headers,
      };
    }
  }

  const server = createServer((request, response) => {
    sockets.add(request.socket);
    handle(request, response).catch(() => request.socket.destroy());
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.removeListener("error", reject);
        resolve();
      });
    });
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;

  return {
    base: `http://127.0.0.1:${port}/client/v4`,
    token,
    accountId,
    requests,
    malformed,
    zones,
    tokens,
    zone(name) {
      const found = [...zones.values()].find((zone) => zone.name === name);
      if (!found) throw new Error(`The fake has no zone ${name}.`);
      return found;
    },
    addZone: add,
    put(zone, record) {
      const made = addRecord({ ...zone, type: "full", quota: Number.POSITIVE_INFINITY }, record);
      zone.records.set(made.id, made);
      return made;
    },
    fail(next) {
      failing = next;
    },
    coerce(change) {
      coercion = change;
    },
    limit(calls, windowMs) {
      limit = { calls, windowMs };
      window = { since: Date.now(), calls: 0 };
      refusingUntil = 0;
    },
    down: stop,
    up: () => listen(port),
    close: stop,
  };
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

function html(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-type": "text/html" }).end("<html><h1>Cloudflare</h1></html>");
}
