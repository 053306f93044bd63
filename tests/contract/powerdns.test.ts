/** What only PowerDNS does: refusals, failures and what is known after them, sizes, what it keeps beside records. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { powerDns } from "#lib/dns/providers/powerdns.ts";
import type { Change, Plan, RRset } from "#lib/dns/rrset.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "../support/fake-powerdns.ts";
import { type PowerDnsServer, powerDnsAvailable, startPowerDns } from "../support/powerdns.ts";
import { APEX, rrset, txt } from "./suite.ts";

const missing = powerDnsAvailable();
const zone = (name: string) => ({ name, nameservers: ["ns1.provider.test."], hostmaster: `hostmaster.${name}` });

const create = (after: RRset): Change => ({ kind: "create", name: after.name, type: after.type, before: null, after });
const remove = (before: RRset): Change => ({
  kind: "delete",
  name: before.name,
  type: before.type,
  before,
  after: null,
});

describe.skipIf(missing !== null && process.env.CI !== "true")("PowerDNS", () => {
  let server: PowerDnsServer;
  let proxy: FaultProxy;
  let id: string;

  beforeAll(async () => {
    server = await startPowerDns();
    proxy = await startFaultProxy(server.apiUrl);
  });
  afterAll(async () => {
    await proxy?.close();
    await server?.stop();
  });

  const direct = () => powerDns({ url: server.apiUrl, apiKey: server.apiKey });
  const throughProxy = (timeoutMs = 8000) => powerDns({ url: proxy.url, apiKey: server.apiKey, timeoutMs });

  /** Calls the API itself, for what a provider has no word for. */
  async function api(method: string, path: string, body?: unknown): Promise<Response> {
    const init = {
      method,
      headers: { "X-API-Key": server.apiKey },
      body: body === undefined ? null : JSON.stringify(body),
    };
    return fetch(`${server.apiUrl}/api/v1/servers/localhost${path}`, init);
  }

  beforeEach(async () => {
    proxy.fail(null);
    proxy.requests.length = 0;
    if ((await direct().findZone(APEX)) !== null) await direct().deleteZone(APEX);
    id = (await direct().createZone(zone(APEX))).externalId;
  });

  const www = rrset("www", "A", 300, "192.0.2.1");
  const landed = async () => (await direct().readNames(id, [www.name])).rrsets.length === 1;

  it.each<[Fault, string, string, boolean]>([
    ["500-before", "unknown", "provider_failed", false],
    ["500-after", "unknown", "provider_failed", true],
    ["drop-before", "unknown", "provider_unreachable", false],
    ["drop-after", "unknown", "provider_unreachable", true],
    ["garbage", "unknown", "provider_failed", true],
    ["slow", "unknown", "provider_timeout", false],
    ["slow-after", "unknown", "provider_timeout", true],
  ])("%s of a write is %s, and is not sent again", async (fault, outcome, code, isThere) => {
    proxy.fail(fault, { method: "PATCH" });
    const steps: number[] = [];
    const applied = throughProxy(300).apply(id, [create(www)], (step) => steps.push(step));
    await expect(applied).rejects.toMatchObject({ name: "ProviderError", outcome, code });
    expect(steps).toEqual([]);
    expect(proxy.requests.filter(({ method }) => method === "PATCH")).toHaveLength(1);
    expect(await landed()).toBe(isThere);
  });

  it.each<[Fault, string]>([
    ["500-before", "provider_failed"],
    ["drop-after", "provider_unreachable"],
    ["garbage", "provider_failed"],
    ["slow", "provider_timeout"],
  ])("%s of a read leaves nothing in doubt", async (fault, code) => {
    proxy.fail(fault);
    await expect(throughProxy(300).readZone(id)).rejects.toMatchObject({ outcome: "not_sent", code });
    await expect(throughProxy(300).apply(id, [create(www)])).rejects.toMatchObject({ outcome: "not_sent", code });
    expect(await landed()).toBe(false);
  });

  it("is not sent where nobody listens, and works again afterwards", async () => {
    const provider = throughProxy();
    await provider.apply(id, [create(www)]);
    await proxy.down();
    const refused = { outcome: "not_sent", code: "provider_unreachable" };
    try {
      await expect(provider.readZone(id)).rejects.toMatchObject(refused);
      await expect(provider.apply(id, [remove(www)])).rejects.toMatchObject(refused);
    } finally {
      await proxy.up();
    }
    await provider.apply(id, [remove(www)]);
    expect(await landed()).toBe(false);
  });

  it("survives a restart of the server", async () => {
    const provider = direct();
    await provider.apply(id, [create(www)]);
    server.kill();
    await expect
      .poll(() => provider.zoneInfo(id).catch((error: unknown) => error))
      .toMatchObject({ code: "provider_unreachable" });
    await server.restart();
    expect(await landed()).toBe(true);
  });

  it("says so when the key, the server or the zone is wrong", async () => {
    const { apiUrl: url, apiKey } = server;
    const wrongKey = powerDns({ url, apiKey: "wrong" });
    await expect(wrongKey.apply(id, [create(www)])).rejects.toMatchObject({
      outcome: "refused",
      code: "provider_credentials",
    });
    const wrongServer = powerDns({ url, apiKey, serverId: "elsewhere" });
    await expect(wrongServer.apply(id, [create(www)])).rejects.toMatchObject({
      outcome: "refused",
      code: "provider_not_found",
    });
    await expect(direct().apply("none.test.", [create(www)])).rejects.toMatchObject({
      outcome: "refused",
      code: "provider_not_found",
    });
    await expect(direct().readZone("none.test.")).rejects.toMatchObject({
      outcome: "refused",
      code: "provider_not_found",
    });
  });

  it("never follows a redirect", async () => {
    const fetched: string[] = [];
    const provider = powerDns({
      url: "http://pdns.test",
      apiKey: "k",
      send: async ({ url }) => {
        fetched.push(url);
        return { status: 302, text: "" };
      },
    });
    await expect(provider.zoneInfo(id)).rejects.toMatchObject({ outcome: "not_sent", code: "provider_failed" });
    expect(fetched).toHaveLength(1);
  });

  it.each<[string, RRset, RegExp]>([
    ["a CNAME beside others", rrset("mail", "CNAME", 300, "x.test."), /conflicts/],
    ["a CNAME at the apex", rrset("@", "CNAME", 300, "x.test."), /conflicts/],
    ["content in another form", rrset("x", "A", 300, "192.0.2.01"), /not written the way/],
    ["content that is none", rrset("x", "A", 300, "banana"), /could not read/],
    ["a record twice", rrset("x", "A", 300, "192.0.2.1", "192.0.2.1"), /twice/],
    ["two CNAMEs", rrset("x", "CNAME", 300, "a.test.", "b.test."), /only one/],
    ["text without quotes", rrset("x", "TXT", 300, "unquoted"), /not written the way|could not read/],
    ["an unknown type", rrset("x", "NOPE", 300, "x"), /does not know the type/],
    ["a name out of zone", { ...rrset("x", "A", 300, "192.0.2.1"), name: "x.other.test." }, /not in this zone/],
    ["a name with a space", { ...rrset("x", "A", 300, "192.0.2.1"), name: `x y.${APEX}` }, /characters/],
  ])("explains the refusal of %s, and stores nothing of the plan", async (_, set, message) => {
    const mail = rrset("mail", "A", 300, "192.0.2.25");
    await direct().apply(id, [create(mail)]);
    const refused = {
      outcome: "refused",
      code: "provider_refused",
      message: expect.stringMatching(message),
      at: { type: set.type },
    };
    await expect(direct().apply(id, [create(www), create(set)])).rejects.toMatchObject(
      set.name.includes(" ") ? { ...refused, at: undefined } : refused,
    );
    expect(await landed()).toBe(false);
  });

  it("sends what is too much for one call in several, by whole owner names", async () => {
    const long = txt(new Uint8Array(4000).fill(0x61));
    const sets = Array.from({ length: 600 }, (_, at) => rrset(`t${at}`, "TXT", 300, long));
    const plan: Plan = sets.map(create);
    const provider = throughProxy();
    expect(provider.preview(plan, id)).toEqual({ steps: 2 });
    const steps: number[] = [];
    await provider.apply(id, plan, (step) => steps.push(step));
    expect(steps).toEqual([1, 2]);
    const patches = proxy.requests.filter(({ method }) => method === "PATCH");
    expect(patches).toHaveLength(2);
    for (const { body } of patches) expect(body.length).toBeLessThanOrEqual(1_500_100);
    const { rrsets } = await provider.readZone(id);
    expect(rrsets.filter(({ type }) => type === "TXT")).toHaveLength(600);
  });

  it("sees disabled records at single names, also in a zone too large to be read whole each time", async () => {
    const provider = throughProxy();
    const names = Array.from({ length: 2100 }, (_, at) => rrset(`h${at}`, "A", 300, "192.0.2.1"));
    const both = rrset("both", "A", 300, "-192.0.2.1", "192.0.2.2");
    const off = rrset("*.off", "AAAA", 300, "-2001:db8::1");
    await provider.apply(id, [...names, both, off].map(create));
    expect((await provider.readNames(id, [both.name])).rrsets).toEqual([both]);
    for (const set of [both, off]) {
      proxy.requests.length = 0;
      expect((await provider.readNames(id, [set.name])).rrsets).toEqual([set]);
      expect(proxy.requests.filter(({ path }) => path.endsWith(`/zones/${id}`))).toEqual([]);
    }
    expect((await provider.readNames(id, [`nothing.${APEX}`])).rrsets).toEqual([]);
    expect((await provider.readNames(id, [off.name, both.name])).rrsets).toEqual([off, both]);
  });

  it("reads back what it has just written without a search, disabled records too, and searches before the next write", async () => {
    const provider = throughProxy();
    const names = Array.from({ length: 2100 }, (_, at) => rrset(`h${at}`, "A", 300, "192.0.2.1"));
    const off = rrset("mixed", "TXT", 300, '-"off"', '"on"');
    await provider.apply(id, [...names, off].map(create));
    await provider.readZone(id);
    const searches = () => proxy.requests.filter(({ path }) => path.includes("/search-data")).length;
    const read = async () => (await provider.readNames(id, [off.name])).rrsets;
    expect(await read()).toEqual([off]);
    const a = rrset("mixed", "A", 300, "192.0.2.1");
    await provider.apply(id, [create(a)]);
    proxy.requests.length = 0;
    expect(await read()).toEqual([a, off]);
    expect(searches()).toBe(0);
    // What somebody else disables now is found by the read that a change is planned from.
    const records = [
      { content: "192.0.2.1", disabled: false },
      { content: "192.0.2.2", disabled: true },
    ];
    await api("PATCH", `/zones/${id}`, {
      rrsets: [{ name: a.name, type: "A", ttl: 300, changetype: "REPLACE", records }],
    });
    const changed = rrset("mixed", "A", 300, "192.0.2.1", "-192.0.2.2");
    expect(await read()).toEqual([changed, off]);
    // Of a set that has disabled records itself nothing is taken for granted.
    const after = rrset("mixed", "A", 300, "-192.0.2.2", "192.0.2.3");
    await provider.apply(id, [{ kind: "update", name: a.name, type: "A", before: changed, after }]);
    expect(await read()).toEqual([after, off]);
  });

  it("leaves comments where they are", async () => {
    const comments = [{ content: "do not touch", account: "ops" }];
    const records = [{ content: "192.0.2.1", disabled: false }];
    await api("PATCH", `/zones/${id}`, {
      rrsets: [{ name: www.name, type: "A", ttl: 300, changetype: "REPLACE", records, comments }],
    });
    const after = rrset("www", "A", 300, "192.0.2.1", "192.0.2.2");
    await direct().apply(id, [{ kind: "update", name: www.name, type: "A", before: www, after }]);
    const stored = await (await api("GET", `/zones/${id}?rrset_name=${www.name}`)).json();
    expect(stored).toMatchObject({ rrsets: [{ records: [{}, {}], comments }] });
  });

  it("keeps zones whose names have a slash", async () => {
    const name = "0/25.2.0.192.in-addr.arpa.";
    const created = await direct().createZone(zone(name));
    expect(created).toMatchObject({ name, externalId: "0=2F25.2.0.192.in-addr.arpa." });
    const ptr: RRset = { name: `1.${name}`, type: "PTR", ttl: 300, records: [{ content: "one.test." }] };
    await direct().apply(created.externalId, [create(ptr)]);
    expect((await direct().readNames(created.externalId, [ptr.name])).rrsets).toEqual([ptr]);
    expect(await direct().findZone(name)).toMatchObject({ externalId: created.externalId });
    await direct().deleteZone(created.externalId);
  });

  it("warns of an empty SOA-EDIT-API, and still moves the serial with the SOA", async () => {
    expect(await direct().zoneInfo(id)).not.toHaveProperty("statusMessage");
    expect((await api("PUT", `/zones/${id}`, { soa_edit_api: "" })).status).toBe(204);
    const info = await direct().zoneInfo(id);
    expect(info.statusMessage).toMatch(/^SOA-EDIT-API is empty/);
    const { rrsets } = await direct().readZone(id);
    const before = rrsets.find(({ type }) => type === "SOA") as RRset;
    const after: RRset = { ...before, records: [{ content: `ns1.provider.test. a.${APEX} 1 2 3 4 5` }] };
    await direct().apply(id, [{ kind: "update", name: APEX, type: "SOA", before, after }]);
    expect((await direct().zoneInfo(id)).serial).toBe((info.serial ?? 0) + 1);
  });

  it("tells a secondary zone apart", async () => {
    const name = "secondary.test.";
    await api("POST", "/zones", { name, kind: "Slave", masters: ["192.0.2.1"], nameservers: [] });
    expect((await direct().findZone(name))?.readOnly).toMatch(/secondary/);
    await direct().deleteZone(name);
  });

  it("reads types that it cannot write", async () => {
    const records = [{ content: "\\# 4 c0000201", disabled: false }];
    await api("PATCH", `/zones/${id}`, {
      rrsets: [{ name: www.name, type: "TYPE65534", ttl: 60, changetype: "REPLACE", records }],
    });
    expect((await direct().readNames(id, [www.name])).rrsets).toMatchObject([
      { type: "TYPE65534", ttl: 60, records: [{}] },
    ]);
  });
});
