import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

let panel: Panel;
let ada: Person;

beforeAll(async () => {
  panel = await startPanel();
  ada = await panel.person("Ada", "root");
});
afterAll(() => panel.close());

async function rows<T>(query: string, ...values: unknown[]): Promise<T[]> {
  const { written } = await import("#lib/log/store.ts");
  const { logsDb } = await import("#db/logs/client.ts");
  await written();
  return logsDb().$client.prepare(query).all(values) as T[];
}

interface Logged {
  id: number;
  request_id: Buffer;
  method: string;
  template: string;
  action: string;
  status: number;
  micros: number;
  actor_type: number;
  actor: Buffer | null;
  code: string | null;
}

const logged = (requestId: string | null) =>
  rows<Logged>(
    "select requests.*, method, template, action from requests join routes on routes.id = route where request_id = unhex(?)",
    (requestId ?? "").replaceAll("-", ""),
  );

test("a request is one row: its route and never its values, who asked, what came of it", async () => {
  await ada.call("POST", "/organisations", { name: "Logged", handle: "logged" });
  const found = await ada.call("GET", "/organisations/logged");
  const [row] = await logged(found.headers.get("x-request-id"));
  expect(row).toMatchObject({
    method: "GET",
    template: "/organisations/{organisation}",
    action: "organisations.open",
    status: 200,
    actor_type: 1,
    code: null,
  });
  expect(row?.micros).toBeGreaterThan(0);
  expect(row?.actor?.toString("hex")).toBe(ada.id.replaceAll("-", ""));
  const refused = await panel.call("GET", "/organisations/secret-handle");
  const [other] = await logged(refused.headers.get("x-request-id"));
  expect(other).toMatchObject({ status: 401, actor_type: 0, actor: null, code: "unauthenticated" });
  const nowhere = await panel.call("GET", "/no/such/secret-handle");
  expect((await logged(nowhere.headers.get("x-request-id")))[0]).toMatchObject({ template: "unmatched", status: 404 });
  expect(JSON.stringify(await rows("select * from routes"))).not.toContain("secret-handle");
});

test("row ids come out of request ids, and two of one place both have a row", async () => {
  const { noteRequest } = await import("#lib/log/store.ts");
  const { rowIdOf, timeOf } = await import("#lib/log/rows.ts");
  const at = Date.UTC(2026, 0, 1);
  const hex = at.toString(16).padStart(12, "0");
  const ids = ["a", "b", "c"].map((last) => `${hex.slice(0, 8)}-${hex.slice(8)}-7005-8000-00000000000${last}`);
  for (const id of ids) noteRequest([id, "GET", "/twice", "", 200, 5, "anonymous", null, null, null]);
  const places = (await Promise.all(ids.map(logged))).map(([row]) => row?.id ?? 0);
  expect(places).toEqual([0, 1, 2].map((step) => rowIdOf(ids[0] ?? "") + step));
  expect(timeOf(places[2] ?? 0)).toBe(at);
});

test("what nobody foresaw is kept without what it was about, and found by its words", async () => {
  const { unforeseen } = await import("#lib/log/unforeseen.ts");
  const error = new Error(
    "Failed query: select ? params: zgp_verysecret\nat smtp://me:hunter2@mail.example.org with Authorization: Bearer abc.def and 4f1c0de94f1c0de94f1c0de94f1c0de94f1c",
  );
  unforeseen(error, { source: "job", place: "health.check", requestId: null });
  const [row] = await rows<{ message: string; stack: string; source: string }>(
    "select * from errors where id in (select rowid from error_text where error_text match '\"health.ch\"')",
  );
  expect(row).toMatchObject({ source: "job" });
  for (const secret of ["verysecret", "hunter2", "abc.def", "4f1c0de9"])
    expect(`${row?.message}${row?.stack}`).not.toContain(secret);
  expect(row?.message).toContain("mail.example.org");
});

