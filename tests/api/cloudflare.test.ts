/** The pipeline at Cloudflare: what is sent, what is kept, and what is said when it goes wrong. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type CloudflareFake, startCloudflare } from "../support/cloudflare.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

interface Written {
  change: string;
  state: string;
  code: string;
  message: string;
  fields: Record<string, string>;
  revision: number;
}
interface Row {
  id: string;
  name: string;
  type: string;
  ttl: number | "auto";
  content: string;
  proxied?: boolean;
  comment?: string;
  managed?: string;
}
interface Sets {
  items: { name: string; type: string; hash: string }[];
}

const zones = "/organisations/acme/dns/zones";
let fake: CloudflareFake;
let panel: Panel;
let owner: Person;
let sequence = 0;
let sql: (text: string, ...values: unknown[]) => Record<string, unknown>[];
let settleAll: () => Promise<void>;

beforeAll(async () => {
  fake = await startCloudflare();
  panel = await startPanel({
    CLOUDFLARE_API_TOKEN: fake.token,
    CLOUDFLARE_ACCOUNT_ID: fake.accountId,
    CLOUDFLARE_API_BASE: fake.base,
    ZONEGATE_TEST_HOOKS: "1",
  });
  const { db } = await import("#db/client.ts");
  const { setSetting } = await import("#lib/settings/settings.ts");
  ({ settleAll } = await import("#lib/dns/settle.ts"));
  sql = (text, ...values) => {
    const statement = db().$client.prepare(text);
    if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
    statement.run(...values);
    return [];
  };
  setSetting("zone_claims", "trusted");
  owner = await panel.person("Owner");
  expect((await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
});
afterAll(async () => {
  await panel?.close();
  await fake?.close();
});
afterEach(() => {
  fake.fail(null);
  fake.coerce(null);
  expect(fake.malformed.splice(0), "no request that the schemas refuse").toEqual([]);
});

/** A zone that is at Cloudflare and in the panel. */
async function zone(plan: "free" | "pro" = "free") {
  const name = `cf${++sequence}.example`;
  const path = `${zones}/${name}`;
  expect((await owner.call("POST", zones, { name })).status).toBe(201);
  const there = fake.zone(name);
  Object.assign(there, { status: "active", plan });
  const { connectionById } = await import("#lib/dns/connections.ts");
  await connectionById("cloudflare")?.provider.zoneInfo(there.id);
  return {
    name,
    path,
    there,
    add: (label: string, more: object = {}) =>
      owner.call<Written & Row>("POST", `${path}/records`, {
        name: label,
        type: "A",
        content: "192.0.2.1",
        ...more,
      }),
    change: (body: object) => owner.call<Written>("POST", `${path}/changes`, body),
    rows: async (q = "") =>
      (await owner.call<{ items: Row[] }>("GET", `${path}/records?q=${q}&perPage=200`)).body.items,
    hash: async (label: string, type: string) =>
      (await owner.call<Sets>("GET", `${path}/rrsets?q=${label}`)).body.items.find((set) => set.type === type)?.hash ??
      "",
    history: async () => (await owner.call<{ items: Written[] }>("GET", `${path}/changes`)).body.items,
    held: () =>
      [...there.records.values()].map(({ name: at, type, content, ttl }) => `${at} ${type} ${ttl} ${content}`).sort(),
  };
}

const batches = () => fake.requests.filter(({ path }) => path.endsWith("/batch"));

