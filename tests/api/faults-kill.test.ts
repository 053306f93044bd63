/** A process that dies at each step of a write: what it had begun is settled by the next one, and everything agrees. */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { killedAt } from "../support/killed.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type PowerDnsServer, startPowerDns } from "../support/powerdns.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

let panel: Panel;
let powerdns: PowerDnsServer;
let sql: Sql;
let owner: Person;
let settleAll: () => Promise<void>;
let environment: Record<string, string>;
let sequence = 0;
const zones = "/organisations/acme/dns/zones";

beforeAll(async () => {
  powerdns = await startPowerDns();
  environment = {
    POWERDNS_API_URL: powerdns.apiUrl,
    POWERDNS_API_KEY: powerdns.apiKey,
    ZONEGATE_TEST_HOOKS: "1",
  };
  panel = await startPanel(environment);
  sql = await sqlOf();
  const { setSetting } = await import("#lib/settings/settings.ts");
  ({ settleAll } = await import("#lib/dns/settle.ts"));
  setSetting("zone_claims", "trusted");
  owner = await panel.person("Owner");
  expect((await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
});
afterAll(async () => {
  await panel?.close();
  await powerdns?.stop();
});
afterEach(() => rmSync(path.join(panel.dataDir, "landing-ms"), { force: true }));

/** Makes the call in a process that kills itself at that moment. */
const killedIn = (moment: string, method: string, target: string, body: object, by = owner): Promise<void> =>
  killedAt(moment, panel, environment, "one-call.ts", [method, target, JSON.stringify(body), by.cookie]);

/** Half a minute later, in a process that lives. */
async function settled(): Promise<void> {
  writeFileSync(path.join(panel.dataDir, "landing-ms"), "0");
  await settleAll();
  await settleAll();
}

async function zone(connection: "local" | "powerdns" = "powerdns") {
  const name = `killed${++sequence}.example`;
  const at = `${zones}/${name}`;
  expect((await owner.call("POST", zones, { name, connection })).status).toBe(201);
  expect(
    (await owner.call("POST", `${at}/records`, { name: "www", type: "A", ttl: 60, content: "192.0.2.1" })).status,
  ).toBe(201);
  return { name, at };
}

const history = async (at: string) =>
  (await owner.call<{ items: { id: string; kind: string; state: string }[] }>("GET", `${at}/changes`)).body.items;
const mirrored = async (at: string) =>
  (
    await owner.call<{ items: { name: string; type: string; content: string }[] }>("GET", `${at}/records?perPage=99`)
  ).body.items
    .filter(({ type }) => type === "A")
    .map(({ name, content }) => `${name.split(".")[0]} ${content}`)
    .toSorted();
const served = async (name: string, labels: string[]) =>
  (
    await Promise.all(
      labels.map(async (label) =>
        ((await powerdns.query(`${label}.${name}`, "A")) as string[]).map((address) => `${label} ${address}`),
      ),
    )
  )
    .flat()
    .toSorted();
const audited = (change: string | undefined) =>
  sql.all<{ actor_id: string; state: string }>(
    "select actor_id, json_extract(after, '$.state') as state from audit_log where json_extract(after, '$.change') = ? order by id",
    change,
  );

describe("a change at PowerDNS", () => {
  test.each([
    ["journaled", "not_applied"],
    ["before-send", "not_applied"],
    ["after-send", "applied"],
    ["read-back", "applied"],
    ["closed", "applied"],
  ])("killed when it was %s: %s", async (moment, state) => {
    const { name, at } = await zone();
    const rrsets = [
      { name: "www", type: "A", ttl: 60, records: [{ content: "192.0.2.2" }] },
      { name: "new", type: "A", ttl: 60, records: [{ content: "192.0.2.3" }] },
    ];
    await killedIn(moment, "POST", `${at}/changes`, { rrsets });
    const [open] = await history(at);
    expect(open).toMatchObject({ kind: "change", state: moment === "closed" ? "applied" : "pending" });
    await settled();
    const expected = state === "applied" ? ["new 192.0.2.3", "www 192.0.2.2"] : ["www 192.0.2.1"];
    expect((await history(at))[0]).toMatchObject({ id: open?.id, state });
    expect(await served(name, ["www", "new"])).toEqual(expected);
    expect(await mirrored(at)).toEqual(expected);
    expect(audited(open?.id)).toEqual([{ actor_id: owner.id, state }]);
    sql.run("update zones set refreshed_at = 0, compared_at = 0");
    expect(await owner.call("POST", `${at}/refresh`)).toMatchObject({ body: { moved: false } });
    expect((await owner.call("POST", `${at}/records`, { name: "on", type: "A", content: "192.0.2.9" })).status).toBe(
      201,
    );
  });

  test("an undo is a change like any", async () => {
    const { name, at } = await zone();
    const [change] = await history(at);
    await killedIn("after-send", "POST", `${at}/changes/${change?.id}/revert`, {});
    await settled();
    expect(await history(at)).toMatchObject([
      { state: "applied", undoes: change?.id },
      { undoneBy: expect.any(String) },
      {},
    ]);
    expect([await served(name, ["www"]), await mirrored(at)]).toEqual([[], []]);
  });
});

describe("a large import at PowerDNS", () => {
  // More than PowerDNS takes in one request.
  const COUNT = 6000;
  const text = Array.from({ length: COUNT }, (_, n) => `t${n} 60 IN TXT "${"x".repeat(240)}${n}"`).join("\n");
  const imports = (at: string) =>
    owner.call<{ items: { state: string; message: string; change: string | null }[] }>("GET", `${at}/imports`);

  test.each([
    ["after-send", ["applied", "partial"]],
    ["closed", ["applied"]],
  ])("killed when it was %s: what is left of it is done by the next process", async (moment, states) => {
    const { name, at } = await zone();
    const sent = await owner.call(`POST`, `${at}/import`, { text: `${text}\n`, mode: "merge", dryRun: false });
    expect(sent).toMatchObject({ status: 202, body: { import: { state: "applying" } } });
    await killedAt(moment, panel, environment, "due-jobs.ts");
    expect((await imports(at)).body.items).toMatchObject([{ state: "applying" }]);
    const again = async () => {
      sql.run("update jobs set due_at = 0 where kind = 'dns.import'");
      await runJobs();
    };
    // As long as nobody knows what became of it, it neither goes on nor is over.
    await again();
    if (moment !== "closed") expect((await imports(at)).body.items).toMatchObject([{ state: "applying" }]);
    await settled();
    await again();
    const entries = (await history(at)).filter(({ kind }) => kind === "change").map(({ state }) => state);
    expect(entries.slice(0, -1)).toEqual(states);
    expect((await imports(at)).body.items).toMatchObject([{ state: "done", change: expect.any(String) }]);
    const { total } = (await owner.call<{ total: number }>("GET", `${at}/rrsets?type=TXT`)).body;
    expect(total).toBe(COUNT);
    for (const n of [0, COUNT - 1])
      expect(await powerdns.query(`t${n}.${name}`, "TXT")).toEqual([[expect.stringMatching(`x${n}$`)]]);
  });
});

test("what was sent is concluded on half a minute later, and not before", async () => {
  const { at } = await zone();
  await killedIn("journaled", "POST", `${at}/records`, { name: "new", type: "A", content: "192.0.2.3" });
  const [open] = await history(at);
  const sentAgo = (ms: number) =>
    sql.run("update zone_changes set sent_at = ? where id = ?", Date.now() - ms, open?.id);
  sentAgo(25_000);
  for (let pass = 0; pass < 3; pass++) await settleAll();
  expect((await history(at))[0]).toMatchObject({ id: open?.id, state: "pending" });
  sentAgo(30_001);
  for (let pass = 0; pass < 2; pass++) await settleAll();
  expect((await history(at))[0]).toMatchObject({ id: open?.id, state: "not_applied" });
});

describe("a new zone", () => {
  const made = async (at: string) => (await owner.call("GET", at)).status === 200;
  const there = async (name: string) =>
    (
      await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones/${name}.`, {
        headers: { "x-api-key": powerdns.apiKey },
      })
    ).ok;
  const audits = (name: string) =>
    sql.all<{ actor_id: string; outcome: string }>(
      "select actor_id, outcome from audit_log where target_label = ? order by id",
      `${name}.`,
    );

  test.each([
    ["before-create", false],
    ["after-create", true],
  ])("killed %s: it is there in the end: %s", async (moment, is) => {
    const name = `killed${++sequence}.example`;
    const at = `${zones}/${name}`;
    await killedIn(moment, "POST", zones, { name, connection: "powerdns" });
    expect(await owner.call("GET", at), "until it is known").toMatchObject({ body: { status: "pending" } });
    expect((await owner.call("POST", `${at}/records`, { name: "www", type: "A", content: "192.0.2.1" })).status).toBe(
      409,
    );
    await settled();
    expect([await made(at), await there(name)]).toEqual([is, is]);
    expect(audits(name)).toEqual([{ actor_id: owner.id, outcome: is ? "done" : "refused" }]);
    if (!is) expect((await owner.call("POST", zones, { name, connection: "powerdns" })).status).toBe(201);
    const record = { name: "www", type: "A", ttl: 60, content: "192.0.2.1" };
    expect((await owner.call("POST", `${at}/records`, record)).status).toBe(201);
    expect(await served(name, ["www"])).toEqual(["www 192.0.2.1"]);
  });

  test("one that exists, killed before its records were taken over: the link is carried on", async () => {
    const staff = await panel.person("Staff", "root");
    const name = `killed${++sequence}.example`;
    const at = `${zones}/${name}`;
    await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones`, {
      method: "POST",
      headers: { "x-api-key": powerdns.apiKey },
      body: JSON.stringify({ name: `${name}.`, kind: "Native", nameservers: ["ns1.example.net."] }),
    });
    await killedIn("before-link", "POST", zones, { name, connection: "powerdns", link: true }, staff);
    await settled();
    expect(await owner.call("GET", at)).toMatchObject({ body: { status: "active", recordCount: 2 } });
    expect((await history(at))[0]).toMatchObject({ kind: "link", state: "applied" });
    expect(audits(name)).toEqual([{ actor_id: staff.id, outcome: "done" }]);
  });

  test.each([
    ["before-create", "pending"],
    ["after-create", "active"],
  ])("one that was asked for and approved, killed %s: %s", async (moment, status) => {
    const { setSetting } = await import("#lib/settings/settings.ts");
    const staff = await panel.person(`Approving ${moment}`, "root");
    const name = `killed${++sequence}.example`;
    const at = `${zones}/${name}`;
    setSetting("zone_claims", "proof");
    try {
      const { id } = (await owner.call<{ id: string }>("POST", zones, { name, connection: "powerdns" })).body;
      await killedIn(moment, "POST", `/dns/claims/${id}/approve`, {}, staff);
      await settled();
      expect(await owner.call("GET", at)).toMatchObject({ body: { status } });
      expect(await there(name)).toBe(status === "active");
      const told = () => sql.all("select 1 from mails where user_id = ? and subject = ?", owner.id, `${name} is yours`);
      expect(told(), "by mail, once, when it is there").toHaveLength(status === "active" ? 1 : 0);
      if (status === "active") return;
      expect((await staff.call("POST", `/dns/claims/${id}/approve`, {})).status).toBe(200);
      expect(told()).toHaveLength(1);
    } finally {
      setSetting("zone_claims", "trusted");
    }
  });
});

