/** The panel's disk is full: nothing half-done is left, what had gone out is settled once there is room, and reading goes on. */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type FaultProxy, startFaultProxy } from "../support/fake-powerdns.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type PowerDnsServer, startPowerDns } from "../support/powerdns.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

let panel: Panel;
let powerdns: PowerDnsServer;
let proxy: FaultProxy;
let sql: Sql;
let owner: Person;
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
  room();
  rmSync(path.join(panel.dataDir, "landing-ms"), { force: true });
});

/** Not one page more. */
function full(): void {
  sql.run("vacuum");
  const pages = sql.get<{ page_count: number }>("pragma page_count")?.page_count;
  sql.get(`pragma max_page_count = ${pages}`);
}
const room = (): void => void sql.get("pragma max_page_count = 1073741823");

/** Too much for what is left in the pages that there are. */
const rrsets = Array.from({ length: 120 }, (_, index) => ({
  name: `big${index}`,
  type: "TXT",
  ttl: 60,
  records: [{ text: "x".repeat(250) }],
}));

async function zone(connection: "local" | "powerdns") {
  const name = `disk${++sequence}.example`;
  const at = `${zones}/${name}`;
  expect((await owner.call("POST", zones, { name, connection })).status).toBe(201);
  return {
    name,
    at,
    write: () => owner.call<{ change: string }>("POST", `${at}/changes`, { rrsets }),
    history: async () =>
      (await owner.call<{ items: { id: string; kind: string; state: string }[] }>("GET", `${at}/changes`)).body.items,
    texts: async () => (await owner.call<{ total: number }>("GET", `${at}/records?type=TXT`)).body.total,
  };
}

test.each(["local", "powerdns"] as const)(
  "before anything was sent (%s): it says so, and nothing is there",
  async (connection) => {
    const at = await zone(connection);
    const before = await at.history();
    full();
    proxy.requests.length = 0;
    expect(await at.write()).toMatchObject({
      status: 507,
      body: { code: "storage_full", message: expect.stringMatching(/disk/) },
    });
    expect(proxy.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect([await at.history(), await at.texts()], "reading goes on").toEqual([before, 0]);
    room();
    expect(await at.write()).toMatchObject({ status: 200, body: { state: "applied" } });
    expect(await at.texts()).toBe(120);
  },
);

test("after it had been sent: it is settled once there is room", async () => {
  const at = await zone("powerdns");
  const push = proxy.requests.push.bind(proxy.requests);
  proxy.requests.push = (...requests) => {
    if (requests.some(({ method }) => method === "PATCH")) full();
    return push(...requests);
  };
  const answer = await at.write();
  proxy.requests.push = push;
  expect(answer).toMatchObject({ status: 507, body: { code: "storage_full" } });
  expect(await powerdns.query(`big7.${at.name}`, "TXT")).toHaveLength(1);
  expect((await at.history())[0]).toMatchObject({ kind: "change", state: "pending" });
  expect(await at.texts(), "the mirror has all or nothing of it").toBe(0);
  writeFileSync(path.join(panel.dataDir, "landing-ms"), "0");
  await settleAll();
  await settleAll();
  expect((await at.history())[0], "still no room").toMatchObject({ state: "pending" });
  room();
  await settleAll();
  await settleAll();
  expect((await at.history())[0]).toMatchObject({ kind: "change", state: "applied" });
  expect(await at.texts()).toBe(120);
});
