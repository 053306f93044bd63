import { rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dataDirectory, type PanelServer, type Person, startServer } from "../support/server.ts";

/** What a page shows and leads to, in no order: parts of it may come in another each time. Times are left out. */
const shown = (body: string): string[] =>
  body
    .replace(/<(script|template|title)\b.*?<\/\1>/gs, "")
    .replace(/\b\d+ (?:s|min) ago\b|\bjust now\b| (?:dateTime|title)="[^"]*UTC"| dateTime="[^"]*"/g, "")
    .match(/>[^<>]+<| href="[^"]*"| aria-label="[^"]*"/g)
    ?.sort() ?? [];

const data = dataDirectory();
let server: PanelServer;
let people: { root: Person; ada: Person };

const start = (PAGE_THREAD: string) =>
  startServer({ dataDir: data.dataDir, environment: { PAGE_THREAD, ZONEGATE_TEST_HOOKS: "1" } });

beforeAll(async () => {
  server = await start("off");
  people = { root: await server.person("Root of all", "root"), ada: await server.person("Ada") };
  await server.setting("zone_claims", "trusted");
  await people.root.call("POST", "/organisations", { name: "Acme", handle: "acme" });
  await people.root.call("POST", "/organisations/acme/dns/zones", { name: "acme.example" });
  const www = { name: "www", type: "A", ttl: 60, content: "192.0.2.1" };
  await people.root.call("POST", "/organisations/acme/dns/zones/acme.example/records", www);
});
afterAll(async () => {
  await server?.stop();
  data.remove();
});

interface Page {
  status: number;
  headers: Record<string, string | null>;
  body: string[];
}

