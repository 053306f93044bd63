import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { startPowerDns } from "../support/powerdns.ts";
import { tokenOf } from "../support/token.ts";

const COUNT = 2200;
const acme = "/organisations/acme/dns/zones";

let panel: Panel;
let powerdns: Awaited<ReturnType<typeof startPowerDns>>;
let root: Person;
let sql: <T = Record<string, unknown>>(text: string, ...values: unknown[]) => T[];

beforeAll(async () => {
  powerdns = await startPowerDns();
  panel = await startPanel({ POWERDNS_API_URL: powerdns.apiUrl, POWERDNS_API_KEY: powerdns.apiKey });
  const { db } = await import("#db/client.ts");
  sql = <T>(text: string, ...values: unknown[]) => {
    const statement = db().$client.prepare(text);
    if (statement.reader) return statement.all(...values) as T[];
    statement.run(...values);
    return [];
  };
  root = await panel.person("Root", "root");
  expect((await root.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
  const here = await root.call("POST", acme, { name: "here.example", connection: "local" });
  expect(here.status).toBe(201);
  expect((await root.call("POST", acme, { name: "there.example" })).status).toBe(201);
});
afterAll(async () => {
  await panel?.close();
  await powerdns?.stop();
});

const hosts = (address: (index: number) => string, count = COUNT) =>
  Array.from({ length: count }, (_, index) => ({
    name: `h${index}`,
    type: "A",
    ttl: 300,
    records: [{ content: address(index) }],
  }));

interface Result {
  state: string;
  change: string;
  plan: unknown[];
  cut: { plan?: number };
  revision: number;
  code: string;
}

interface Listed {
  id: string;
  createdAt: number;
  settledAt: number;
}

/** RRsets that the search does not know, records that are not found by their id, and what is known without there being any. */
const unindexed = () => [...unsearched(), ...unnamed()];
const unnamed = () => {
  const there = "select r.generation, value ->> 'id', r.id from rrset_rows r, json_each(r.records)";
  const known = "select generation, id, row_id from record_ids";
  return sql(`select * from (${there} except ${known}) union all select * from (${known} except ${there})`);
};
const unsearched = () =>
  sql(
    "select generation << 36 | id as place from rrset_rows where place not in (select id from rrset_text_docsize) union all select id from rrset_text_docsize where id not in (select generation << 36 | id from rrset_rows)",
  );
const totals = async (zone: string) =>
  (await root.call<{ total: number }>("GET", `${acme}/${zone}/records`)).body.total;
const generations = () => sql<{ n: number }>("select count(*) as n from generations")[0]?.n;
/** Counted from the rows, beside what the triggers and switches keep. */
const counted = () =>
  sql(
    "select name, record_count, (select coalesce(sum(r.record_count), 0) from rrsets r where r.zone_id = zones.id) as there, (select coalesce(sum(t.records), 0) from zone_types t where t.zone_id = zones.id) as typed from zones where record_count <> there or record_count <> typed",
  );

describe.each(["here.example", "there.example"])("a large change in %s", (zone) => {
  test("is planned, carried out whole, journaled whole, and what it answers is its beginning", async () => {
    const rrsets = hosts((index) => `192.0.2.${index % 250}`);
    const before = await totals(zone);
    const dry = await root.call<Result>("POST", `${acme}/${zone}/changes`, { rrsets, dryRun: true });
    expect(dry.status).toBe(200);
    expect(dry.body).toMatchObject({ records: { created: COUNT }, cut: { plan: COUNT - 200 } });
    expect(dry.body.plan).toHaveLength(200);
    expect(await totals(zone)).toBe(before);

    const done = await root.call<Result>("POST", `${acme}/${zone}/changes`, { rrsets });
    expect(done).toMatchObject({ status: 200, body: { state: "applied", cut: { plan: COUNT - 200 } } });
    expect(await totals(zone)).toBe(before + COUNT);
    expect(counted()).toEqual([]);
    expect(unindexed()).toEqual([]);
    expect(generations()).toBe(2);

    const listed = await root.call<{ items: Record<string, unknown>[] }>("GET", `${acme}/${zone}/changes`);
    expect(listed.body.items[0]).toMatchObject({
      id: done.body.change,
      state: "applied",
      records: { created: COUNT, updated: 0, deleted: 0 },
      hidden: 0,
      more: COUNT - 100,
    });
    const { planOf } = await import("#lib/dns/journal.ts");
    const [row] = sql<{ id: string; plan: string; moreSteps: number }>(
      'select id, plan, more_steps as "moreSteps" from zone_changes where id = ?',
      done.body.change,
    );
    expect(row && new Set(planOf(row).map(({ name }) => name)).size).toBe(COUNT);
  });

  test("asks for a confirmation like any other, and moves the serial on", async () => {
    const rrsets = hosts((index) => `198.51.100.${index % 250}`);
    const serial = async () => (await root.call<{ serial: number }>("GET", `${acme}/${zone}`)).body.serial;
    const before = await serial();
    const braked = await root.call<Result>("POST", `${acme}/${zone}/changes`, { rrsets });
    expect(braked).toMatchObject({ status: 409, body: { code: "confirm_required" } });
    const done = await root.call<Result>("POST", `${acme}/${zone}/changes`, { rrsets, confirm: true });
    expect(done.body.state).toBe("applied");
    expect(await serial()).toBeGreaterThan(before);
    const soa = await root.call<{ items: { content: string }[] }>("GET", `${acme}/${zone}/records?type=SOA`);
    expect(Number(soa.body.items[0]?.content.split(" ")[2])).toBe(await serial());
    expect(counted()).toEqual([]);
    expect(unindexed()).toEqual([]);
  });

  test("is refused at the first thing that is not allowed, with the field and with nothing written", async () => {
    const revision = sql<{ revision: number }>("select revision from zones where name = ?", `${zone}.`);
    const rrsets = hosts(() => "203.0.113.1");
    rrsets.push({ name: "h1", type: "CNAME", ttl: 300, records: [{ content: "h2" }] });
    const refused = await root.call<{ fields: Record<string, string> }>("POST", `${acme}/${zone}/changes`, {
      rrsets,
      confirm: true,
    });
    expect(refused.status).toBe(422);
    expect(Object.keys(refused.body.fields).toSorted()).toEqual(["rrsets.1.type", `rrsets.${COUNT}.type`]);
    expect(sql<{ revision: number }>("select revision from zones where name = ?", `${zone}.`)).toEqual(revision);
  });

  test("is found in the history by each of its names and types, by who may see them", async () => {
    const found = async (query: string, by: Pick<Person, "call"> = root) =>
      (await by.call<{ items: Listed[]; total: number }>("GET", `${acme}/${zone}/changes?${query}`)).body;
    const [changed, made] = (await found("")).items;
    const both = [{ id: changed?.id }, { id: made?.id }];
    // Before what the row itself holds, after it, and at the end.
    for (const name of ["h7.", "h1203", "h2199"]) expect((await found(`name=${name}`)).items, name).toMatchObject(both);
    expect(await found("name=H2199&type=a&perPage=1")).toMatchObject({ items: [both[0]], total: 2 });
    for (const query of ["name=h2200", "name=h2199&type=AAAA", "name=%25", "name=h1203%0Ah12"])
      expect(await found(query), query).toMatchObject({ total: 0 });
    const [row] = sql<{ id: string }>("select id from zones where name = ?", `${zone}.`);
    const rules = { zones: [{ zone: row?.id, name: "h2199", type: null, level: "view" }] };
    const token = await tokenOf(panel, root, rules);
    expect(await found("name=h2199", token)).toMatchObject({ total: 2 });
    expect(await found("name=h2198", token), "what is hidden is not found either").toMatchObject({ total: 0 });
    expect(await found("type=A", token)).toMatchObject({ total: 2 });
  });

  test("is taken back whole, and the zone brought to a moment before it", async () => {
    const entries = async () => (await root.call<{ items: Listed[] }>("GET", `${acme}/${zone}/changes`)).body.items;
    const address = async () =>
      (await root.call<{ items: { content: string }[] }>("GET", `${acme}/${zone}/records?q=h2199`)).body.items;
    const [changed, made] = await entries();
    const at = `${acme}/${zone}/changes/${changed?.id}/revert`;
    const cut = { plan: COUNT - 200 };
    const dry = await root.call<Result>("POST", at, { dryRun: true });
    expect(dry).toMatchObject({ status: 200, body: { records: { updated: COUNT }, left: 0, conflicts: [], cut } });
    expect(await root.call("POST", at)).toMatchObject({ status: 409, body: { code: "confirm_required" } });
    expect(await root.call("POST", at, { confirm: true })).toMatchObject({
      status: 200,
      body: { state: "applied", left: 0, cut },
    });
    expect(await address()).toMatchObject([{ content: `192.0.2.${2199 % 250}` }]);
    expect((await entries())[0]).toMatchObject({ undoes: changed?.id, actor: { id: root.id } });
    expect(await root.call("POST", at, { confirm: true }), "nothing is left to take back").toMatchObject({
      body: { change: null },
    });
    const before = { at: (changed?.createdAt ?? 0) - 1, dryRun: true };
    expect(await root.call("POST", `${acme}/${zone}/restore`, before)).toMatchObject({
      body: { plan: [], notKnown: [] },
    });
    const back = await root.call("POST", `${acme}/${zone}/restore`, { at: changed?.settledAt, confirm: true });
    expect(back).toMatchObject({ status: 200, body: { state: "applied", at: changed?.settledAt, cut } });
    expect(await address()).toMatchObject([{ content: `198.51.100.${2199 % 250}` }]);
    // What has moved since stands in the way.
    const moved = await root.call("POST", `${acme}/${zone}/changes/${made?.id}/revert`, { dryRun: true });
    const named = await root.call<{ total: number }>("GET", `${acme}/${zone}/changes?name=h2199&type=A`);
    expect(named.body.total, "searched in another thread by now").toBe(4);
    expect(moved.body).toMatchObject({ conflicts: { length: 200 }, cut: { conflicts: COUNT - 200 } });
    expect(counted()).toEqual([]);
    expect(unindexed()).toEqual([]);
  });

  test("is seen whole or not at all by who reads meanwhile", async () => {
    const deletions = hosts(() => "").map(({ name, type }) => ({ name, type }));
    const before = await totals(zone);
    const seen = new Set<number>();
    let over = false;
    const change = root.call<Result>("POST", `${acme}/${zone}/changes`, { deletions, confirm: true }).finally(() => {
      over = true;
    });
    while (!over) {
      seen.add(await totals(zone));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await change).body.state).toBe("applied");
    expect(await totals(zone)).toBe(before - COUNT);
    expect([...seen].filter((total) => total !== before && total !== before - COUNT)).toEqual([]);
    expect(generations()).toBe(2);
    expect(counted()).toEqual([]);
    expect(unindexed()).toEqual([]);
  });
});

test("where a provider gives all of a large zone for a few names of it, no request works through that", async () => {
  const asked = vi.spyOn(Worker.prototype, "postMessage");
  const tasks = () => asked.mock.calls.flatMap(([message]) => (message as { task?: string }).task ?? []);
  const few = hosts(() => "203.0.113.9", 30).map((set) => ({ ...set, name: `few-${set.name}` }));
  const [one] = few;
  for (const [zone, expected] of [
    ["here.example", []],
    ["there.example", ["change", "preview", "change"]],
  ] as const) {
    const path = `${acme}/${zone}`;
    const filled = await root.call("POST", `${path}/changes`, { rrsets: hosts(() => "203.0.113.8", 1100) });
    expect(filled).toMatchObject({ status: 200, body: { state: "applied" } });
    asked.mockClear();
    const made = await root.call<Result>("POST", `${path}/changes`, { rrsets: few });
    expect(made).toMatchObject({ status: 200, body: { state: "applied" } });
    const at = `${path}/changes/${made.body.change}/revert`;
    expect(await root.call("POST", at, { dryRun: true })).toMatchObject({ status: 200, body: { errors: [] } });
    expect(await root.call("POST", at, {})).toMatchObject({ status: 200, body: { state: "applied" } });
    expect(tasks()).toEqual(expected);
    expect((await root.call("POST", `${path}/changes`, { rrsets: [one] })).status).toBe(200);
    expect(tasks(), "a single one is asked for by itself").toEqual(expected);
  }
  asked.mockRestore();
});

test("nor through it for a template or a copy", async () => {
  const asked = vi.spyOn(Worker.prototype, "postMessage");
  const tasks = () => asked.mock.calls.splice(0).flatMap(([message]) => (message as { task?: string }).task ?? []);
  const template = async (records: string) => {
    const input = { name: `Number ${records.length}`, records };
    return (await root.call<{ id: string }>("POST", "/organisations/acme/dns/templates", input)).body.id;
  };
  const many = await template(Array.from({ length: 30 }, (_, n) => `made${n} A 192.0.2.1`).join("\n"));
  const few = await template("made0 A 192.0.2.2");
  const cutting = await template("delegated NS ns1.example.net.");
  const apply = (zone: string, id: string, dryRun = false) =>
    root.call<Result>("POST", `${acme}/${zone}/template`, { template: id, dryRun, confirm: true });
  tasks();
  for (const [zone, reading] of [
    ["here.example", []],
    ["there.example", ["preview", "change"]],
  ] as const) {
    expect(await totals(zone)).toBeGreaterThan(1000);
    expect(await apply(zone, many, true)).toMatchObject({
      body: { dryRun: true, records: { created: 30 }, errors: [] },
    });
    expect(await apply(zone, many)).toMatchObject({ body: { state: "applied", plan: { length: 30 } } });
    expect(tasks(), zone).toEqual(reading);
    expect(await apply(zone, few)).toMatchObject({ body: { state: "applied", plan: { length: 1 } } });
    expect(tasks(), zone).toEqual([]);
    expect(await apply(zone, cutting)).toMatchObject({ body: { state: "applied" } });
    expect(tasks(), zone).toEqual(["change"]);
    const name = `copy-of-${zone}`;
    const copy = await root.call("POST", acme, { name, connection: "local", clone: zone });
    expect(copy).toMatchObject({ status: 201, body: { firstRecords: { state: "done" } } });
    expect(tasks(), zone).toEqual(["change"]);
    expect(await totals(name)).toBe(await totals(zone));
    expect((await root.call("DELETE", `${acme}/${name}`, { name })).status).toBe(200);
  }
  asked.mockRestore();
  expect([counted(), unindexed()]).toEqual([[], []]);
  sql("delete from deleted_zones");
  sql("delete from generations where id not in (select generation from zones)");
});

test("what stopped in the middle of building is swept, and its entry settled as never applied", async () => {
  const [zone] = sql<{ id: string; generation: number }>(
    "select id, generation from zones where name = ?",
    "here.example.",
  );
  sql("insert into generations (zone_id) values (?)", zone?.id);
  const [left] = sql<{ id: number }>("select max(id) as id from generations");
  sql(
    "insert into rrset_rows (generation, sort_key, type, name, ttl, records, record_count) select ?, sort_key, type, name, ttl, records, record_count from rrset_rows where generation = ?",
    left?.id,
    zone?.generation,
  );
  const { sweepGenerations } = await import("#lib/dns/large/sweep.ts");
  sweepGenerations();
  await expect.poll(() => generations()).toBe(2);
  expect(sql("select 1 from rrset_rows where generation = ?", left?.id)).toEqual([]);
  expect(counted()).toEqual([]);
  expect(unindexed()).toEqual([]);
});

const atPowerDns = (path: string) => `${powerdns.apiUrl}/api/v1/servers/localhost/zones${path}`;
const headers = () => ({ "x-api-key": powerdns.apiKey });
/** Behind the panel's back. */
const patchLinked = (content: string) =>
  fetch(atPowerDns("/linked.example."), {
    method: "PATCH",
    headers: headers(),
    body: JSON.stringify({
      rrsets: Array.from({ length: COUNT }, (_, index) => ({
        name: `h${index}.linked.example.`,
        type: "A",
        ttl: 60,
        changetype: "REPLACE",
        records: [{ content, disabled: false }],
      })),
    }),
  });

test("a zone that exists is linked and refreshed whole", async () => {
  await fetch(atPowerDns(""), {
    method: "POST",
    headers: headers(),
    body: JSON.stringify({ name: "linked.example.", kind: "Native", nameservers: ["ns1.example.net."] }),
  });
  await patchLinked("192.0.2.1");
  expect((await root.call("POST", acme, { name: "linked.example", link: true })).status).toBe(201);
  expect(await totals("linked.example")).toBe(COUNT + 2);
  await patchLinked("192.0.2.2");
  sql("update zones set refreshed_at = 0, compared_at = 0");
  const refreshed = await root.call<{ moved: boolean }>("POST", `${acme}/linked.example/refresh`);
  expect(refreshed.body).toMatchObject({ moved: true, problem: null });
  const found = await root.call<{ items: { content: string }[] }>("GET", `${acme}/linked.example/records?q=h2199`);
  expect(found.body.items).toMatchObject([{ content: "192.0.2.2" }]);
  const history = await root.call<{ items: Record<string, unknown>[] }>("GET", `${acme}/linked.example/changes`);
  expect(history.body.items).toMatchObject([
    { kind: "outside", records: { updated: COUNT } },
    { kind: "link", records: { created: COUNT + 2 } },
  ]);
  expect(counted()).toEqual([]);
});

test.each(["here.example", "there.example"])("%s is deleted and brought back whole", async (zone) => {
  const rrsets = hosts((index) => `203.0.113.${index % 250}`);
  expect((await root.call("POST", `${acme}/${zone}/changes`, { rrsets, confirm: true })).status).toBe(200);
  const { id, recordCount } = (await root.call<{ id: string; recordCount: number }>("GET", `${acme}/${zone}`)).body;
  const rows = () =>
    sql("select row_id, name, type, ttl, records from rrsets where zone_id = ? and type <> 'SOA' order by row_id", id);
  const before = rows();
  const found = async () =>
    (await root.call<{ items: unknown[] }>("GET", `/dns/search?q=h2199.${zone}`)).body.items.length;
  expect(await found()).toBe(1);
  expect(await root.call("DELETE", `${acme}/${zone}`, { name: zone })).toMatchObject({
    status: 200,
    body: { state: "applied", records: recordCount },
  });
  expect([await found(), rows()]).toEqual([0, []]);
  const back = await root.call("POST", `/organisations/acme/dns/deleted-zones/${id}/restore`, {});
  expect(back).toMatchObject({ status: 201, body: { id, status: "active", recordCount } });
  expect([await found(), rows()]).toEqual([1, before]);
  expect([counted(), unindexed(), generations()]).toEqual([[], [], 3]);
  const history = await root.call<{ items: Record<string, unknown>[] }>("GET", `${acme}/${zone}/changes`);
  expect(history.body.items.slice(0, 2)).toMatchObject([
    { kind: "undelete", state: "applied", message: "" },
    { kind: "delete", state: "applied" },
  ]);
});

test("one that became quite another meanwhile comes back as its provider has it", async () => {
  const zone = "linked.example";
  const { id } = (await root.call<{ id: string }>("GET", `${acme}/${zone}`)).body;
  expect(await root.call("DELETE", `${acme}/${zone}`, { name: zone })).toMatchObject({ body: { at: "panel" } });
  await patchLinked("192.0.2.3");
  const back = await root.call("POST", `/organisations/acme/dns/deleted-zones/${id}/restore`, {});
  expect(back).toMatchObject({ status: 201, body: { id, status: "active", recordCount: COUNT + 2 } });
  const found = await root.call<{ items: { content: string }[] }>("GET", `${acme}/${zone}/records?q=h2199`);
  expect(found.body.items).toMatchObject([{ content: "192.0.2.3" }]);
  const history = await root.call<{ items: Record<string, unknown>[] }>("GET", `${acme}/${zone}/changes`);
  expect(history.body.items[0]).toMatchObject({
    kind: "undelete",
    records: { updated: COUNT },
    message: `Not quite as it was: ${COUNT} records differ.`,
  });
  expect([counted(), unindexed(), generations()]).toEqual([[], [], 3]);
  // And what was found to have changed when it is deleted there is what is kept of it.
  await patchLinked("192.0.2.4");
  const gone = await root.call("DELETE", `${acme}/${zone}`, { name: zone, at: "provider" });
  expect(gone).toMatchObject({ status: 200, body: { at: "provider", state: "applied" } });
  expect((await root.call("POST", `/organisations/acme/dns/deleted-zones/${id}/restore`, {})).status).toBe(201);
  const again = await root.call<{ items: { content: string }[] }>("GET", `${acme}/${zone}/records?q=h2199`);
  expect(again.body.items).toMatchObject([{ content: "192.0.2.4" }]);
  expect([counted(), unindexed(), generations()]).toEqual([[], [], 3]);
});

test.each(["local", undefined])(
  "what was built for a change that could not be closed is gone again (%s)",
  async (at) => {
    const name = `unclosed-${at ?? "there"}.example`;
    expect((await root.call("POST", acme, { name, connection: at })).status).toBe(201);
    const before = sql("select id from generations order by id");
    sql("create trigger no_switch before update of generation on zones begin select raise(abort, 'no room'); end");
    const rrsets = hosts((index) => `198.51.100.${index % 100}`);
    const refused = await root.call("POST", `${acme}/${name}/changes`, { rrsets });
    sql("drop trigger no_switch");
    expect(refused.status).toBe(500);
    expect(sql("select id from generations order by id")).toEqual(before);
    expect(unindexed()).toEqual([]);
  },
);
