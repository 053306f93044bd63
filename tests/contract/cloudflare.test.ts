/** What only Cloudflare does: forms of records, pages, ids, limits, tokens, and what it stores beside content. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makePlan } from "#lib/dns/plan.ts";
import { type CloudflareOptions, cloudflare } from "#lib/dns/providers/cloudflare.ts";
import { inspectCloudflareToken } from "#lib/dns/providers/cloudflare-token.ts";
import type { Provider } from "#lib/dns/providers/provider.ts";
import { type RRset, rrsetKey } from "#lib/dns/rrset.ts";
import { type CloudflareFake, startCloudflare } from "../support/cloudflare.ts";
import type { FakeZone, RecordInput } from "../support/cloudflare-zone.ts";

let fake: CloudflareFake;
let provider: Provider;
let sequence = 0;

beforeAll(async () => {
  fake = await startCloudflare();
  provider = make();
});
afterAll(() => fake?.close());
afterEach(() => {
  fake.fail(null);
  fake.coerce(null);
  fake.limit(1200, 300_000);
  expect(fake.malformed.splice(0), "no request that the schemas refuse").toEqual([]);
});

const make = (more: Partial<CloudflareOptions> = {}) =>
  cloudflare({ token: fake.token, accountId: fake.accountId, base: fake.base, ...more });

/** A token of its own has a queue of its own. */
function anotherToken(rights = ["read", "edit", "zones"]): string {
  const token = `token-${++sequence}`;
  fake.tokens.set(token, { rights: new Set(rights), zones: "all", status: "active" });
  return token;
}

const zone = (more: Partial<FakeZone> = {}) => fake.addZone({ name: `z${++sequence}.example`, plan: "pro", ...more });
const at = (there: FakeZone, label: string, type: string, ttl: RRset["ttl"], ...contents: string[]): RRset => ({
  name: label === "@" ? `${there.name}.` : `${label}.${there.name}.`,
  type,
  ttl,
  records: contents.map((content) => ({ content })),
});
const put = (there: FakeZone, name: string, type: string, more: Partial<RecordInput>) =>
  fake.put(there, { name, type, ttl: 300, ...more });

/** Brings the sets of these names to what is wanted. */
async function move(
  there: FakeZone,
  wanted: RRset[],
  names = wanted.map(({ name }) => name),
  by = provider,
): Promise<RRset[]> {
  const current = (await by.readNames(there.id, names)).rrsets.filter(({ type }) => type !== "SOA");
  const scope = new Set([...current, ...wanted].map(rrsetKey));
  await by.apply(there.id, makePlan(current, wanted, { scope, apex: `${there.name}.` }));
  return (await by.readNames(there.id, names)).rrsets;
}

const contents = (sets: readonly RRset[]) => sets.flatMap(({ records }) => records.map(({ content }) => content));

