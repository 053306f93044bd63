/** Names with letters beyond ASCII are found as people write them, wherever names are looked for. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

const zones = "/organisations/acme/dns/zones";
const zone = `${zones}/bücher.example`;

let panel: Panel;
let owner: Person;
let id: string;

beforeAll(async () => {
  panel = await startPanel({ LOG_LEVEL: "silent" });
  owner = await panel.person("Owner", "root");
  expect((await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
  for (const name of ["bücher.example", "plain.example", "xn--nxasmq6b.example"]) {
    const made = await owner.call<{ id: string }>("POST", zones, { name, connection: "local" });
    expect(made.status).toBe(201);
    if (name === "bücher.example") id = made.body.id;
  }
  for (const record of [
    { name: "straße", type: "A", content: "192.0.2.1" },
    { name: "x", type: "CNAME", content: "süd.example.net." },
    { name: "t", type: "TXT", text: "grüße" },
  ])
    expect((await owner.call("POST", `${zone}/records`, { ttl: 60, ...record })).status).toBe(201);
});
afterAll(async () => {
  await panel?.close();
});

const found = async (path: string) => {
  const { body } = await owner.call<{ items: { name: string }[]; total: number }>("GET", path);
  return body;
};

test.each(["bücher", "BÜCHER", "büch", "ücher.ex", "bu\u0308cher.example.", "xn--bcher-kva"])(
  "zones by %s",
  async (q) => {
    for (const list of [zones, "/dns/zones"])
      expect(await found(`${list}?q=${encodeURIComponent(q)}`), list).toMatchObject({
        total: 1,
        items: [{ name: "xn--bcher-kva.example." }],
      });
  },
);

test("zones that have no such letters are not found", async () => {
  for (const q of ["bücherei", "plaïn", "ü%"])
    expect(await found(`${zones}?q=${encodeURIComponent(q)}`), q).toMatchObject({ total: 0 });
});

test.each(["straße", "Straße", "straße.bücher"])("history by %s", async (name) => {
  const { total } = await found(`${zone}/changes?name=${encodeURIComponent(name)}`);
  expect(total).toBe(1);
});

test("bulk changes by content, and what takes its place", async () => {
  const wanted = {
    find: { content: "süd.example.net", zones: [id] },
    change: { kind: "content", content: "nörd.example.net" },
  };
  const planned = await owner.call<{ zones: { zone: { id: string }; digest: string; state: string }[] }>(
    "POST",
    "/dns/bulk",
    { ...wanted, dryRun: true },
  );
  expect(planned.body.zones, JSON.stringify(planned.body)).toMatchObject([{ state: "ready" }]);
  const digests = planned.body.zones.map(({ zone, digest }) => ({ zone: zone.id, digest }));
  const started = await owner.call("POST", "/dns/bulk", { ...wanted, planned: digests });
  expect(started.status, JSON.stringify(started.body)).toBe(202);
  await runJobs();
  const records = await owner.call("GET", `${zone}/records?type=CNAME`);
  expect(records.body).toMatchObject({ items: [{ content: "xn--nrd-sna.example.net." }] });
});