describe("a zone", () => {
  test("is made at Cloudflare, and says which name servers the domain needs", async () => {
    const name = "made.example";
    const made = await owner.call("POST", zones, { name });
    expect(made).toMatchObject({ status: 201, body: { connection: "cloudflare", status: "pending" } });
    const { body } = await owner.call<{ statusMessage: string; offers: string[]; kind: string; types: string[] }>(
      "GET",
      `${zones}/${name}`,
    );
    expect(body.statusMessage).toBe(
      "Cloudflare serves this zone once the domain is delegated to cora.ns.cloudflare.com and rob.ns.cloudflare.com.",
    );
    expect(body).toMatchObject({
      kind: "cloudflare",
      offers: ["comments", "proxied", "tags", "autoTtl", "flattensApex"],
    });
    expect(body.types).toHaveLength(22);
    const rows = (await owner.call<{ items: Row[] }>("GET", `${zones}/${name}/records`)).body.items;
    expect(rows.map(({ type, content, managed }) => [type, content.split(" ")[0], managed])).toEqual([
      ["NS", "cora.ns.cloudflare.com.", "Cloudflare"],
      ["NS", "rob.ns.cloudflare.com.", "Cloudflare"],
      ["SOA", "cora.ns.cloudflare.com.", "Cloudflare"],
    ]);
    expect(await owner.call("POST", zones, { name: "made.example" })).toMatchObject({ status: 409 });
  });

  test("is copied to a place that has less, and back, with what is left out said", async () => {
    const at = await zone("pro");
    for (const [label, record] of [
      ["@", { type: "ALIAS", content: "shop.elsewhere.example." }],
      ["www", { proxied: true, comment: "the shop" }],
      ["mail", { ttl: 300 }],
    ] as const)
      expect((await at.add(label, record)).status, label).toBe(201);
    const copied = async (from: string, name: string, connection: string) => {
      const made = await owner.call<{ firstRecords: unknown }>("POST", zones, { name, connection, clone: from });
      expect(made.status).toBe(201);
      const { items } = (await owner.call<{ items: Row[] }>("GET", `${zones}/${name}/records`)).body;
      const own = items.filter(({ type }) => type !== "SOA" && type !== "NS");
      return { first: made.body.firstRecords, lines: own.map((one) => `${one.name} ${one.type} ${one.ttl}`).sort() };
    };
    const here = await copied(at.name, "copied.example", "local");
    expect(here.first).toEqual({
      state: "done",
      message:
        "ALIAS records are left out: this provider has none. Proxied records answer with their own addresses: there is no proxy here.",
    });
    expect(here.lines).toEqual(["mail.copied.example. A 300", "www.copied.example. A 300"]);
    for (const record of [
      { name: "low", type: "A", ttl: 5, content: "192.0.2.1" },
      { name: "lower", type: "A", ttl: 45, content: "192.0.2.1" },
      { name: "empty", type: "TXT", ttl: 300, content: '""' },
    ])
      expect((await owner.call("POST", `${zones}/copied.example/records`, record)).status).toBe(201);
    const back = await copied("copied.example", "back.example", "cloudflare");
    expect(back.first).toEqual({
      state: "done",
      message:
        "TTLs that this provider does not take become Auto. empty.back.example. TXT is left out: Cloudflare takes no empty text.",
    });
    expect(back.lines).toEqual([
      ...["low.back.example. A auto", "lower.back.example. A auto"],
      ...["mail.back.example. A 300", "www.back.example. A 300"],
    ]);
  });

  test("keeps its SOA and its name servers", async () => {
    const at = await zone();
    const [ns] = await at.rows();
    expect(await owner.call("DELETE", `${at.path}/records/${ns?.id}`)).toMatchObject({
      status: 422,
      body: { message: "The provider keeps the name servers of this zone itself." },
    });
    expect(batches().filter(({ path }) => path.includes(at.there.id))).toEqual([]);
  });
});

