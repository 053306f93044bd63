/** Zones that others write to as well, at PowerDNS and past the panel: who is said to have changed what, and that nothing is lost. */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Provider } from "#lib/dns/providers/provider.ts";
import { type FaultProxy, startFaultProxy } from "../support/fake-powerdns.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type PowerDnsServer, startPowerDns } from "../support/powerdns.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

interface Entry {
  id: string;
  kind: string;
  state: string;
  plan: { name: string; type: string; before: { records: unknown[] } | null; after: { records: unknown[] } | null }[];
}

let panel: Panel;
let powerdns: PowerDnsServer;
let proxy: FaultProxy;
let owner: Person;
let sql: Sql;
let settleAll: () => Promise<void>;
let sequence = 0;
const zones = "/organisations/acme/dns/zones";

beforeAll(async () => {
  powerdns = await startPowerDns();
  proxy = await startFaultProxy(powerdns.apiUrl);
  panel = await startPanel({
    POWERDNS_API_URL: proxy.url,
    POWERDNS_API_KEY: powerdns.apiKey,
    ZONEGATE_TEST_HOOKS: "1",
  });
  sql = await sqlOf();
  const { setSetting } = await import("#lib/settings/settings.ts");
  ({ settleAll } = await import("#lib/dns/settle.ts"));
  setSetting("zone_claims", "trusted");
  owner = await panel.person("Owner");
  expect((await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
});
afterAll(async () => {
  await panel?.close();
  await proxy?.close();
  await powerdns?.stop();
});
afterEach(() => {
  proxy.fail(null);
  proxy.tamper(null);
  rmSync(path.join(panel.dataDir, "landing-ms"), { force: true });
});

/** A zone with one record in it, `www`. */
async function zone() {
  const name = `outside${++sequence}.example`;
  const at = `${zones}/${name}`;
  expect((await owner.call("POST", zones, { name })).status).toBe(201);
  const set = (label: string, content: string, dryRun = false) =>
    owner.call<{ change: string; state: string; conflicts: { name: string; now: unknown }[] }>(
      "POST",
      `${at}/changes`,
      {
        dryRun,
        rrsets: [{ name: label, type: "A", ttl: 60, records: [{ content }] }],
      },
    );
  expect((await set("www", "192.0.2.1")).status).toBe(200);
  return {
    name,
    path: at,
    set,
    dryRun: (label: string) => set(label, "192.0.2.77", true),
    add: (label: string, content: string) =>
      owner.call<Record<string, string>>("POST", `${at}/records`, { name: label, type: "A", ttl: 60, content }),
    refresh: () => owner.call<{ moved: boolean }>("POST", `${at}/refresh`),
    /** Newest first. */
    history: async (query = "") => (await owner.call<{ items: Entry[] }>("GET", `${at}/changes${query}`)).body.items,
    mirror: async (label: string) =>
      (await owner.call<{ items: { content: string }[] }>("GET", `${at}/records?q=${label}`)).body.items.map(
        ({ content }) => content,
      ),
    truth: (label: string) => powerdns.query(`${label}.${name}`, "A"),
    /** By somebody else. */
    outside: (label: string, ...contents: string[]) =>
      atPowerDns("PATCH", `/${name}.`, {
        rrsets: [
          {
            name: `${label}.${name}.`,
            type: "A",
            ttl: 60,
            changetype: contents.length > 0 ? "REPLACE" : "DELETE",
            records: contents.map((content) => ({ content, disabled: false })),
          },
        ],
      }),
  };
}

async function atPowerDns(method: string, at: string, body: object): Promise<void> {
  const answer = await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones${at}`, {
    method,
    headers: { "x-api-key": powerdns.apiKey },
    body: JSON.stringify(body),
  });
  expect(answer.ok, await answer.text()).toBe(true);
}

/** With what happens while the next read of single names is under way, before PowerDNS is asked and after it has answered. */
async function duringTheNextRead<T>(
  happens: { before?: () => Promise<unknown>; after: () => Promise<unknown> },
  work: () => Promise<T>,
): Promise<T> {
  const { connectionById } = await import("#lib/dns/connections.ts");
  const connection = connectionById("powerdns");
  if (!connection) throw new Error("no connection");
  const own = connection.provider;
  const meddled: Provider = {
    ...own,
    async readNames(...asked) {
      connection.provider = own;
      await happens.before?.();
      const read = await own.readNames(...asked);
      await happens.after();
      return read;
    },
  };
  connection.provider = meddled;
  try {
    return await work();
  } finally {
    connection.provider = own;
  }
}

describe("a dry run", () => {
  test("writes nothing: what others changed meanwhile is journaled once, by the change or refresh that comes next", async () => {
    const at = await zone();
    await at.outside("www", "203.0.113.1");
    const before = await at.history();
    const answers = await Promise.all(Array.from({ length: 5 }, () => at.dryRun("www")));
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ plan: [{ before: { records: [{ content: "203.0.113.1" }] } }] });
    }
    expect(await at.history()).toEqual(before);
    expect(await at.mirror("www")).toEqual(["192.0.2.1"]);
    expect((await at.set("www", "192.0.2.2")).status).toBe(200);
    expect((await at.history("?name=www")).map(({ kind }) => kind)).toEqual(["change", "outside", "change"]);
  });

  test("does not call the panel's own change, of which nothing is known yet, somebody else's", async () => {
    const at = await zone();
    const push = proxy.requests.push.bind(proxy.requests);
    proxy.requests.push = (...requests) => {
      if (requests.some(({ method }) => method === "PATCH")) proxy.fail("500-after");
      return push(...requests);
    };
    const mine = await at.set("mine", "192.0.2.9");
    proxy.requests.push = push;
    expect(mine).toMatchObject({ status: 202, body: { state: "unknown" } });
    proxy.fail(null);
    expect((await at.dryRun("mine")).status).toBe(200);
    expect((await at.history())[0]).toMatchObject({ id: mine.body.change, state: "unknown" });
    writeFileSync(path.join(panel.dataDir, "landing-ms"), "0");
    await settleAll();
    await settleAll();
    expect(await at.history("?name=mine")).toMatchObject([{ id: mine.body.change, state: "applied" }]);
  });

  test("that was overtaken by two changes leaves the records as they were set last", async () => {
    const at = await zone();
    const overtaken = {
      before: () => at.set("www", "192.0.2.2"),
      after: () => at.set("www", "192.0.2.3"),
    };
    expect((await duringTheNextRead(overtaken, () => at.dryRun("www"))).status).toBe(200);
    expect(await at.truth("www")).toEqual(["192.0.2.3"]);
    expect(await at.mirror("www")).toEqual(["192.0.2.3"]);
    expect(await at.history("?kind=outside")).toEqual([]);
  });
});

test("a change and a refresh that come upon the same outside change journal it once", async () => {
  const at = await zone();
  await at.outside("www", "203.0.113.1");
  sql.run("update zones set refreshed_at = 0 where name = ?", `${at.name}.`);
  const refreshed = { after: async () => expect((await at.refresh()).body).toMatchObject({ moved: true }) };
  expect((await duringTheNextRead(refreshed, () => at.set("www", "192.0.2.2"))).status).toBe(200);
  expect((await at.history("?name=www")).map(({ kind }) => kind)).toEqual(["change", "outside", "change"]);
  expect(await at.mirror("www")).toEqual(["192.0.2.2"]);
});

test("what somebody else took away can be added again", async () => {
  const at = await zone();
  await at.outside("www");
  expect((await at.add("www", "192.0.2.1")).status).toBe(201);
  expect(await at.truth("www")).toEqual(["192.0.2.1"]);
  expect((await at.history("?name=www")).map(({ kind }) => kind)).toEqual(["change", "outside", "change"]);
  expect(await at.add("www", "192.0.2.1")).toMatchObject({ status: 409, body: { code: "already_exists" } });
});