async function page(
  target: string,
  who: Person | null,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Page> {
  const answer = await fetch(`${server.origin}${target}`, {
    headers: { ...(who ? { cookie: who.cookie } : {}), ...headers },
    redirect: "manual",
    ...(signal ? { signal } : {}),
  });
  const told = ["content-type", "location", "cache-control", "vary", "x-frame-options", "content-security-policy"];
  return {
    status: answer.status,
    headers: Object.fromEntries(
      told.map((name) => [name, answer.headers.get(name)?.replace(/nonce-[^']+/g, "nonce") ?? null]),
    ),
    body: shown(await answer.text()),
  };
}

const zone = "/dashboard/organisations/acme/zones/acme.example";

test("pages are the same whichever thread makes them", async () => {
  const { root, ada } = people;
  const asked: [string, Person | null, Record<string, string>?][] = [
    ["/dashboard", root],
    ["/dashboard", ada],
    ["/dashboard", null],
    ["/dashboard/organisations/acme/members", root],
    [zone, root],
    [`${zone}?q=www`, root],
    [`${zone}/access`, root],
    [zone, ada],
    [zone, null],
    ["/dashboard/organisations/nowhere", root],
    ["/dashboard/servers/new", ada],
    ["/dashboard/claims", ada],
    ["/dashboard/settings/security", ada],
    ["/dashboard/nowhere", root],
    ["/dashboard/admin?tab=users", root],
    ["/dashboard/admin?tab=organisations", root],
    [`/dashboard/admin?tab=users&open=${ada.id}`, root],
    ["/dashboard/admin?tab=users&open=nobody", root],
    ["/dashboard/admin?tab=logs", root],
    ["/dashboard/admin", ada],
  ];
  const all = async () => {
    const made: Page[] = [];
    for (const [path, who, headers] of asked) made.push(await page(path, who, headers));
    return made;
  };
  const here = await all();
  expect(new Set(here.map(({ status }) => status))).toEqual(new Set([200, 307, 403, 404]));
  await server.stop();
  server = await start("always");
  const there = await all();
  expect(server.output()).toContain("a thread for pages is started");
  for (const [n, made] of there.entries()) {
    const [path] = asked[n] ?? [];
    expect({ path, ...made }).toEqual({ path, ...here[n] });
  }
  expect(there.flatMap(({ body }) => body).length).toBeGreaterThan(500);
});

test("what the thread makes is noted with who asked for it, as a part of what it asks of the panel", async () => {
  const { ada, root } = people;
  const answer = await fetch(`${server.origin}${zone}?_rsc=1`, { headers: { cookie: root.cookie, rsc: "1" } });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/x-component"]);
  expect(await answer.text()).toContain("192.0.2.1");
  expect((await page(zone, ada)).status).toBe(404);
  // They are written in batches.
  const expected = [
    ["GET /dashboard/organisations/[handle]/zones/[zone]", "200", root.id],
    ["GET /dashboard/organisations/[handle]/zones/[zone]", "404", ada.id],
  ];
  await expect.poll(noted, { timeout: 10_000 }).toEqual(expect.arrayContaining(expected));
});

async function noted(): Promise<unknown[]> {
  const headers = { cookie: `${people.root.cookie}; eclipanel_admin_privacy=visible` };
  const answer = await fetch(`${server.origin}/api/admin/logs?view=requests&perPage=200`, { headers });
  const { items } = (await answer.json()) as { items: { target: string; outcome: string; actorId: string }[] };
  return items.map(({ target, outcome, actorId }) => [target, outcome, actorId]);
}

test("a client takes nothing out of a request by naming it as a matter of the connection", async () => {
  // Written by hand: Node's client keeps some of this to itself.
  const lines = [
    `GET ${zone} HTTP/1.1`,
    `host: ${new URL(server.origin).host}`,
    `cookie: ${people.root.cookie}`,
    "connection: close, cookie, content-security-policy, x-zonegate-path",
    "trailer: cookie",
    "te: trailers",
    "expect: 100-continue",
    "content-length: 0",
  ];
  const socket = connect(Number(new URL(server.origin).port), "127.0.0.1");
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  expect(answer).toMatch(/^(HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 200 /);
  expect(answer).toContain("192.0.2.1");
  expect(answer).toMatch(/<script[^>]* nonce="/);
  expect((await page(zone, people.root)).status).toBe(200);
});

test("who leaves before a page is made leaves the others theirs", async () => {
  const leaving = new AbortController();
  const left = Array.from({ length: 12 }, () => page(zone, people.root, {}, leaving.signal));
  const stays = page(zone, people.root);
  leaving.abort();
  expect((await Promise.allSettled(left)).map(({ status }) => status)).toEqual(left.map(() => "rejected"));
  expect((await stays).status).toBe(200);
  expect((await page(zone, people.root)).status).toBe(200);
});

test("a thread that ends by itself takes no page with it", async () => {
  const hook = path.join(data.dataDir, "end-page-thread");
  writeFileSync(hook, "");
  const made = await Promise.all(Array.from({ length: 6 }, () => page(zone, people.root)));
  rmSync(hook);
  expect(made.map(({ status }) => status)).toEqual(made.map(() => 200));
  expect(made[0]?.body).toContain(">192.0.2.1<");
  await expect.poll(() => server.output()).toContain("the thread for pages ended by itself");
});

test("it is started once many pages keep coming at once, and not before", async () => {
  await server.stop();
  server = await start("auto");
  expect((await page("/dashboard", people.ada)).status).toBe(200);
  expect(server.output()).not.toContain("a thread for pages is started");
  await Promise.all(Array.from({ length: 6 }, () => page(zone, people.root)));
  expect(server.output()).not.toContain("a thread for pages is started");
  const first = await page(zone, people.root);
  // It joins while these are made.
  for (let round = 0; round < 5; round++) {
    const made = await Promise.all(Array.from({ length: 16 }, () => page(zone, people.root)));
    for (const one of made) expect(one).toEqual(first);
  }
  expect(server.output()).toContain("a thread for pages is started");
  const { code } = await server.stop();
  expect(code).toBe(0);
});