test("retention takes what has had its time, and nothing else", async () => {
  const { retainLogs } = await import("#lib/log/store.ts");
  const now = Date.now();
  const before = await rows<{ n: number }>("select count(*) as n from requests");
  await retainLogs({ requests: Date.UTC(2026, 0, 2), errors: 0, statements: 0 });
  const left = await rows<{ n: number }>("select count(*) as n from requests");
  expect(left[0]?.n).toBe((before[0]?.n ?? 0) - 3);
  expect(await rows("select id from errors")).toHaveLength(1);
  await retainLogs({ requests: now + 60_000, errors: now + 60_000, statements: 0 });
  expect(await rows("select id from errors")).toHaveLength(0);
  expect(await rows("select rowid from error_text where error_text match '\"health\"'")).toHaveLength(0);
});

test("a page is a row too, with whoever its parts found to ask; files and probes are none", async () => {
  const { notingPage, pageTemplates, pageUnderWay } = await import("#lib/log/page.ts");
  const root = mkdtempSync(path.join(tmpdir(), "zonegate-routes-"));
  const { mkdirSync } = await import("node:fs");
  mkdirSync(path.join(root, ".next"));
  const dynamicRoutes = [{ page: "/organisations/[handle]", regex: "^/organisations/([^/]+?)(?:/)?$" }];
  writeFileSync(
    path.join(root, ".next", "routes-manifest.json"),
    JSON.stringify({ staticRoutes: [{ page: "/login", regex: "" }], dynamicRoutes }),
  );
  const templateOf = pageTemplates(root);
  rmSync(root, { recursive: true });
  const server = createServer((request, response) =>
    notingPage(request, response, { address: "203.0.113.9", templateOf }, () => {
      if (!request.url?.startsWith("/login")) Object.assign(pageUnderWay() ?? {}, { actorType: "user", actor: ada.id });
      response.statusCode = request.url === "/login?refused" ? 403 : 200;
      response.end();
    }),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  for (const target of ["/organisations/quiet-name?q=quiet", "/login", "/healthz", "/_next/static/x.js", "/quiet"])
    await (await fetch(`http://127.0.0.1:${port}${target}`)).text();
  // What a browser fetches ahead is a row where it found out who asks, or was refused.
  for (const target of ["/login", "/login?refused", "/ahead"])
    await (await fetch(`http://127.0.0.1:${port}${target}`, { headers: { "next-router-prefetch": "1" } })).text();
  await new Promise((resolve) => server.close(resolve));
  const found = await rows<{ template: string; actor: Buffer; address: string }>(
    "select template, actor, address from requests join routes on routes.id = route where address = '203.0.113.9' order by requests.id",
  );
  expect(found.map(({ template }) => template)).toEqual([
    "/organisations/[handle]",
    "/login",
    "unmatched",
    "/login",
    "unmatched",
  ]);
  expect(found[0]?.actor.toString("hex")).toBe(ada.id.replaceAll("-", ""));
});

test("slow statements are counted by their text, without what stands in it", async () => {
  const { db } = await import("#db/client.ts");
  const { collectSlow } = await import("#lib/log/slow.ts");
  const { noteSlow } = await import("#lib/log/store.ts");
  let from = 0;
  collectSlow(() => from, noteSlow);
  const long = (text: string) =>
    db()
      .$client.prepare(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i < 60000) select count(*) from n where i <> ? and 'quiet' <> '${text}'`,
      )
      .get("hunter2");
  long("one");
  long("two");
  await new Promise((resolve) => setImmediate(resolve));
  from = 60_000;
  long("three");
  await new Promise((resolve) => setImmediate(resolve));
  const found = await rows<{ text: string; times: number }>("select * from statements where text like '%recursive%'");
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ times: 2 });
  expect(found[0]?.text).toContain("where i <> ? and ? <> ?");
});

test("a file that cannot be used is put aside, and the logs begin anew", async () => {
  const { openLogs } = await import("#db/logs/client.ts");
  const folder = mkdtempSync(path.join(tmpdir(), "zonegate-logs-"));
  const file = path.join(folder, "logs.db");
  writeFileSync(file, "this is no database, and long enough not to be taken for an empty one ".repeat(20));
  const again = openLogs(file);
  expect(again.$client.prepare("select count(*) as n from requests").get()).toEqual({ n: 0 });
  again.$client.close();
  rmSync(folder, { recursive: true });
});