describe("the first records of a new zone", () => {
  const templates = "/organisations/acme/dns/templates";
  /** A template whose record says which it is, and zones that are kept with it. */
  async function template(standard = false) {
    const content = `192.0.2.${++sequence}`;
    const input = { name: `No. ${sequence}`, records: `www 60 A ${content}\nmail 60 A ${content}`, standard };
    const { body } = await owner.call<{ id: string }>("POST", templates, input);
    return { id: body.id, content, path: `${templates}/${body.id}`, input };
  }
  async function later(): Promise<void> {
    await settled();
    sql.run("update jobs set due_at = 0 where kind = 'dns.first' and state = 'queued'");
    await runJobs();
  }
  const jobs = () => sql.all("select 1 from jobs where kind = 'dns.first'");
  const newZone = () => {
    const name = `killed${++sequence}.example`;
    return { name, at: `${zones}/${name}` };
  };
  const saidOf = async (at: string) => (await owner.call<{ statusMessage: string }>("GET", at)).body.statusMessage;
  const compared = (at: string) => {
    sql.run("update zones set refreshed_at = 0, compared_at = 0");
    return owner.call("POST", `${at}/refresh`);
  };

  test.each(["before-create", "after-create", "before-first", "journaled", "after-send", "closed"])(
    "of a template, killed at %s: they are there in the end, once, where the zone is",
    async (moment) => {
      const { id, content } = await template();
      const { name, at } = newZone();
      await killedIn(moment, "POST", zones, { name, template: id, connection: "powerdns" });
      if (moment === "before-first") expect(await saidOf(at)).toBe("Its first records are still to come.");
      await later();
      await later();
      expect(jobs()).toEqual([]);
      if (moment === "before-create") return expect((await owner.call("GET", at)).status).toBe(404);
      expect(await served(name, ["www", "mail"])).toEqual([`mail ${content}`, `www ${content}`]);
      expect(await mirrored(at)).toEqual([`mail ${content}`, `www ${content}`]);
      expect(await saidOf(at)).toBe("");
      const done = (await history(at)).filter(({ kind, state }) => kind === "change" && state === "applied");
      expect(done).toHaveLength(1);
    },
  );

  test("of the standard template, of another zone, and of a zone that was approved: the same", async () => {
    const standard = await template(true);
    try {
      const plain = newZone();
      await killedIn("before-first", "POST", zones, { name: plain.name, connection: "powerdns" });
      const copy = newZone();
      const source = await zone();
      const wish = { name: copy.name, clone: source.name, connection: "powerdns" };
      await killedIn("before-first", "POST", zones, wish);
      await later();
      expect(await served(plain.name, ["www"])).toEqual([`www ${standard.content}`]);
      expect(await served(copy.name, ["www"])).toEqual(await served(source.name, ["www"]));

      const { setSetting } = await import("#lib/settings/settings.ts");
      const staff = await panel.person("Approver", "root");
      const asked = newZone();
      setSetting("zone_claims", "proof");
      const { id } = (await owner.call<{ id: string }>("POST", zones, { name: asked.name, connection: "powerdns" }))
        .body;
      await killedIn("after-create", "POST", `/dns/claims/${id}/approve`, {}, staff);
      setSetting("zone_claims", "trusted");
      await later();
      expect(await served(asked.name, ["www"])).toEqual([`www ${standard.content}`]);
    } finally {
      await owner.call("DELETE", standard.path);
    }
  });

  test("that cannot be had any more: the zone says so until it changes, and its history for good", async () => {
    const { id, path: at, input } = await template();
    const { name, at: path } = newZone();
    await killedIn("before-first", "POST", zones, { name, template: id, connection: "powerdns" });
    await owner.call("DELETE", at);
    await later();
    const message =
      "The zone was made without its first records: There is no such template. A template can be applied under Import / export.";
    expect(await saidOf(path)).toBe(message);
    await compared(path);
    expect(await saidOf(path), "whatever the provider says").toBe(message);
    const entries = () => owner.call<{ items: object[] }>("GET", `${path}/changes`).then(({ body }) => body.items);
    expect(await entries()).toMatchObject([{ kind: "change", state: "not_applied", message }, { kind: "create" }]);
    const again = await owner.call<{ id: string }>("POST", templates, input);
    const applied = await owner.call("POST", `${path}/template`, { template: again.body.id });
    expect(applied).toMatchObject({ status: 200, body: { state: "applied" } });
    expect(await saidOf(path)).toBe("");
    expect(await entries()).toMatchObject([{ state: "applied" }, { state: "not_applied", message }, {}]);
  });
});

