import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type CloudflareFake, startCloudflare } from "../support/cloudflare.ts";
import { startFaultProxy } from "../support/fake-powerdns.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { startPowerDns } from "../support/powerdns.ts";

let panel: Panel;
let here: Awaited<ReturnType<typeof startPowerDns>>;
let there: Awaited<ReturnType<typeof startPowerDns>>;
let proxy: Awaited<ReturnType<typeof startFaultProxy>>;
let fake: CloudflareFake;
let web: Server;
let webUrl: string;
let staff: Person;
let root: Person;
let owner: Person;
let member: Person;
let rival: Person;
let setSetting: typeof import("#lib/settings/settings.ts").setSetting;
let sql: (text: string, ...values: unknown[]) => Record<string, unknown>[];
const shared = "/dns/connections";
const own = "/organisations/acme/dns/own-connections";
const zones = "/organisations/acme/dns/zones";

interface Kept {
  id: string;
  zones: number;
  label: string;
  message: string;
  fields: Record<string, string>;
}

beforeAll(async () => {
  [here, there] = await Promise.all([startPowerDns(), startPowerDns()]);
  fake = await startCloudflare();
  proxy = await startFaultProxy(there.apiUrl);
  web = createServer((request, response) => {
    if (request.url?.includes("/redirects/")) response.writeHead(302, { location: here.apiUrl }).end();
    else response.end(JSON.stringify({ daemon_type: "recursor", version: "5.0.0" }));
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  panel = await startPanel({
    POWERDNS_API_URL: here.apiUrl,
    POWERDNS_API_KEY: here.apiKey,
    ALLOW_PRIVATE_NETWORKS: "127.0.0.1",
    ORGANISATION_NETWORKS: "127.0.0.0/8",
    CLOUDFLARE_API_BASE: fake.base,
    NEXTAUTH_URL: "http://localhost:3000",
  });
  const { db } = await import("#db/client.ts");
  ({ setSetting } = await import("#lib/settings/settings.ts"));
  sql = (text, ...values) => {
    const statement = db().$client.prepare(text);
    if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
    statement.run(...values);
    return [];
  };
  root = await panel.person("Root", "root");
  staff = await panel.person("Staff", ["dns:connections"]);
  owner = await panel.person("Owner");
  member = await panel.person("Member");
  rival = await panel.person("Rival");
  await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" });
  await rival.call("POST", "/organisations", { name: "Rival", handle: "rival" });
  await root.call("POST", "/organisations/acme/members", { email: member.email, role: "member" });
});
afterAll(async () => {
  await panel?.close();
  web?.close();
  await Promise.all([proxy?.close(), fake?.close()]);
  await Promise.all([here?.stop(), there?.stop()]);
});
afterEach(async () => {
  proxy.fail(null);
  setSetting("limits.connections_per_organisation", 10);
  sql("delete from zones where connection not in ('powerdns', 'local')");
  sql("delete from connections");
});

const powerDns = (more: object = {}) => ({
  kind: "powerdns",
  label: "Over there",
  url: proxy.url,
  secret: there.apiKey,
  ...more,
});
const add = (who: Person, at: string, more: object = {}) => who.call<Kept>("POST", at, powerDns(more));
const actions = () =>
  sql("select action, organisation_id from audit_log where outcome = 'done' order by id desc limit 1");
const rows = () => sql("select label, url, revision from connections");

describe("adding", () => {
  test("tries it first, says what is there, keeps the key sealed, and never shows it again", async () => {
    const added = await add(staff, shared, { url: `${proxy.url}/api/v1/` });
    expect(added).toMatchObject({
      status: 201,
      body: {
        kind: "powerdns",
        label: "Over there",
        url: proxy.url,
        serverId: "localhost",
        zones: 0,
        test: { ok: true, version: expect.stringMatching(/^\d/), notes: [expect.stringContaining("unencrypted")] },
      },
    });
    expect(actions()).toMatchObject([{ action: "dns.addSharedConnection", organisation_id: null }]);
    const listed = await staff.call("GET", shared);
    expect(listed).toMatchObject({
      body: { items: [{ id: "powerdns", fixed: true }, { id: "local", fixed: true }, { id: added.body.id }] },
    });
    const everything = JSON.stringify([
      added.body,
      listed.body,
      sql("select * from connections"),
      sql("select * from audit_log"),
    ]);
    expect(everything).not.toContain(there.apiKey);
    expect(everything).not.toContain(here.apiKey);
    expect(sql("select secret from connections")).toEqual([{ secret: expect.stringMatching(/^v1\./) }]);
  });

  test.each([
    ["a key that is not accepted", () => ({ secret: "wrong" }), { secret: "PowerDNS did not accept the API key." }],
    ["a server that is not there", () => ({ serverId: "other" }), { serverId: "There is no server of this id." }],
    [
      "what is no PowerDNS server",
      () => ({ url: webUrl }),
      { url: expect.stringContaining("not the API of a PowerDNS") },
    ],
    ["a redirect", () => ({ url: `${webUrl}/redirects` }), { url: expect.stringContaining("redirect") }],
    ["nothing at all", () => ({ url: "http://127.0.0.1:1" }), { url: "PowerDNS cannot be reached." }],
    [
      "an address without http",
      () => ({ url: "file:///etc/passwd" }),
      { url: expect.stringContaining("http or https") },
    ],
    ["a password in the address", () => ({ url: "http://a:b@127.0.0.1" }), { url: expect.stringContaining("alone") }],
    ["a key with a line break", () => ({ secret: "a\r\nx: y" }), { secret: expect.stringContaining("no spaces") }],
    ["metadata", () => ({ url: "http://169.254.169.254/" }), { url: expect.stringContaining("does not call") }],
    [
      "the panel itself",
      () => ({ url: "http://localhost:3000" }),
      { url: expect.stringContaining("the panel itself") },
    ],
    ["no address", () => ({ url: undefined }), { url: expect.any(String) }],
  ])("refuses %s, at the field that it is about, and keeps nothing", async (_, more, fields) => {
    for (const [who, at] of [
      [staff, shared],
      [owner, own],
    ] as const)
      expect(await add(who, at, more())).toMatchObject({ status: 422, body: { fields } });
    expect(rows()).toEqual([]);
  });

  test("each reaches its own networks: an organisation's may be wider or narrower than staff's", async () => {
    expect(await add(owner, own, { url: "http://127.0.0.2:1" })).toMatchObject({
      body: { fields: { url: "PowerDNS cannot be reached." } },
    });
    expect(await add(owner, own, { url: "http://10.0.0.1:1" })).toMatchObject({
      body: { fields: { url: expect.stringContaining("for organisations") } },
    });
  });

  test("an organisation brings so many, or none, also when several are added at once", async () => {
    setSetting("limits.connections_per_organisation", 2);
    const answers = await Promise.all([1, 2, 3].map((n) => add(owner, own, { label: `No. ${n}` })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 409]);
    setSetting("limits.connections_per_organisation", 0);
    expect((await add(owner, own)).body.message).toMatch(/bring no connections/);
    expect((await add(staff, shared)).status).toBe(201);
  });
});

describe("using", () => {
  test("a shared one is everybody's, an organisation's is its own alone, also for who knows its id", async () => {
    const theirs = (await add(owner, own, { label: "Acme's own" })).body;
    const panels = (await add(staff, shared, { label: "For everybody" })).body;
    const ids = async (who: Person, handle: string) =>
      (await who.call<{ items: { id: string }[] }>("GET", `/organisations/${handle}/dns/connections`)).body.items.map(
        ({ id }) => id,
      );
    expect(await ids(owner, "acme")).toEqual(["powerdns", theirs.id, panels.id, "local"]);
    expect(await ids(rival, "rival")).toEqual(["powerdns", panels.id, "local"]);
    for (const [who, at] of [
      [rival, "/organisations/rival/dns/zones"],
      [root, "/organisations/rival/dns/zones"],
    ] as const)
      expect(await who.call("POST", at, { name: "guessed.example", connection: theirs.id })).toMatchObject({
        status: 422,
        body: { fields: { connection: "There is no such connection." } },
      });
  });

  test("at its own, an organisation creates and links at once; at a shared one it asks, and linking is for staff", async () => {
    const theirs = (await add(owner, own)).body.id;
    const panels = (await add(staff, shared)).body.id;
    expect(await owner.call("POST", zones, { name: "asked.example", connection: panels })).toMatchObject({
      status: 201,
      body: { status: "pending" },
    });
    expect(await there.query("asked.example", "SOA").catch(() => [])).toEqual([]);
    const made = await owner.call("POST", zones, { name: "first.example", connection: theirs });
    expect(made).toMatchObject({
      status: 201,
      body: { connection: theirs, connectionLabel: "Over there", status: "active" },
    });
    expect(await there.query("first.example", "SOA")).toHaveLength(1);
    expect(await here.query("first.example", "SOA").catch(() => [])).toEqual([]);

    await fetch(`${there.apiUrl}/api/v1/servers/localhost/zones`, {
      method: "POST",
      headers: { "x-api-key": there.apiKey },
      body: JSON.stringify({ name: "linked.example.", kind: "Native", nameservers: ["ns1.example.net."] }),
    });
    expect(await owner.call("POST", zones, { name: "linked.example", connection: theirs })).toMatchObject({
      status: 409,
      body: { message: "This zone exists at the connection. Link it instead." },
    });
    expect(await owner.call("POST", zones, { name: "linked.example", connection: panels, link: true })).toMatchObject({
      status: 403,
      body: { missing: "dns:connections" },
    });
    expect(await owner.call("POST", zones, { name: "linked.example", connection: theirs, link: true })).toMatchObject({
      status: 201,
      body: { origin: "linked" },
    });
    expect(await member.call("POST", zones, { name: "x.example", connection: theirs })).toMatchObject({ status: 403 });

    const added = await owner.call("POST", `${zones}/first.example/records`, {
      name: "www",
      type: "A",
      content: "192.0.2.7",
    });
    expect(added.status).toBe(201);
    expect(await there.query("www.first.example", "A")).toEqual(["192.0.2.7"]);
  });

  test("one that is broken takes no list down: its zones stand there, and say why they cannot be written", async () => {
    const theirs = (await add(owner, own)).body.id;
    await owner.call("POST", zones, { name: "broken.example", connection: theirs });
    sql("update connections set secret = 'v1.000000000000.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAA'");
    expect(await owner.call("GET", zones)).toMatchObject({
      status: 200,
      body: { items: expect.arrayContaining([expect.objectContaining({ name: "broken.example." })]) },
    });
    expect(await owner.call("GET", own)).toMatchObject({ status: 200, body: { items: [{ id: theirs }] } });
    expect((await owner.call("GET", `${zones}/broken.example/records`)).status).toBe(200);
    expect(
      await owner.call("POST", `${zones}/broken.example/records`, { name: "a", type: "A", content: "192.0.2.1" }),
    ).toMatchObject({ status: 502, body: { message: expect.stringContaining("cannot be opened") } });
    expect(await owner.call("POST", `${own}/${theirs}/test`)).toMatchObject({
      status: 200,
      body: { ok: false, message: expect.stringContaining("cannot be opened") },
    });
    expect(
      await owner.call("POST", `${own}/${theirs}/secret`, { secret: there.apiKey }),
      "and a new key mends it",
    ).toMatchObject({ status: 200, body: { test: { ok: true } } });
    expect(
      (await owner.call("POST", `${zones}/broken.example/records`, { name: "a", type: "A", content: "192.0.2.1" }))
        .status,
    ).toBe(201);
  });
});

describe("at Cloudflare", () => {
  const cloudflare = (who: Person, more: object = {}) =>
    who.call<Kept>("POST", own, { kind: "cloudflare", label: "Our account", secret: fake.token, ...more });
  const token = (rights: string[], status: "active" | "disabled" = "active") => {
    const made = `token-${fake.tokens.size}-that-is-long-enough-for-one`;
    fake.tokens.set(made, { rights: new Set(rights), zones: "all", status });
    return made;
  };

  test("a token is tried: what it may do, which zones it sees, and what it lacks at its field", async () => {
    fake.addZone({ name: "cloudy.example" });
    expect(await cloudflare(owner)).toMatchObject({
      status: 201,
      body: {
        kind: "cloudflare",
        url: null,
        test: {
          ok: true,
          names: ["cloudy.example"],
          rights: [
            { what: "See zones", may: true },
            { what: "Read records", may: true },
            { what: "Change records", may: true },
          ],
        },
      },
    });
    for (const [secret, said] of [
      ["no-such-token-anywhere-at-all-really", /token/i],
      [token(["zones", "read"]), /not change them/],
      [token(["zones", "read", "edit"], "disabled"), /did not accept/],
    ] as const)
      expect(await cloudflare(owner, { secret }), said.source).toMatchObject({
        status: 422,
        body: { fields: { secret: expect.stringMatching(said) } },
      });
    expect(await cloudflare(owner, { accountId: "not one" })).toMatchObject({
      status: 422,
      body: { fields: { accountId: expect.any(String) } },
    });
  });

  test("without an account zones are linked, with one they are made, and a new token counts at once", async () => {
    fake.addZone({ name: "there.example" });
    const { id } = (await cloudflare(owner)).body;
    expect(await owner.call("GET", "/organisations/acme/dns/connections")).toMatchObject({
      body: { items: expect.arrayContaining([expect.objectContaining({ id, mayCreate: false, mayLink: true })]) },
    });
    expect(await owner.call("POST", zones, { name: "there.example", connection: id, link: true })).toMatchObject({
      status: 201,
    });
    expect(await owner.call("PATCH", `${own}/${id}`, { accountId: fake.accountId })).toMatchObject({
      status: 422,
      body: { fields: { secret: expect.stringContaining("again") } },
    });
    const another = token(["zones", "read", "edit"]);
    expect(
      await owner.call("PATCH", `${own}/${id}`, { accountId: fake.accountId.toUpperCase(), secret: another }),
    ).toMatchObject({ status: 200, body: { accountId: fake.accountId } });
    fake.requests.length = 0;
    expect(await owner.call("POST", zones, { name: "made.example", connection: id })).toMatchObject({ status: 201 });
    expect(new Set(fake.requests.map((request) => request.token))).toEqual(new Set([another]));
    expect(fake.malformed).toEqual([]);
  });

  test("a test that finds no right to change records makes each zone there be looked at, and one that finds it opens them at once", async () => {
    const [mine, theirs] = ["found-out.example", "found-open.example"].map((name) => fake.addZone({ name }));
    const secret = token(["zones", "read", "edit"]);
    const { id } = (await cloudflare(owner, { secret })).body;
    for (const zone of [mine, theirs])
      expect((await owner.call("POST", zones, { name: zone?.name, connection: id, link: true })).status).toBe(201);
    const shutTo = async ({ name }: { name: string } = { name: "" }) => {
      sql("update zones set refreshed_at = 0, compared_at = 0");
      await owner.call("POST", `${zones}/${name}/refresh`);
      return (await owner.call<{ readOnly: string | null }>("GET", `${zones}/${name}`)).body.readOnly;
    };
    const rights = fake.tokens.get(secret)?.rights;
    rights?.delete("edit");
    expect(await shutTo(mine), "nobody has tried it").toBeNull();
    const test = () => owner.call<{ ok: boolean }>("POST", `${own}/${id}/test`);
    expect((await test()).body.ok).toBe(false);
    expect(await shutTo(mine)).toMatch(/DNS: Edit/);
    const record = { name: "www", type: "A", content: "192.0.2.1" };
    const add = (name = "") => owner.call("POST", `${zones}/${name}/records`, record);
    expect(await add(mine?.name)).toMatchObject({ status: 422, body: { errors: [{ code: "zone_read_only" }] } });
    rights?.add("edit");
    expect((await add(theirs?.name)).status, "where it may, whatever the test said").toBe(201);
    expect((await test()).body.ok).toBe(true);
    expect((await add(mine?.name)).status).toBe(201);
    expect(await shutTo(mine)).toBeNull();
  });
});

describe("testing", () => {
  test("says version, rights and zones, keeps that, and notices what it cannot see any more", async () => {
    const theirs = (await add(owner, own)).body.id;
    await owner.call("POST", zones, { name: "seen.example", connection: theirs });
    const headers = { "x-api-key": there.apiKey };
    const about = await fetch(`${there.apiUrl}/api/v1/servers/localhost`, { headers });
    const { version } = (await about.json()) as { version: string };
    const tested = await owner.call<{ at: number }>("POST", `${own}/${theirs}/test`);
    expect(tested).toMatchObject({
      status: 200,
      body: {
        ok: true,
        version,
        names: expect.arrayContaining(["seen.example"]),
        rights: [{ may: true }, { may: true }],
      },
    });
    expect(await owner.call("GET", own)).toMatchObject({
      body: { items: [{ zones: 1, test: { at: tested.body.at } }] },
    });
    await fetch(`${there.apiUrl}/api/v1/servers/localhost/zones/seen.example.`, {
      method: "DELETE",
      headers,
    });
    expect(await owner.call("POST", `${own}/${theirs}/test`)).toMatchObject({
      body: {
        ok: true,
        notes: expect.arrayContaining([expect.stringContaining("1 zone that this panel keeps there")]),
      },
    });
  });

  test("a server that fails is a result, not a failure", async () => {
    const theirs = (await add(owner, own)).body.id;
    for (const fault of ["500-before", "drop-before", "garbage"] as const) {
      proxy.fail(fault);
      expect(await owner.call("POST", `${own}/${theirs}/test`), fault).toMatchObject({
        status: 200,
        body: { ok: false, message: expect.stringMatching(/\.$/), version: null },
      });
    }
  });
});

describe("changing", () => {
  test("where it leads takes the key again; a name does not; what does not work is not stored", async () => {
    const { id } = (await add(staff, shared)).body;
    const at = `${shared}/${id}`;
    expect(await staff.call("PATCH", at, { label: "Renamed" })).toMatchObject({
      status: 200,
      body: { label: "Renamed" },
    });
    for (const move of [{ url: here.apiUrl }, { serverId: "other" }, { url: proxy.url.replace("http:", "https:") }])
      expect(await staff.call("PATCH", at, move), JSON.stringify(move)).toMatchObject({
        status: 422,
        body: { fields: { secret: expect.stringContaining("again") } },
      });
    expect(await staff.call("PATCH", at, { url: here.apiUrl, secret: "wrong" })).toMatchObject({
      status: 422,
      body: { fields: { secret: expect.stringContaining("did not accept") } },
    });
    expect(rows()).toMatchObject([{ label: "Renamed", url: proxy.url }]);
    expect(await staff.call("PATCH", at, { url: here.apiUrl, secret: here.apiKey })).toMatchObject({
      status: 200,
      body: { url: here.apiUrl },
    });
    const [entry] = sql("select before, after from audit_log order by id desc limit 1");
    expect(JSON.parse(String(entry?.before))).toMatchObject({ url: proxy.url });
    expect(JSON.parse(String(entry?.after))).toMatchObject({ url: here.apiUrl, secret: "given again" });
  });

  test("a new key replaces the old one only once it works, and counts from the next call on", async () => {
    const { id } = (await add(owner, own)).body;
    await owner.call("POST", zones, { name: "rotated.example", connection: id });
    const record = (name: string) =>
      owner.call("POST", `${zones}/rotated.example/records`, { name, type: "A", content: "192.0.2.1" });
    expect((await record("one")).status).toBe(201);
    const [before] = sql("select secret from connections");
    expect(await owner.call("POST", `${own}/${id}/secret`, { secret: "wrong" })).toMatchObject({
      status: 422,
      body: { fields: { secret: expect.stringContaining("did not accept") } },
    });
    expect(sql("select secret from connections")).toEqual([before]);
    const { seal } = await import("#lib/crypto/seal.ts");
    const stale = seal("stale", { table: "connections", column: "secret", row: id });
    sql("update connections set secret = ?", stale);
    expect(await record("two"), "the stored key counts at once").toMatchObject({ status: 502 });
    expect((await owner.call("POST", `${own}/${id}/secret`, { secret: there.apiKey })).status).toBe(200);
    expect((await record("two")).status).toBe(201);
    expect(actions()).toMatchObject([{ action: "dns.addRecord" }]);
  });

  test("to where the panel's zones are not asks first", async () => {
    const { id } = (await add(owner, own)).body;
    await owner.call("POST", zones, { name: "left.example", connection: id });
    const move = { url: here.apiUrl, secret: here.apiKey };
    expect(await owner.call("PATCH", `${own}/${id}`, move)).toMatchObject({
      status: 409,
      body: { code: "confirm_required", fields: { confirm: expect.stringContaining("1 zone") } },
    });
    expect(rows()).toMatchObject([{ url: proxy.url }]);
    expect((await owner.call("PATCH", `${own}/${id}`, { ...move, confirm: true })).status).toBe(200);
  });

  test("of two who change it at once, one is told", async () => {
    const { id } = (await add(staff, shared)).body;
    const answers = await Promise.all(
      [1, 2].map(() => staff.call("POST", `${shared}/${id}/secret`, { secret: there.apiKey })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });
});

describe("removing", () => {
  test("is refused while zones are kept there, and names those that one can view", async () => {
    const theirs = (await add(owner, own)).body.id;
    const panels = (await add(staff, shared)).body.id;
    await owner.call("POST", zones, { name: "kept.example", connection: theirs });
    await root.call("POST", zones, { name: "beside.example", connection: panels });
    expect(await owner.call("DELETE", `${own}/${theirs}`)).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining("kept.example"), zones: ["kept.example"], hidden: 0 },
    });
    const answer = await staff.call("DELETE", `${shared}/${panels}`);
    expect(answer).toMatchObject({ status: 409, body: { zones: [], hidden: 1 } });
    expect(JSON.stringify(answer.body)).not.toContain("beside");
    sql("delete from zones where name in ('kept.example.', 'beside.example.')");
    expect(await owner.call("DELETE", `${own}/${theirs}`)).toMatchObject({ status: 200 });
    expect(await staff.call("DELETE", `${shared}/${panels}`)).toMatchObject({ status: 200 });
    expect(rows()).toEqual([]);
  });
});

describe("who", () => {
  test("the panel's and an organisation's are not reached by each other's path", async () => {
    const theirs = (await add(owner, own)).body.id;
    const panels = (await add(staff, shared)).body.id;
    for (const [who, at] of [
      [root, `${shared}/${theirs}`],
      [root, `${own}/${panels}`],
      [root, `/organisations/rival/dns/own-connections/${theirs}`],
      [rival, `/organisations/rival/dns/own-connections/${theirs}`],
      [root, `${shared}/powerdns`],
    ] as const)
      for (const [method, more, body] of [
        ["PATCH", "", { label: "x" }],
        ["DELETE", "", undefined],
        ["POST", "/test", undefined],
        ["POST", "/secret", { secret: "x" }],
      ] as const)
        expect((await who.call(method, `${at}${more}`, body)).status, `${method} ${at}${more}`).toBe(404);
    expect((await member.call("GET", own)).status).toBe(403);
    expect((await rival.call("GET", own)).status).toBe(404);
    expect((await owner.call("GET", shared)).status).toBe(403);
  });

  test("a zone at an organisation's own is not handed to another, which would write with a key that is not its own", async () => {
    const theirs = (await add(owner, own)).body.id;
    expect((await owner.call("POST", zones, { name: "stays.example", connection: theirs })).status).toBe(201);
    expect((await owner.call("POST", "/organisations", { name: "Second", handle: "second" })).status).toBe(201);
    expect(await owner.call("POST", `${zones}/stays.example/transfer`, { to: "second" })).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining("own") },
    });
    expect((await owner.call("GET", `${zones}/stays.example`)).status).toBe(200);
    expect((await owner.call("GET", "/organisations/second/dns/zones/stays.example")).status).toBe(404);
  });

  test("what is sealed is found by a new secret", async () => {
    await add(owner, own);
    const { countSealed } = await import("#lib/crypto/sealed-columns.ts");
    const { db } = await import("#db/client.ts");
    const { rootSecret } = await import("#lib/crypto/secret.ts");
    expect(countSealed(db(), rootSecret())).toMatchObject({ all: 1, otherSecret: 0, damaged: 0 });
  });
});