describe("forms of records", () => {
  it.each<[string, string, object]>([
    [
      "CAA",
      '0 issue "ca.example; account=\\"1\\""',
      { data: { flags: 0, tag: "issue", value: 'ca.example; account="1"' } },
    ],
    [
      "CERT",
      "1 12345 8 MIIBIjANBgkq",
      { data: { type: 1, key_tag: 12345, algorithm: 8, certificate: "MIIBIjANBgkq" } },
    ],
    [
      "DNSKEY",
      "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0d",
      { data: { flags: 257, protocol: 3, algorithm: 13, public_key: "mdsswUyr3DPW132mOi8V9xESWE8jTo0d" } },
    ],
    ["HTTPS", "1 . alpn=h2,h3", { data: { priority: 1, target: ".", value: "alpn=h2,h3" } }],
    [
      "LOC",
      "51 30 12.748 N 0 7 39.611 W 10.00m 1.00m 10000.00m 10.00m",
      { data: { lat_degrees: 51, lat_seconds: 12.748, long_direction: "W", altitude: 10, precision_horz: 10_000 } },
    ],
    ["MX", "10 mail.example.net.", { content: "mail.example.net", priority: 10 }],
    [
      "NAPTR",
      '100 10 "u" "E2U+sip" "!^.*$!sip:a@b.example!" .',
      { data: { order: 100, regex: "!^.*$!sip:a@b.example!", replacement: "." } },
    ],
    [
      "OPENPGPKEY",
      "mQINBFit2jsBEADrbl5vjVxYeAE0g0IDYCBpHirv1Sjlqxx5gjtPhb2YhvyDMXjq",
      { content: "mQINBFit2jsBEADrbl5vjVxYeAE0g0IDYCBpHirv1Sjlqxx5gjtPhb2YhvyDMXjq" },
    ],
    ["PTR", "host.example.net.", { content: "host.example.net" }],
    [
      "SRV",
      "10 60 5060 sip.example.net.",
      { data: { priority: 10, weight: 60, port: 5060, target: "sip.example.net" } },
    ],
    [
      "SSHFP",
      "4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789",
      { data: { algorithm: 4, type: 2 } },
    ],
    ["SVCB", "2 svc.example.net. port=853", { data: { priority: 2, target: "svc.example.net", value: "port=853" } }],
    [
      "TLSA",
      "3 1 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971",
      { data: { usage: 3, selector: 1, matching_type: 1 } },
    ],
    ["SMIMEA", "3 1 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971", { data: { usage: 3 } }],
    [
      "URI",
      '10 1 "https://www.example.net/a?b=%22"',
      { priority: 10, data: { weight: 1, target: "https://www.example.net/a?b=%22" } },
    ],
  ])("%s goes there and comes back", async (type, content, sent) => {
    const there = zone();
    const set = at(there, "x", type, 300, content);
    fake.requests.length = 0;
    expect(await move(there, [set])).toMatchObject([{ type, ttl: 300, records: [{ content }] }]);
    const batch = fake.requests.find(({ path }) => path.endsWith("/batch"))?.body as { posts: object[] } | undefined;
    expect(batch?.posts).toMatchObject([{ name: `x.${there.name}`, type, ttl: 300, ...sent }]);
  });

  it("DS follows the NS of its name, and goes before it", async () => {
    const there = zone();
    const [ns, ds] = [
      at(there, "sub", "NS", 300, "ns.example.net."),
      at(there, "sub", "DS", 300, `1 13 2 ${"ab".repeat(32)}`),
    ];
    expect(await move(there, [ds, ns])).toHaveLength(2);
    expect(await move(there, [], [ns.name])).toEqual([]);
  });

  it("a text without quotes is the text, whatever is in it", async () => {
    const there = zone();
    const texts = ["v=spf1 -all", 'say "hi" twice', "a\\b", '"quoted" and not'];
    for (const content of texts) put(there, `t${texts.indexOf(content)}`, "TXT", { content });
    const { rrsets } = await provider.readZone(there.id);
    const found = texts.map(
      (_, index) => contents(rrsets.filter(({ name }) => name === `t${index}.${there.name}.`))[0],
    );
    expect(found).toEqual(['"v=spf1 -all"', '"say \\"hi\\" twice"', '"a\\\\b"', '"\\"quoted\\" and not"']);
  });

  it("names of zones and records with letters beyond ASCII are A-labels", async () => {
    const there = zone({ name: "bücher.example" });
    put({ ...there, name: "xn--bcher-kva.example", records: there.records }, "www.xn--bcher-kva.example", "A", {
      content: "192.0.2.1",
    });
    expect((await provider.zoneInfo(there.id)).name).toBe("xn--bcher-kva.example.");
    expect((await provider.readZone(there.id)).rrsets.map(({ name }) => name)).toContain("www.xn--bcher-kva.example.");
  });
});