test("a change in the panel's own zone, killed inside its transaction, has not been", async () => {
  const { at } = await zone("local");
  const entries = await history(at);
  await killedIn("in-transaction", "POST", `${at}/records`, { name: "new", type: "A", content: "192.0.2.3" });
  expect([await history(at), await mirrored(at)]).toEqual([entries, ["www 192.0.2.1"]]);
  expect((await owner.call("POST", `${at}/records`, { name: "new", type: "A", content: "192.0.2.3" })).status).toBe(
    201,
  );
});

describe("deleting a zone", () => {
  test.each([
    ["before-delete", true],
    ["after-delete", false],
  ])("killed %s: it is there in the end: %s", async (moment, stays) => {
    const { name, at } = await zone();
    await killedIn(moment, "DELETE", at, { name });
    expect((await history(at))[0]).toMatchObject({ kind: "delete", state: "pending" });
    await settled();
    if (stays) expect(await served(name, ["www"])).toEqual(["www 192.0.2.1"]);
    else await expect(served(name, ["www"])).rejects.toThrow(/REFUSED/);
    expect((await owner.call("GET", at)).status).toBe(stays ? 200 : 404);
    if (stays) expect((await history(at))[0]).toMatchObject({ kind: "delete", state: "not_applied" });
    const deleted = await owner.call<{ items: { name: string }[] }>("GET", "/organisations/acme/dns/deleted-zones");
    expect(deleted.body.items.some((zone) => zone.name === `${name}.`)).toBe(!stays);
  });

  test.each(["before-recreate", "after-recreate"])("bringing it back, killed %s: it is carried on", async (moment) => {
    const { name, at } = await zone();
    const { id } = (await owner.call<{ id: string }>("GET", at)).body;
    await owner.call("DELETE", at, { name });
    await killedIn(moment, "POST", `/organisations/acme/dns/deleted-zones/${id}/restore`, {});
    await settled();
    const back = (await owner.call("GET", at)).status === 200;
    // Before anything was made nobody can tell, and it stays deleted.
    expect(back).toBe(moment === "after-recreate");
    if (!back) {
      expect((await owner.call("POST", `/organisations/acme/dns/deleted-zones/${id}/restore`, {})).status).toBe(201);
    }
    expect(await served(name, ["www"])).toEqual(["www 192.0.2.1"]);
    expect(await mirrored(at)).toEqual(["www 192.0.2.1"]);
  });

  test("of the panel's own, killed inside the transaction of either: it is what it was, with all that it held", async () => {
    const { name, at } = await zone("local");
    const { id } = (await owner.call<{ id: string }>("GET", at)).body;
    const back = `/organisations/acme/dns/deleted-zones/${id}/restore`;
    await killedIn("in-transaction", "DELETE", at, { name });
    expect(await mirrored(at)).toEqual(["www 192.0.2.1"]);
    expect((await owner.call("DELETE", at, { name })).status).toBe(200);
    await killedIn("in-transaction", "POST", back, {});
    expect((await owner.call("GET", at)).status).toBe(404);
    expect((await owner.call("POST", back, {})).status).toBe(201);
    expect(await mirrored(at)).toEqual(["www 192.0.2.1"]);
  });

  test.each(["after-recreate", "taken-over"])("bringing a large one back, killed %s in its thread", async (moment) => {
    const { name, at } = await zone();
    const rrsets = Array.from({ length: 1200 }, (_, index) => ({
      name: `h${index}`,
      type: "A",
      ttl: 60,
      records: [{ content: "192.0.2.7" }],
    }));
    expect((await owner.call("POST", `${at}/changes`, { rrsets })).status).toBe(200);
    const { id, recordCount } = (await owner.call<{ id: string; recordCount: number }>("GET", at)).body;
    expect((await owner.call("DELETE", at, { name })).status).toBe(200);
    await killedIn(moment, "POST", `/organisations/acme/dns/deleted-zones/${id}/restore`, {});
    await settled();
    expect((await owner.call("GET", at)).body).toMatchObject({ id, status: "active", recordCount });
    expect((await owner.call<{ total: number }>("GET", `${at}/records?q=192.0.2.7`)).body.total).toBe(1200);
    expect(await served(name, ["www", "h1199"])).toEqual(["h1199 192.0.2.7", "www 192.0.2.1"]);
    const { sweepGenerations } = await import("#lib/dns/large/sweep.ts");
    sweepGenerations();
    await expect.poll(() => sql.all("select 1 from generations where zone_id = ?", id)).toHaveLength(1);
  });
});