describe("records", () => {
  test("are added, changed and removed with three calls each, and keep their ids", async () => {
    const at = await zone();
    fake.requests.length = 0;
    const added = await at.add("www");
    expect(added).toMatchObject({ status: 201, body: { state: "applied", ttl: "auto" } });
    expect(fake.requests.map(({ method }) => method)).toEqual(["GET", "POST", "GET"]);
    expect(at.held()).toEqual([`www.${at.name} A 1 192.0.2.1`]);
    const [id] = at.there.records.keys();

    fake.requests.length = 0;
    const changed = await owner.call<Written>("PUT", `${at.path}/records/${added.body.id}`, {
      name: "www",
      type: "A",
      ttl: 300,
      content: "192.0.2.2",
    });
    expect(changed).toMatchObject({ status: 200, body: { state: "applied" } });
    expect(fake.requests).toHaveLength(3);
    expect(at.held()).toEqual([`www.${at.name} A 300 192.0.2.2`]);
    expect([...at.there.records.keys()]).toEqual([id]);

    const [row] = await at.rows("www");
    expect(await owner.call("DELETE", `${at.path}/records/${row?.id}`)).toMatchObject({ status: 200 });
    expect(at.held()).toEqual([]);
  });

  test("lose neither comment nor tags nor proxy when something else of them changes", async () => {
    const at = await zone("pro");
    expect((await at.add("www", { proxied: true, comment: "the shop", tags: ["team:web"] })).status).toBe(201);
    const set = { name: "www", type: "A", ttl: "auto" };
    const one = { content: "192.0.2.1", proxied: true, comment: "the shop", tags: ["team:web"] };
    fake.requests.length = 0;
    expect(await at.change({ rrsets: [{ ...set, records: [one, { content: "192.0.2.2" }] }] })).toMatchObject({
      status: 200,
    });
    const [batch] = batches();
    expect(batch?.body).toEqual({ posts: [{ name: `www.${at.name}`, type: "A", ttl: 1, content: "192.0.2.2" }] });

    const moved = { ...one, content: "192.0.2.3" };
    fake.requests.length = 0;
    expect((await at.change({ rrsets: [{ ...set, records: [moved, { content: "192.0.2.2" }] }] })).status).toBe(200);
    const sent = batches()[0]?.body as { patches: object[] } | undefined;
    expect(sent?.patches[0]).not.toHaveProperty("comment");
    expect([...at.there.records.values()].find(({ content }) => content === "192.0.2.3")).toMatchObject({
      proxied: true,
      comment: "the shop",
      tags: ["team:web"],
      ttl: 1,
    });
    expect(await at.rows("www")).toMatchObject([
      { content: "192.0.2.2" },
      { proxied: true, comment: "the shop", tags: ["team:web"] },
    ]);
  });

  test("an ALIAS at the apex is a CNAME there, beside mail and not beside addresses", async () => {
    const at = await zone();
    const added = await at.add("@", { type: "ALIAS", content: "shop.elsewhere.example.", proxied: true });
    expect(added).toMatchObject({ status: 201, body: { state: "applied" } });
    expect((await at.add("@", { type: "MX", content: "10 mail.elsewhere.example." })).status).toBe(201);
    expect(at.held()).toEqual([`${at.name} CNAME 1 shop.elsewhere.example`, `${at.name} MX 1 mail.elsewhere.example`]);
    expect(await at.add("@")).toMatchObject({
      status: 422,
      body: { fields: { type: expect.stringContaining("ALIAS") } },
    });
    expect(await at.add("www", { type: "ALIAS", content: "shop.elsewhere.example." })).toMatchObject({
      status: 422,
      body: { fields: { type: expect.stringContaining("write CNAME") } },
    });
    // Its record keeps its id when it points elsewhere, and so does the proxy.
    const [id] = [...at.there.records.keys()];
    const row = (await at.rows()).find(({ type }) => type === "ALIAS");
    expect(row).toMatchObject({ name: `${at.name}.`, content: "shop.elsewhere.example.", proxied: true });
    const moved = { name: "@", type: "ALIAS", ttl: "auto", content: "new.elsewhere.example.", proxied: true };
    expect(await owner.call("PUT", `${at.path}/records/${row?.id}`, moved)).toMatchObject({ status: 200 });
    expect(at.there.records.get(id ?? "")).toMatchObject({ type: "CNAME", content: "new.elsewhere.example" });
    // Nothing has changed behind the panel's back.
    sql("update zones set refreshed_at = 0, compared_at = 0");
    expect(await owner.call("POST", `${at.path}/refresh`)).toMatchObject({ body: { moved: false, problem: null } });
  });

  test("a CNAME that is wanted at the apex is the ALIAS there, by itself, in a file or in a template", async () => {
    const at = await zone();
    const content = "shop.elsewhere.example.";
    expect((await at.add("@", { type: "CNAME", content })).status).toBe(201);
    expect(at.held()).toEqual([`${at.name} CNAME 1 shop.elsewhere.example`]);
    expect(await at.change({ deletions: [{ name: "@", type: "CNAME" }] })).toMatchObject({ status: 200 });
    expect(at.held()).toEqual([]);

    const text = `@ 300 IN CNAME ${content}\n`;
    const plan = await owner.call("POST", `${at.path}/import`, { mode: "merge", text, dryRun: true });
    expect(plan).toMatchObject({ status: 200, body: { warnings: [{ code: "apex_alias" }] } });
    const imported = await owner.call("POST", `${at.path}/import`, { mode: "merge", text, dryRun: false });
    expect(imported).toMatchObject({ status: 200, body: { state: "applied", warnings: [{ code: "apex_alias" }] } });
    expect(at.held()).toEqual([`${at.name} CNAME 300 shop.elsewhere.example`]);
    const headers = { cookie: owner.cookie };
    const { handleApi } = await import("#lib/api/http.ts");
    const download = await handleApi(new Request(`http://localhost:3000/api${at.path}/export`, { headers }));
    const exported = await download.text();
    expect(exported).toContain(`${at.name}.\t300\tIN\tALIAS\tshop.elsewhere.example.\n`);
    // What was exported says the same.
    const again = await owner.call("POST", `${at.path}/import`, { mode: "replace", text: exported, dryRun: true });
    expect(again).toMatchObject({ status: 200, body: { plan: [] } });

    // Another one in a file takes its place.
    const other = { mode: "merge", text: "@ 300 IN ALIAS other.elsewhere.example.\n", dryRun: false };
    expect(await owner.call("POST", `${at.path}/import`, other)).toMatchObject({ status: 200 });
    expect(at.held()).toEqual([`${at.name} CNAME 300 other.elsewhere.example`]);
    const [entry] = (await owner.call<{ items: { id: string }[] }>("GET", `${at.path}/changes`)).body.items;
    expect(await owner.call("POST", `${at.path}/changes/${entry?.id}/revert`, {})).toMatchObject({ status: 200 });
    expect(at.held()).toEqual([`${at.name} CNAME 300 shop.elsewhere.example`]);
  });

  test("what stands beside a CNAME may stay there while that is proxied", async () => {
    const at = await zone();
    expect((await at.add("shop", { type: "CNAME", content: "shop.elsewhere.example.", proxied: true })).status).toBe(
      201,
    );
    expect((await at.add("shop", { type: "TXT", text: "proof=1" })).status).toBe(201);
    const refused = { status: 422, body: { fields: { type: expect.stringContaining("CNAME") } } };
    expect(await at.add("shop")).toMatchObject(refused);
    expect((await at.add("plain", { type: "CNAME", content: "shop.elsewhere.example." })).status).toBe(201);
    expect(await at.add("plain", { type: "TXT", text: "proof=1" })).toMatchObject(refused);
  });

  test.each<[string, object, string, string]>([
    ["a proxied record with a TTL", { proxied: true, ttl: 300 }, "ttl", "What is proxied has the TTL Auto."],
    [
      "a proxied MX",
      { type: "MX", content: "1 a.example.", proxied: true },
      "content",
      "Cloudflare proxies only A, AAAA, ALIAS and CNAME; MX is none of them.",
    ],
    ["a TTL below the plan's", { ttl: 30 }, "ttl", "This zone takes TTLs from 60 seconds, or Auto."],
    ["a long comment", { comment: "x".repeat(101) }, "content", "A comment has at most 100 characters in this zone."],
    ["tags on a plan without", { tags: ["a:b"] }, "content", "The plan of this zone at Cloudflare has no tags."],
    ["a comment of two lines", { comment: "one\ntwo" }, "content", "A comment is one line."],
    ["a CNAME to itself", { type: "CNAME", content: "x" }, "content", "A CNAME cannot point to itself."],
    [
      "a text beyond a record",
      { type: "TXT", text: "x".repeat(4090) },
      "content",
      "A record has at most 4096 octets here; this one has 4107.",
    ],
    ["an empty text", { type: "TXT", content: '""' }, "content", "Cloudflare takes no empty text."],
    ["a disabled record", { disabled: true }, "content", "This provider has no disabled records."],
  ])("%s is refused at its field, and nothing is sent", async (_, record, field, message) => {
    const at = await zone();
    fake.requests.length = 0;
    const answer = await at.add("x", record);
    expect(answer).toMatchObject({ status: 422, body: { code: "invalid_input", fields: { [field]: message } } });
    expect(batches()).toEqual([]);
  });

  test("that Cloudflare cannot write, tags that are none, and sets beyond its measure are refused", async () => {
    const at = await zone("pro");
    fake.requests.length = 0;
    const naptr = await at.add("x", { type: "NAPTR", content: String.raw`1 1 "u" "x\200" "" .` });
    const message = `Cloudflare has no way to write this NAPTR record of x.${at.name}.`;
    expect(naptr).toMatchObject({ status: 422, body: { fields: { content: message } } });
    expect(await at.add("x", { tags: ["cf-team:web"] })).toMatchObject({
      status: 422,
      body: { fields: { content: expect.stringMatching(/^cf-team:web is no tag: /) } },
    });
    const records = ["a", "b", "c"].map((letter) => ({ text: letter.repeat(3000) }));
    const [, ...two] = records;
    const write = (some: object[]) => at.change({ rrsets: [{ name: "x", type: "TXT", ttl: "auto", records: some }] });
    const refused = await write(records);
    expect(refused).toMatchObject({ status: 422 });
    expect(refused.body.message).toBe(
      "Cloudflare takes 8192 characters for all records of a name and type; these are 9105.",
    );
    expect(batches()).toEqual([]);
    expect(await write(two)).toMatchObject({ status: 200, body: { state: "applied" } });
  });

  test("of other products are shown as such, and never touched", async () => {
    const at = await zone();
    const mx = { name: at.name, type: "MX", ttl: 1, content: "route1.mx.cloudflare.net", priority: 12 };
    fake.put(at.there, { ...mx, meta: { email_routing: true, read_only: true } });
    sql("update zones set refreshed_at = 0, compared_at = 0");
    expect(await owner.call("POST", `${at.path}/refresh`)).toMatchObject({ body: { moved: true, problem: null } });
    const row = (await at.rows()).find(({ type }) => type === "MX");
    expect(row).toMatchObject({ content: "12 route1.mx.cloudflare.net.", managed: "Email Routing" });
    const refused = { status: 422, body: { message: expect.stringMatching(/^Email Routing put a record/) } };
    expect(await owner.call("DELETE", `${at.path}/records/${row?.id}`)).toMatchObject(refused);
    expect(await at.change({ deletions: [{ name: "@", type: "MX" }] })).toMatchObject(refused);
    const file = { mode: "replace", text: "@ 300 IN MX 5 in.elsewhere.example.\nnew 300 IN A 192.0.2.1\n" };
    expect(await owner.call("POST", `${at.path}/import`, { ...file, dryRun: false })).toMatchObject({ status: 200 });
    expect(at.held()).toEqual([
      `${at.name} MX 1 in.elsewhere.example`,
      `${at.name} MX 1 route1.mx.cloudflare.net`,
      `new.${at.name} A 300 192.0.2.1`,
    ]);
    const beside = await at.add("@", { type: "MX", content: "20 mail.elsewhere.example." });
    expect(beside).toMatchObject({ status: 201, body: { state: "applied" } });
    expect(at.held()).toHaveLength(4);
  });

  test("of other products keep their TTL and comment, whatever becomes of what stands beside them", async () => {
    const at = await zone();
    const mx = { name: at.name, type: "MX", content: "route1.mx.cloudflare.net", priority: 12 };
    fake.put(at.there, { ...mx, ttl: 1, comment: "by routing", meta: { email_routing: true } });
    fake.put(at.there, { name: at.name, type: "MX", ttl: 60, content: "mail.elsewhere.example", priority: 20 });
    sql("update zones set refreshed_at = 0, compared_at = 0");
    expect(await owner.call("POST", `${at.path}/refresh`)).toMatchObject({ body: { moved: true, problem: null } });
    const theirs = () => [...at.there.records.values()].find(({ content }) => content === mx.content);
    const before = structuredClone(theirs());
    const own = async () => (await at.rows()).find(({ type, managed }) => type === "MX" && !managed);

    const moved = { name: "@", type: "MX", ttl: 60, content: "30 mail.elsewhere.example." };
    const edited = await owner.call("PUT", `${at.path}/records/${(await own())?.id}`, moved);
    expect(edited).toMatchObject({ status: 200, body: { state: "applied" } });
    // As a script writes a set: without what it does not know of.
    const records = [{ content: "12 route1.mx.cloudflare.net." }, { content: "40 mail.elsewhere.example." }];
    const written = await at.change({ rrsets: [{ name: "@", type: "MX", ttl: 60, records }] });
    expect(written).toMatchObject({ status: 200, body: { state: "applied" } });
    expect(at.held()).toEqual([`${at.name} MX 1 route1.mx.cloudflare.net`, `${at.name} MX 60 mail.elsewhere.example`]);
    const removed = await owner.call("DELETE", `${at.path}/records/${(await own())?.id}`);
    expect(removed).toMatchObject({ status: 200, body: { state: "applied" } });
    expect(at.held()).toEqual([`${at.name} MX 1 route1.mx.cloudflare.net`]);
    expect(theirs()).toEqual(before);
  });
});