describe("sets of records", () => {
  it("with different TTLs have the lowest, and say so; a change gives all the same", async () => {
    const there = zone();
    put(there, "www", "A", { content: "192.0.2.1", ttl: 3600 });
    put(there, "www", "A", { content: "192.0.2.2", ttl: 120 });
    put(there, "www", "A", { content: "192.0.2.3", ttl: 1 });
    const { info, rrsets } = await provider.readZone(there.id);
    expect(info.statusMessage).toMatch(/^The records of one set have different TTLs/);
    const [set] = rrsets.filter(({ type }) => type === "A");
    expect(set).toMatchObject({ ttl: 120, records: [{ ownTtl: 3600 }, {}, { ownTtl: "auto" }] });
    await move(there, [at(there, "www", "A", 120, "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4")]);
    expect([...there.records.values()].map(({ ttl }) => ttl)).toEqual([120, 120, 120, 120]);
  });

  it("two spellings of one content are one record, which goes and stays as one", async () => {
    const there = zone();
    put(there, "txt", "TXT", { content: "hello" });
    put(there, "txt", "TXT", { content: '"hello"' });
    put(there, "txt", "TXT", { content: '"other"' });
    const name = `txt.${there.name}.`;
    expect(contents((await provider.readNames(there.id, [name])).rrsets)).toEqual(['"hello"', '"other"']);
    await move(there, [at(there, "txt", "TXT", 600, '"hello"', '"other"')]);
    expect([...there.records.values()].map(({ ttl }) => ttl)).toEqual([600, 600]);
    await move(there, [], [name]);
    expect(there.records.size).toBe(0);
  });

  it("keep the ids of what stays and of what is replaced", async () => {
    const there = zone();
    await move(there, [at(there, "www", "A", 300, "192.0.2.1", "192.0.2.2", "192.0.2.3")]);
    const before = new Map([...there.records.values()].map(({ id, content }) => [content, id]));
    await move(there, [at(there, "www", "A", 300, "192.0.2.1", "192.0.2.9")]);
    const after = new Map([...there.records.values()].map(({ id, content }) => [content, id]));
    expect(after.get("192.0.2.1")).toBe(before.get("192.0.2.1"));
    expect([...before.values()]).toContain(after.get("192.0.2.9"));
    expect(after.size).toBe(2);
  });

  it("an id that is gone, or somebody else's by now, changes nothing", async () => {
    const there = zone();
    await move(there, [at(there, "www", "A", 300, "192.0.2.1"), at(there, "ftp", "A", 300, "192.0.2.2")]);
    const { rrsets } = await provider.readZone(there.id);
    const [ftp] = rrsets.filter(({ name }) => name.startsWith("ftp"));
    if (!ftp) throw new Error("no set");
    there.records.clear();
    put(there, "ftp", "A", { content: "203.0.113.1" });
    const plan = makePlan([ftp], [], { scope: new Set([rrsetKey(ftp)]), apex: `${there.name}.` });
    await expect(provider.apply(there.id, plan)).rejects.toMatchObject({
      outcome: "refused",
      message: expect.stringContaining("the record is no longer there"),
      at: { name: ftp.name, type: "A" },
    });
    expect(there.records.size).toBe(1);
    there.records.clear();
    await provider.apply(there.id, plan);
  });
});

