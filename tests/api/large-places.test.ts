/** The places for large work: nobody takes more than half of them, by however many organisations. */
import { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { startBehindFaults } from "../support/behind-faults.ts";
import { runJobs } from "../support/jobs.ts";
import type { Person } from "../support/panel.ts";
import { freePort } from "../support/powerdns.ts";

const RESOLVER = `127.0.0.1:${await freePort()}`;
const { panel, proxy, owner, sql, rested, close } = await startBehindFaults({ RESOLVER });
const HALF = 16;
let rival: Person;

const zone = (organisation: string) => `/organisations/${organisation}/dns/zones/large.${organisation}.example`;
beforeAll(async () => {
  rival = await panel.person("Rival");
  for (const [who, handle] of [
    [owner, "acme"],
    [owner, "acme-too"],
    [rival, "rival"],
  ] as const) {
    if (handle !== "acme") await who.call("POST", "/organisations", { name: handle, handle });
    const name = `large.${handle}.example`;
    expect((await who.call("POST", `/organisations/${handle}/dns/zones`, { name })).status).toBe(201);
    const text = Array.from({ length: 1001 }, (_, n) => `host-number-${n} 60 A 192.0.2.1`).join("\n");
    expect((await who.call("POST", `${zone(handle)}/import`, { text, mode: "merge" })).status).toBe(200);
  }
});
afterEach(rested);
afterAll(close);

/** What a delegation would hide is looked for in all of the zone. */
const delegation = {
  rrsets: [{ name: "sub", type: "NS", ttl: 60, records: [{ content: "ns.example." }] }],
  dryRun: true,
};
const ask = (who: Person, organisation: string) => who.call("POST", `${zone(organisation)}/changes`, delegation);

/** Asks while nothing that PowerDNS is asked comes back, and waits until the thread has it. */
async function held(work: (ask: (who: Person, organisation: string) => Promise<void>) => Promise<void>) {
  const posted = vi.spyOn(Worker.prototype, "postMessage");
  const under: Promise<{ status: number }>[] = [];
  proxy.fail("hold", { method: "GET" });
  try {
    await work(async (who, organisation) => {
      const before = posted.mock.calls.length;
      under.push(ask(who, organisation));
      await expect.poll(() => posted.mock.calls.length).toBeGreaterThan(before);
    });
  } finally {
    proxy.fail(null);
    posted.mockRestore();
  }
  expect(new Set((await Promise.all(under)).map(({ status }) => status))).toEqual(new Set([200]));
}

const full = { status: 429, body: { code: "rate_limited" } };

test("one person in two organisations takes half, and whoever else asks gets in", () =>
  held(async (begin) => {
    for (let n = 0; n < HALF; n++) await begin(owner, n % 2 === 0 ? "acme" : "acme-too");
    expect(await ask(owner, "acme")).toMatchObject(full);
    expect(await ask(owner, "acme-too")).toMatchObject(full);
    const name = "large.acme.example";
    expect(await owner.call("DELETE", zone("acme"), { name }), "nor by what takes no plan").toMatchObject(full);
    for (let n = 0; n < HALF; n++) await begin(rival, "rival");
  }));

test("so does one organisation, by however many people", async () => {
  const member = await panel.person("Second");
  const root = await panel.person("Root", "root");
  const { email } = member;
  expect((await root.call("POST", "/organisations/acme/members", { email, role: "admin" })).status).toBe(201);
  await held(async (begin) => {
    for (let n = 0; n < HALF; n++) await begin(n % 2 === 0 ? owner : member, "acme");
    expect(await ask(owner, "acme")).toMatchObject(full);
    expect(await ask(member, "acme")).toMatchObject(full);
    await begin(owner, "acme-too");
    await begin(rival, "rival");
  });
});

test("a check is in the share of whoever asked for it", async () => {
  const jobs = () => sql.all<{ error: string | null }>("select error from jobs where kind = 'dns.health'");
  const checks = async (who: Person, organisation: string) => {
    expect((await who.call("POST", `${zone(organisation)}/health`)).status).toBe(200);
    await runJobs();
  };
  await held(async (begin) => {
    for (let n = 0; n < HALF; n++) await begin(owner, n % 2 === 0 ? "acme" : "acme-too");
    await checks(owner, "acme");
    expect(jobs()).toEqual([{ error: expect.stringContaining("Too much large work") }]);
    proxy.fail("500-before", { method: "GET" });
    await checks(rival, "rival");
    expect(jobs()).toHaveLength(1);
    expect((await rival.call<{ result: object }>("GET", `${zone("rival")}/health`)).body.result).not.toBeNull();
  });
  sql.run("update jobs set due_at = 0 where kind = 'dns.health'");
  await runJobs();
  expect(jobs()).toEqual([]);
});