describe("what somebody else did at Cloudflare", () => {
  test("is an outside change, and a conflict for who had seen it otherwise", async () => {
    const at = await zone();
    await at.add("www");
    const hash = await at.hash("www", "A");
    const [record] = at.there.records.values();
    if (record) at.there.records.set(record.id, { ...record, content: "203.0.113.9" });
    const set = { name: "www", type: "A", ttl: "auto", records: [{ content: "192.0.2.2" }] };
    expect(await at.change({ rrsets: [set], expect: [{ name: "www", type: "A", hash }] })).toMatchObject({
      status: 409,
      body: { code: "zone_moved", conflicts: [{ now: { records: [{ content: "203.0.113.9" }] } }] },
    });
    expect(at.held()).toEqual([`www.${at.name} A 1 203.0.113.9`]);
    expect((await at.history())[0]).toMatchObject({ kind: "outside", state: "applied" });
    expect((await at.rows("www")).map(({ content }) => content)).toEqual(["203.0.113.9"]);
  });

  test("a record made there in the meantime is no failure if it is the same", async () => {
    const at = await zone();
    fake.fail({ fault: "502-after", method: "POST", times: 1 });
    expect(await at.add("same")).toMatchObject({ status: 201, body: { state: "applied" } });
    expect(batches().filter(({ path }) => path.includes(at.there.id))).toHaveLength(1);
  });
});