describe("reading", () => {
  it("a zone of many pages, without asking for an empty one", async () => {
    const there = zone({ quota: 1e6 });
    const { records } = there;
    const one = put(there, "h0", "A", { content: "192.0.2.1" });
    for (let index = 1; index < 12_000; index += 1)
      records.set(`${index}`, { ...one, id: `${index}`, name: `h${index}.${there.name}` });
    fake.requests.length = 0;
    const { rrsets } = await provider.readZone(there.id);
    expect(rrsets).toHaveLength(12_000 + 2);
    expect(fake.requests.filter(({ path }) => path.endsWith("/dns_records"))).toHaveLength(3);
    fake.requests.length = 0;
    const names = Array.from({ length: 10 }, (_, index) => `h${index}.${there.name}.`);
    expect((await provider.readNames(there.id, names)).rrsets).toHaveLength(10);
    expect(fake.requests.every(({ query }) => query.has("name.exact"))).toBe(true);
  });

  it("one name is one call, and the apex has its SOA and NS", async () => {
    const there = zone();
    await provider.zoneInfo(there.id);
    fake.requests.length = 0;
    const { rrsets } = await provider.readNames(there.id, [`${there.name}.`]);
    expect(rrsets.map(({ type }) => type)).toEqual(["NS", "SOA"]);
    expect(fake.requests).toHaveLength(1);
  });

  it.each<[string, Partial<FakeZone>, object]>([
    ["active", {}, { status: "active" }],
    [
      "pending",
      { status: "pending" },
      { status: "pending", statusMessage: expect.stringContaining("cora.ns.cloudflare.com") },
    ],
    ["moved", { status: "moved" }, { status: "error" }],
    ["paused", { paused: true }, { status: "active", statusMessage: expect.stringContaining("paused") }],
    ["partial", { type: "partial" }, { status: "active", statusMessage: expect.stringContaining("Another provider") }],
    ["secondary", { type: "secondary" }, { readOnly: expect.stringContaining("secondary") }],
  ])("a zone that is %s says so", async (_, more, info) => {
    const there = zone(more);
    expect(await provider.zoneInfo(there.id)).toMatchObject(info);
    if (more.type !== "secondary") return;
    await expect(move(there, [at(there, "www", "A", 300, "192.0.2.1")])).rejects.toMatchObject({ outcome: "refused" });
    expect(there.records.size).toBe(0);
  });

  it.each(["", "../../user", "x".repeat(32), "0".repeat(31)])("an id that is none (%j) leads nowhere", async (id) => {
    fake.requests.length = 0;
    await expect(provider.readZone(id)).rejects.toMatchObject({ code: "provider_not_found" });
    await expect(provider.deleteZone(id)).rejects.toMatchObject({ code: "provider_not_found" });
    expect(fake.requests).toEqual([]);
  });

  it("a read that failed once is made again; one that keeps failing stored nothing", async () => {
    const there = zone();
    for (const fault of ["502-before", "drop-before"] as const) {
      fake.fail({ fault, times: 1 });
      await expect(provider.zoneInfo(there.id)).resolves.toMatchObject({ status: "active" });
      fake.fail({ fault });
      await expect(provider.zoneInfo(there.id)).rejects.toMatchObject({ outcome: "not_sent" });
    }
    fake.fail({ fault: "garbage" });
    await expect(provider.zoneInfo(there.id)).rejects.toMatchObject({ outcome: "not_sent", code: "provider_failed" });
    fake.fail({ fault: "slow" });
    await expect(make({ timeoutMs: 300 }).zoneInfo(there.id)).rejects.toMatchObject({ code: "provider_timeout" });
  });
});

