/** A check of zones where nobody answers: no resolver, no name server, and no zone on the internet at all. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFaultProxy } from "../support/fake-powerdns.ts";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { freePort, startPowerDns } from "../support/powerdns.ts";

interface Health {
  result: {
    troubles: { code: string; severity: string; what: string }[];
    servers: { name: string; state: string }[];
    delegation: object | null;
  } | null;
}

const zones = "/organisations/acme/dns/zones";
let panel: Panel;
let owner: Person;
let powerdns: Awaited<ReturnType<typeof startPowerDns>>;
let proxy: Awaited<ReturnType<typeof startFaultProxy>>;

beforeAll(async () => {
  powerdns = await startPowerDns();
  proxy = await startFaultProxy(powerdns.apiUrl);
  panel = await startPanel({
    POWERDNS_API_URL: proxy.url,
    POWERDNS_API_KEY: powerdns.apiKey,
    POWERDNS_NAMESERVERS: "ns1.example.net",
    RESOLVER: `127.0.0.1:${await freePort()}`,
  });
  owner = await panel.person("Owner", "root");
  expect((await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
});
afterAll(async () => {
  await panel?.close();
  await proxy?.close();
  await powerdns?.stop();
});

async function checked(name: string, connection: string) {
  expect((await owner.call("POST", zones, { name, connection })).status).toBe(201);
  proxy.fail("500-before");
  expect((await owner.call("POST", `${zones}/${name}/health`)).status).toBe(200);
  await runJobs();
  proxy.fail(null);
  const { result } = (await owner.call<Health>("GET", `${zones}/${name}/health`)).body;
  const troubles = result?.troubles.map(({ code, severity }) => `${severity} ${code}`).toSorted();
  return { troubles, servers: result?.servers, delegation: result?.delegation };
}

test("what could not be found out is said to be unknown, not wrong", async () => {
  expect(await checked("there.example", "powerdns")).toEqual({
    troubles: ["info keys_unknown", "warn delegation_unknown", "warn no_address"],
    servers: [expect.objectContaining({ name: "ns1.example.net.", state: "unknown" })],
    delegation: null,
  });
});

test("a zone that is kept in the panel is not served", async () => {
  expect(await checked("here.example", "local")).toEqual({
    troubles: ["info not_served"],
    servers: [],
    delegation: null,
  });
});