describe("Cloudflare stores something else than it is sent", () => {
  test("the change differs, and the mirror has what is there", async () => {
    const at = await zone();
    fake.coerce((record) => ({ ...record, ttl: 120 }));
    const answer = await at.change({
      rrsets: [{ name: "www", type: "A", ttl: 300, records: [{ content: "192.0.2.1" }] }],
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { state: "differs", differs: [{ type: "A", sent: { ttl: 300 }, found: { ttl: 120 } }] },
    });
    expect(await at.rows("www")).toMatchObject([{ ttl: 120 }]);
  });
});

describe("more than a batch takes", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      name: `h${index}`,
      type: "A",
      ttl: 300,
      records: [{ content: "192.0.2.1" }],
    }));

  test("goes in several, as the preview says, and a refusal in between is partial", async () => {
    const at = await zone();
    const preview = await at.change({ rrsets: many(450), dryRun: true });
    expect(preview.body).toMatchObject({ steps: 3 });
    at.there.quota = 400;
    fake.requests.length = 0;
    const answer = await at.change({ rrsets: many(450) });
    expect(answer).toMatchObject({
      status: 200,
      body: { state: "partial", message: expect.stringMatching(/as many records as its plan/) },
    });
    expect(batches().map(({ body }) => (body as { posts: unknown[] }).posts.length)).toEqual([200, 200, 50]);
    expect(at.there.records.size).toBe(400);
    expect((await owner.call<{ total: number }>("GET", `${at.path}/records`)).body.total).toBe(400 + 3);
    expect((await at.history())[0]).toMatchObject({ state: "partial", steps: 3, stepsDone: 2 });
  });
});

