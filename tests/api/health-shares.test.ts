/** Whose checks are done when many are asked for: nobody takes all places, by however many organisations. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startBehindFaults } from "../support/behind-faults.ts";
import { runJobs } from "../support/jobs.ts";
import type { Person } from "../support/panel.ts";
import { freePort } from "../support/powerdns.ts";

// Nobody answers there, at once.
const { panel, proxy, sql, rested, close } = await startBehindFaults({ RESOLVER: `127.0.0.1:${await freePort()}` });
const people = new Map<string, { person: Person; zones: string[] }>();

beforeAll(async () => {
  for (const name of ["ada", "bob", "cid"]) {
    const person = await panel.person(name);
    const zones: string[] = [];
    for (const handle of [`${name}-one`, `${name}-two`]) {
      expect((await person.call("POST", "/organisations", { name: handle, handle })).status).toBe(201);
      for (let n = 0; n < 3; n++) {
        const zone = { name: `check${n}.${handle}.example` };
        expect((await person.call("POST", `/organisations/${handle}/dns/zones`, zone)).status).toBe(201);
        zones.push(`/organisations/${handle}/dns/zones/${zone.name}`);
      }
    }
    people.set(name, { person, zones });
  }
});
afterEach(rested);
afterAll(close);

/** Asks for a check of one of somebody's zones: the first three are in one organisation, the others in another. */
async function check(name: string, zone: number) {
  const { person, zones } = people.get(name) ?? {};
  if (!person || !zones?.[zone]) throw new Error(`there is no zone ${zone} of ${name}`);
  return person.call<{ running: boolean; code: string }>("POST", `${zones[zone]}/health`);
}
/** As if all were done. */
function through(): void {
  sql.run("delete from jobs where kind = 'dns.health'");
  sql.run("update zone_health set finished_at = 1");
}
const full = { status: 429, body: { code: "rate_limited" } };

test("four of one person are under way, in however many organisations, and others get in", async () => {
  for (const zone of [0, 1, 3, 4]) expect((await check("ada", zone)).status).toBe(200);
  expect(await check("ada", 2)).toMatchObject(full);
  expect(await check("ada", 5)).toMatchObject(full);
  // What is under way is told, and begins nothing.
  expect(await check("ada", 0)).toMatchObject({ status: 200, body: { running: true } });
  expect(await check("bob", 0)).toMatchObject({ status: 200, body: { running: true } });
  await runJobs();
  expect((await check("ada", 2)).status).toBe(200);
  await runJobs();
  expect(sql.all("select id from jobs where kind = 'dns.health'")).toEqual([]);
});

test("twenty of one person in a minute, in however many organisations", async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 21; n++) {
    statuses.push((await check("cid", n % 6)).status);
    through();
  }
  expect(statuses).toEqual([...Array.from({ length: 20 }, () => 200), 429]);
  expect((await check("bob", 1)).status).toBe(200);
  through();
});

test("checks that take their time leave places for what else is to be done", async () => {
  const { jobKinds } = await import("#lib/jobs/kinds.ts");
  const { startJobs, stopJobs } = await import("#lib/jobs/runner.ts");
  const asked = new Set(["ada", "bob"].flatMap((name) => people.get(name)?.person ?? []));
  proxy.fail("hold", { method: "GET" });
  startJobs(jobKinds);
  try {
    for (const name of ["ada", "bob"]) for (const zone of [3, 4]) expect((await check(name, zone)).status).toBe(200);
    const running = () =>
      sql.get<{ n: number }>("select count(*) as n from jobs where kind = 'dns.health' and state = 'running'")?.n;
    await expect.poll(running, { timeout: 5000 }).toBe(2);
    for (const person of asked) {
      const { id } = (await person.call<{ id: string }>("POST", "/account/exports")).body;
      const state = () => sql.get<{ state: string }>("select state from export_jobs where id = ?", id)?.state;
      await expect.poll(state, { timeout: 5000 }).not.toBe("queued");
    }
    expect(running()).toBe(2);
    proxy.fail(null);
    await expect.poll(() => sql.all("select id from jobs where kind = 'dns.health'"), { timeout: 20_000 }).toEqual([]);
  } finally {
    proxy.fail(null);
    await stopJobs(10_000);
  }
});