describe("writing", () => {
  it.each<["free" | "pro", number]>([
    ["free", 2],
    ["pro", 1],
  ])("on the plan %s, 300 records take %i batches, all of a name together", async (plan, steps) => {
    const there = zone({ plan });
    const wanted = Array.from({ length: 150 }, (_, index) =>
      at(there, `h${index}`, "A", 300, "192.0.2.1", "192.0.2.2"),
    );
    const current = (await provider.readNames(there.id, [`h0.${there.name}.`])).rrsets;
    const change = makePlan(current, wanted, { scope: new Set(wanted.map(rrsetKey)), apex: `${there.name}.` });
    expect(provider.preview(change, there.id)).toEqual({ steps });
    const done: number[] = [];
    fake.requests.length = 0;
    await provider.apply(there.id, change, (step) => done.push(step));
    expect(done).toHaveLength(steps);
    const sent = fake.requests
      .filter(({ path }) => path.endsWith("/batch"))
      .map(({ body }) => (body as { posts: { name: string }[] }).posts);
    expect(sent).toHaveLength(steps);
    const owners = sent.map((posts) => new Set(posts.map(({ name }) => name)));
    for (const name of owners[0] ?? []) expect(owners[1]?.has(name) ?? false).toBe(false);
    expect(there.records.size).toBe(300);
  });

  it("a name that is more than a batch takes is refused, and nothing is sent", async () => {
    const there = zone({ plan: "free" });
    const many = Array.from({ length: 201 }, (_, index) => `192.0.2.${index}`);
    await expect(move(there, [at(there, "www", "A", 300, ...many)])).rejects.toMatchObject({
      outcome: "refused",
      message: expect.stringContaining("takes 200 operations at once"),
    });
    expect(there.records.size).toBe(0);
  });

  it("a refusal names the record, also in a batch of many", async () => {
    const there = zone();
    await provider.zoneInfo(there.id);
    put(there, "b", "CNAME", { content: "x.example" });
    const wanted = [at(there, "a", "A", 300, "192.0.2.1"), at(there, "b", "A", 300, "192.0.2.2")];
    const plan = makePlan([], wanted, { scope: new Set(wanted.map(rrsetKey)), apex: `${there.name}.` });
    await expect(provider.apply(there.id, plan)).rejects.toMatchObject({
      outcome: "refused",
      code: "provider_refused",
      message: `Cloudflare refused the change to b.${there.name}. A: a CNAME of this name is in the way.`,
      at: { name: `b.${there.name}.`, type: "A" },
    });
    expect(there.records.size).toBe(1);
  });

  it.each([
    ["slow", "unknown"],
    // What is read afterwards says that it is there.
    ["slow-after", "applied"],
  ] as const)("a write that nobody answers in time (%s) is not sent again", async (fault, outcome) => {
    const there = zone();
    const hasty = make({ timeoutMs: 400 });
    await hasty.zoneInfo(there.id);
    fake.fail({ fault, method: "POST" });
    fake.requests.length = 0;
    const set = at(there, "www", "A", 300, "192.0.2.1");
    const plan = makePlan([], [set], { scope: new Set([rrsetKey(set)]), apex: `${there.name}.` });
    const became = await hasty.apply(there.id, plan).then(
      () => "applied",
      (error: { outcome: string }) => error.outcome,
    );
    expect(became).toBe(outcome);
    expect(fake.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("zones are not made where they are only linked, nor without an account", async () => {
    const wanted = { name: "new.example.", nameservers: [], hostmaster: "x." };
    for (const options of [{ zones: "link" as const }, { accountId: undefined }]) {
      const other = make(options);
      fake.requests.length = 0;
      await expect(other.createZone(wanted)).rejects.toMatchObject({ outcome: "refused" });
      expect(fake.requests).toEqual([]);
    }
    expect(make({ zones: "link" }).capabilities.createsZones).toBe(false);
  });

  it("a zone that is there already, or is none, is refused in a sentence", async () => {
    const there = zone();
    const wanted = (name: string) => provider.createZone({ name, nameservers: [], hostmaster: "x." });
    await expect(wanted(`${there.name}.`)).rejects.toMatchObject({
      message: expect.stringContaining("Link it instead"),
    });
    await expect(wanted("com.")).rejects.toMatchObject({ message: expect.stringContaining("registrable") });
  });
});

describe("signing", () => {
  it("is switched on and off, and says what belongs at the parent", async () => {
    const there = zone();
    const off = { signed: false, wanted: false, keys: [], ds: [], dnskeys: [] };
    expect(await provider.signing?.status(there.id)).toEqual(off);
    await provider.signing?.enable(there.id);
    const digest = "48e939042e82c22542cb377b580dfdc52a361cefdc72e7f9107e2b6bd9306a45";
    expect(await provider.signing?.status(there.id)).toMatchObject({
      signed: true,
      keys: [{ id: "42", role: "ksk", algorithm: "ECDSAP256SHA256", active: true }],
      ds: [`16953 13 2 ${digest}`],
      dnskeys: [expect.stringMatching(/^257 3 13 oXiGYrSTO/)],
    });
    await provider.signing?.disable(there.id);
    expect(await provider.signing?.status(there.id)).toEqual(off);
    await provider.signing?.enable(there.id);
    there.dnssec.status = "active";
    await provider.signing?.disable(there.id);
    expect(await provider.signing?.status(there.id), "the parent still speaks of it").toMatchObject({
      signed: true,
      wanted: false,
    });
  });

  it("says what is known when it fails", async () => {
    const there = zone();
    await expect(provider.signing?.status("")).rejects.toMatchObject({ code: "provider_not_found" });
    fake.fail({ fault: "502-after", method: "PATCH" });
    await expect(provider.signing?.enable(there.id)).rejects.toMatchObject({ outcome: "unknown" });
    fake.fail({ fault: "502-before" });
    await expect(provider.signing?.status(there.id)).rejects.toMatchObject({ outcome: "not_sent" });
    fake.fail(null);
    const reader = make({ token: anotherToken(["read"]) });
    await expect(reader.signing?.disable(there.id)).rejects.toMatchObject({ code: "provider_credentials" });
    expect(await provider.signing?.status(there.id)).toMatchObject({ signed: true });
  });
});

describe("calls that are counted", () => {
  it("a short retry-after is waited for, for writes too", async () => {
    const by = make({ token: anotherToken() });
    const there = zone();
    fake.fail({ fault: "429", times: 1, retryAfter: 1 });
    expect(await move(there, [at(there, "www", "A", 300, "192.0.2.1")], undefined, by)).toHaveLength(1);
    fake.fail({ fault: "429", method: "POST", times: 1, retryAfter: 1 });
    expect(contents(await move(there, [at(there, "www", "A", 300, "192.0.2.2")], undefined, by))).toEqual([
      "192.0.2.2",
    ]);
  });

  it("a long one is a sentence at once, and no call is made until it is over", async () => {
    const by = make({ token: anotherToken(), timeoutMs: 2000 });
    const there = zone();
    fake.fail({ fault: "429", retryAfter: 86_400 });
    const busy = {
      outcome: "not_sent",
      code: "provider_rate_limited",
      message: expect.stringContaining("takes no more calls"),
    };
    const { onBehalfOf } = await import("#lib/dns/providers/caller.ts");
    await onBehalfOf({ organisation: "o", bulk: false }, async () => {
      await expect(by.zoneInfo(there.id)).rejects.toMatchObject(busy);
      fake.requests.length = 0;
      await expect(by.zoneInfo(there.id)).rejects.toMatchObject(busy);
    });
    expect(fake.requests).toEqual([]);
    const until = by.load?.().pausedUntil ?? 0;
    expect(until).toBeGreaterThan(Date.now() + 200_000);
    expect(until).toBeLessThanOrEqual(Date.now() + 300_000);
  });

  it("two connections with one token share what there is, and what others use of it counts", async () => {
    const token = anotherToken();
    const [one, other] = [make({ token }), make({ token })];
    const there = zone();
    await one.zoneInfo(there.id);
    await other.zoneInfo(there.id);
    expect(one.load?.()).toEqual(other.load?.());
    expect(one.load?.().used).toBe(fake.requests.length > 0 ? one.load?.().used : 0);
    fake.limit(100, 300_000);
    await one.zoneInfo(there.id);
    expect(other.load?.()).toMatchObject({ limit: 1200, used: 1101, waiting: 0 });
  });
});

describe("a token", () => {
  const inspect = (token: string, more: Partial<CloudflareOptions> = {}) =>
    inspectCloudflareToken({ token, base: fake.base, ...more });

  it("that may do everything", async () => {
    const there = zone();
    const report = await inspect(anotherToken());
    expect(report).toMatchObject({ ok: true, rights: { readZones: true, readRecords: true, editRecords: true } });
    expect(report.message).toBe(`This token works, and sees ${report.zones.total} zones.`);
    expect(report.zones.total).toBe(fake.zones.size);
    expect(report.accounts).toEqual([{ id: fake.accountId, name: "Fake account" }]);
    expect(there.records.size).toBe(0);
  });

  it("that may only read, sees nothing, is unknown, disabled, or cannot be tried", async () => {
    expect(await inspect(anotherToken(["read"]))).toMatchObject({
      ok: false,
      rights: { readRecords: true, editRecords: false },
      message: expect.stringContaining("not change them"),
    });
    const blind = anotherToken();
    fake.tokens.set(blind, { rights: new Set(["read", "edit"]), zones: new Set(), status: "active" });
    expect(await inspect(blind)).toMatchObject({
      ok: true,
      rights: { editRecords: null },
      message: expect.stringContaining("sees no zone"),
    });
    expect(await inspect("unknown")).toMatchObject({
      ok: false,
      message: expect.stringContaining("did not accept the API token"),
    });
    expect(await inspect(anotherToken(), { base: "http://127.0.0.1:9" })).toMatchObject({
      ok: false,
      message: "Cloudflare cannot be reached.",
    });
  });
});