describe("faults", () => {
  test.each(["502-after", "drop-after", "false-after", "garbage"] as const)(
    "%s of the batch: it is applied, once",
    async (fault) => {
      const at = await zone();
      fake.requests.length = 0;
      fake.fail({ fault, method: "POST", times: 1 });
      expect(await at.add("www")).toMatchObject({ status: 201, body: { state: "applied" } });
      expect(batches()).toHaveLength(1);
      expect(at.held()).toEqual([`www.${at.name} A 1 192.0.2.1`]);
    },
  );

  test.each(["502-before", "drop-before"] as const)("%s of the batch: it is sent again, once", async (fault) => {
    const at = await zone();
    fake.requests.length = 0;
    fake.fail({ fault, method: "POST", times: 1 });
    expect(await at.add("www")).toMatchObject({ status: 201, body: { state: "applied" } });
    expect(batches()).toHaveLength(2);
    fake.fail({ fault, method: "POST" });
    fake.requests.length = 0;
    expect(await at.add("other")).toMatchObject({ status: 202, body: { state: "unknown" } });
    expect(batches()).toHaveLength(2);
    expect(at.held()).toHaveLength(1);
  });

  test("a refusal with the status of a success is one", async () => {
    const at = await zone();
    fake.fail({ fault: "false-before", method: "POST" });
    expect(await at.add("www")).toMatchObject({ status: 422, body: { code: "provider_refused" } });
    expect(at.held()).toEqual([]);
    expect((await at.history())[0]).toMatchObject({ state: "refused" });
  });

  test("applied without an answer, and no reading back: settled as applied later", async () => {
    const at = await zone();
    fake.coerce((record) => {
      // From here on nothing is answered.
      fake.fail({ fault: "502-before" });
      return record;
    });
    fake.fail({ fault: "502-after", method: "POST", times: 1 });
    const answer = await at.add("www");
    expect(answer).toMatchObject({ status: 202, body: { state: "unknown" } });
    fake.coerce(null);
    fake.fail(null);
    // No call that was given up lands any more.
    writeFileSync(path.join(panel.dataDir, "landing-ms"), "0");
    await settleAll();
    await settleAll();
    expect((await at.history())[0]).toMatchObject({ id: answer.body.change, state: "applied" });
    expect(await at.rows("www")).toMatchObject([{ content: "192.0.2.1" }]);
  });

  test("a large change is worked out in another thread, and its calls are counted in the one queue", async () => {
    const at = await zone("pro");
    at.there.quota = 3500;
    const { connectionById } = await import("#lib/dns/connections.ts");
    const used = () => connectionById("cloudflare")?.provider.load?.().used ?? 0;
    const [usedBefore, madeBefore] = [used(), fake.requests.length];
    const rrsets = Array.from({ length: 1010 }, (_, index) => ({
      name: `h${index}`,
      type: "A",
      ttl: 300,
      records: [{ content: `192.0.2.${index % 250}` }],
    }));
    const done = await at.change({ rrsets });
    expect(done).toMatchObject({ status: 200, body: { state: "applied", cut: { plan: 810 } } });
    expect(at.there.records.size).toBe(1010);
    expect(fake.requests.length - madeBefore).toBeGreaterThan(2);
    expect(used() - usedBefore).toBe(fake.requests.length - madeBefore);
    const operator = await panel.person("Operator", "root");
    const listed = await operator.call<{ items: { id: string }[] }>("GET", "/dns/connections");
    expect(listed.body.items.find(({ id }) => id === "cloudflare")).toMatchObject({
      load: { waiting: 0, used: used(), limit: 1200, windowMs: 300_000, pausedUntil: null },
    });
    expect(listed.body.items.find(({ id }) => id === "local")).toMatchObject({ load: null });
    const back = await owner.call("POST", `${at.path}/changes/${done.body.change}/revert`, { confirm: true });
    expect(back).toMatchObject({ status: 200, body: { state: "applied" } });
    expect(at.there.records.size).toBe(0);
    expect(used() - usedBefore).toBe(fake.requests.length - madeBefore);
  });

  /** Batches that would change something, and those that only try the right to. */
  const sent = (to: { id: string }) => {
    const there = batches().filter(({ path: at }) => at.includes(to.id));
    const tried = there.filter(({ body }) => (body as { posts?: unknown[] }).posts?.length === 0).length;
    return { tried, written: there.length - tried };
  };
  const stale = () => sql("update zones set refreshed_at = 0, compared_at = 0");
  const readOnly = async (at: { path: string }) => {
    stale();
    await owner.call("POST", `${at.path}/refresh`);
    return (await owner.call<{ readOnly: string | null }>("GET", at.path)).body.readOnly;
  };
  const MAY_NOT = "The token of this connection may read the records of this zone at Cloudflare, but not change them.";

  test("a token that may only read is told so when something is applied, and from then on before", async () => {
    const at = await zone();
    const refused = { status: 422, body: { fields: { name: MAY_NOT } } };
    fake.tokens.get(fake.token)?.rights.delete("edit");
    try {
      expect(await at.add("www")).toMatchObject({
        status: 502,
        body: { message: "Cloudflare did not accept the API token, or the token may not do this." },
      });
      expect((await at.history())[0]).toMatchObject({ state: "refused" });
      expect(sent(at.there), "while it was read back").toEqual({ tried: 1, written: 1 });
      expect(await at.add("www")).toMatchObject(refused);
      expect(await at.add("mail")).toMatchObject(refused);
      expect(sent(at.there)).toEqual({ tried: 1, written: 1 });
      expect(await readOnly(at)).toMatch(/the token of their connection may not change them at Cloudflare/);
    } finally {
      fake.tokens.get(fake.token)?.rights.add("edit");
    }
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    try {
      expect((await at.add("www")).status, "somebody has given it the right").toBe(201);
      expect(await readOnly(at)).toBeNull();
      expect(sent(at.there)).toEqual({ tried: 2, written: 2 });
    } finally {
      vi.useRealTimers();
    }
  });

  test("what Cloudflare says of rights in a zone is tried before it is believed, and keeps nobody out by itself", async () => {
    const [open, shut, silent] = [await zone(), await zone(), await zone()];
    const permissions = ["#dns_records:read", "#zone:read"];
    for (const { there } of [open, shut]) there.permissions = permissions;
    silent.there.permissions = [];
    expect(await readOnly(open)).toBeNull();
    expect((await open.add("www")).status).toBe(201);
    expect(sent(open.there)).toEqual({ tried: 1, written: 1 });
    fake.tokens.get(fake.token)?.rights.delete("edit");
    try {
      expect(await readOnly(shut)).toMatch(/the token of their connection may not change them at Cloudflare/);
      expect(await readOnly(silent)).toBeNull();
      const record = { name: "www", type: "A", ttl: 300, records: [{ content: "192.0.2.1" }] };
      expect(await shut.change({ rrsets: [record], dryRun: true })).toMatchObject({
        status: 200,
        body: { errors: [{ code: "zone_read_only", message: MAY_NOT }] },
      });
      expect(await shut.change({ rrsets: [record] })).toMatchObject({ status: 422, body: { message: MAY_NOT } });
      expect(sent(shut.there)).toEqual({ tried: 1, written: 0 });
      expect(sent(silent.there)).toEqual({ tried: 0, written: 0 });
    } finally {
      fake.tokens.get(fake.token)?.rights.add("edit");
    }
  });

  test("nobody answers: a sentence, and nothing is journaled", async () => {
    const at = await zone();
    await fake.down();
    try {
      expect(await at.add("www")).toMatchObject({ status: 502, body: { message: "Cloudflare cannot be reached." } });
    } finally {
      await fake.up();
    }
    expect((await at.history()).filter(({ state }) => state !== "applied")).toEqual([]);
    expect((await at.add("www")).status).toBe(201);
  });

  // The last one: the queue of this token stays shut for as long as Cloudflare said.
  test("a storm of 429: a sentence within ten seconds, for reads and for writes, and the mirror is there", async () => {
    const at = await zone();
    await at.add("www");
    fake.fail({ fault: "429", retryAfter: 240 });
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => at.add(`storm${index}`)));
    expect(performance.now() - began).toBeLessThan(10_000);
    for (const answer of answers)
      expect(answer).toMatchObject({
        status: 429,
        body: {
          code: "rate_limited",
          message: "Cloudflare takes no more calls with this token at the moment. Try again in 4 minutes.",
        },
      });
    const asked = fake.requests.length;
    sql("update zones set refreshed_at = 0");
    const refreshed = await owner.call<{ problem: string }>("POST", `${at.path}/refresh`);
    expect(refreshed.body.problem).toMatch(/^Cloudflare takes no more calls/);
    expect(fake.requests).toHaveLength(asked);
    expect(await at.rows("www")).toHaveLength(1);
    expect(at.held()).toHaveLength(1);
  });
});
