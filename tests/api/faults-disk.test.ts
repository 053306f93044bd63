/** The panel's disk is full: nothing half-done is left, what had gone out is settled once there is room, and reading goes on. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { startBehindFaults } from "../support/behind-faults.ts";

const { panel, powerdns, proxy, owner, sql, settleAll, zones, rested, close } = await startBehindFaults();
let sequence = 0;
afterEach(() => {
  room();
  rested();
});
afterAll(close);

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
