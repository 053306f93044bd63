/** API tokens: making them, what they open and what they do not, and what stops them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { panelCommand } from "../support/server.ts";
import { type Sql, sqlOf } from "../support/stage.ts";
import { callWith, tokenOf } from "../support/token.ts";
import { unmasked } from "../support/unmasked.ts";

let panel: Panel;
let sql: Sql;
let owner: Person;
let root: Person;
let sequence = 0;
const acme = "/organisations/acme";
const zone = `${acme}/dns/zones/tokens.example`;
const other = `${acme}/dns/zones/other.example`;
const zoneIds: Record<string, string> = {};
let acmeId = "";

beforeAll(async () => {
  panel = await startPanel();
  sql = await sqlOf();
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("zone_claims", "trusted");
  root = await panel.person("Root", "root");
  owner = await panel.person("Owner");
  acmeId = (await owner.call<{ id: string }>("POST", "/organisations", { name: "Acme", handle: "acme" })).body.id;
  for (const name of ["tokens.example", "other.example"]) {
    const made = await owner.call<{ id: string }>("POST", `${acme}/dns/zones`, { name, connection: "local" });
    zoneIds[name] = made.body.id;
  }
  for (const [name, type, content] of [
    ["www", "A", "192.0.2.1"],
    ["www", "TXT", '"seen"'],
    ["_acme-challenge", "TXT", '"challenge"'],
    ["_acme-challenge.www", "TXT", '"deeper"'],
    ["secret", "A", "192.0.2.66"],
    ["b.cut", "A", "192.0.2.67"],
  ] as const)
    expect((await owner.call("POST", `${zone}/records`, { name, type, ttl: 60, content })).status).toBe(201);
});
afterAll(() => panel.close());

async function member(role: "admin" | "member" = "member"): Promise<Person> {
  const person = await panel.person(`Member ${++sequence}`);
  sql.run(
    "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, ?, 0)",
    acmeId,
    person.id,
    role,
  );
  return person;
}

const rule = (level: string, more: Record<string, string | null> = {}) => ({
  zone: "tokens.example",
  name: null,
  type: null,
  level,
  ...more,
});
const names = (body: { items: { name: string; type: string }[] }) =>
  body.items.map(({ name, type }) => `${name.replace("tokens.example.", "")} ${type}`);

describe("making one", () => {
  test("shows it once, keeps a hash, tells the owner by mail, and notes it without the token", async () => {
    const person = await panel.person("Maker");
    const made = await person.call<{ id: string; token: string; prefix: string }>("POST", "/account/tokens", {
      name: "Deploy",
      mode: "full",
      networks: ["192.0.2.9/24", "2001:DB8::1"],
    });
    expect(made).toMatchObject({
      status: 201,
      body: { name: "Deploy", mode: "full", networks: ["192.0.2.0/24", "2001:db8::1"], lastUsedAt: null },
    });
    const { token, id, prefix } = made.body;
    expect(token).toMatch(/^zg_[A-Za-z0-9_-]{43}$/);
    expect(token.startsWith(prefix)).toBe(true);
    expect(prefix.length).toBe(11);
    const listed = await person.call<{ items: unknown[] }>("GET", "/account/tokens");
    expect(listed.body.items).toMatchObject([{ id, prefix }]);
    const everything = JSON.stringify([
      listed.body,
      ...sql
        .all<{ name: string }>("select name from sqlite_master where type = 'table'")
        .map(({ name }) => sql.all(`select * from "${name}"`)),
    ]);
    expect(everything).not.toContain(token);
    expect(everything).not.toContain(token.slice(12));
    expect(sql.get("select token_hash from tokens where id = ?", id)).toMatchObject({
      token_hash: (await import("node:crypto")).createHash("sha256").update(token).digest("hex"),
    });
    expect(
      sql.get("select action, actor_type, actor_label, target_label, after from audit_log order by id desc limit 1"),
    ).toMatchObject({
      action: "tokens.create",
      actor_type: "user",
      target_label: `Deploy, ${prefix}…`,
      after: expect.stringContaining('"mode":"full"'),
    });
    expect(sql.get("select recipient, text, template from mails where user_id = ?", person.id)).toMatchObject({
      recipient: person.email,
      template: "token",
      text: expect.stringContaining("“Deploy”"),
    });
  });

  test("needs apikeys:create and a fresh confirmation; listing and revoking have permissions of their own", async () => {
    const body = { name: "Mine", mode: "full" };
    const without = await panel.person("Without apikeys", ["org:create"]);
    for (const [method, path, sent, missing] of [
      ["GET", "/account/tokens", undefined, "apikeys:read"],
      ["POST", "/account/tokens", body, "apikeys:create"],
      ["PATCH", "/account/tokens/x", {}, "apikeys:delete"],
      ["DELETE", "/account/tokens/x", undefined, "apikeys:delete"],
    ] as const)
      expect(await without.call(method, path, sent)).toMatchObject({ status: 403, body: { missing } });
    const stale = await panel.person("Stale");
    sql.run("update sessions set confirmed_at = 0 where user_id = ?", stale.id);
    expect(await stale.call("POST", "/account/tokens", body)).toMatchObject({
      status: 403,
      body: { code: "confirmation_required" },
    });
  });

  test.each([
    ["no name", { name: " " }, "name"],
    ["no right at all", {}, "mode"],
    ["a full one with lists", { mode: "full", permissions: ["org:create"] }, "mode"],
    ["what is no grant", { permissions: ["org:create", "Org:Create"] }, "permissions.1"],
    ["a permission that the account does not hold", { permissions: ["dns:manage"] }, "permissions.0"],
    ["a wildcard that is more than it holds", { permissions: ["org:*"] }, "permissions.0"],
    [
      "an organisation that is not there",
      { organisations: [{ organisation: "nope", role: "member" }] },
      "organisations.0.organisation",
    ],
    ["a role above one's own", { organisations: [{ organisation: "acme", role: "admin" }] }, "organisations.0.role"],
    ["a zone that is not there", { zones: [{ zone: "nope.example", level: "view" }] }, "zones.0.zone"],
    ["a level above one's own", { zones: [rule("edit")] }, "zones.0.level"],
    ["a name of another zone", { zones: [rule("view", { name: "www.example.net." })] }, "zones.0.name"],
    [
      "an absolute name for any zone",
      { zones: [rule("view", { zone: null, name: "www.example.net." })] },
      "zones.0.name",
    ],
    ["two gaps", { zones: [rule("view", { name: "**.a.**" })] }, "zones.0.name"],
    ["what is no type", { zones: [rule("view", { type: "A B" })] }, "zones.0.type"],
    ["a server", { servers: [{ server: "one", capabilities: ["console"] }] }, "servers.0.server"],
    ["what is no network", { mode: "full", networks: ["192.0.2.1", "192.0.2.0/33"] }, "networks.1"],
    ["a moment that has passed", { mode: "full", expiresAt: 1 }, "expiresAt"],
  ])("%s is refused at its field", async (_what, input, field) => {
    const person = await member();
    const answer = await person.call<{ fields: Record<string, string> }>("POST", "/account/tokens", {
      name: "Wrong",
      ...input,
    });
    expect([answer.status, Object.keys(answer.body.fields ?? {})]).toEqual([422, [field]]);
    expect(sql.get("select count(*) as n from tokens where user_id = ?", person.id)).toEqual({ n: 0 });
  });

  test("names, numbers and organisations are taken as people write them and kept canonical", async () => {
    const made = await tokenOf(panel, owner, {
      organisations: [{ organisation: "acme", role: "admin" }],
      zones: [
        rule("edit", { zone: "acme/TOKENS.example", name: "Bücher.tokens.example.", type: "type16" }),
        rule("view", { zone: zoneIds["other.example"] ?? "", name: "*.WWW" }),
        rule("view", { zone: null, name: "@" }),
      ],
    });
    const row = sql.get<{ zones: string; organisations: string }>("select * from tokens where id = ?", made.id);
    expect(JSON.parse(row?.organisations ?? "")).toEqual([{ organisation: acmeId, role: "admin" }]);
    expect(JSON.parse(row?.zones ?? "")).toEqual([
      { zone: zoneIds["tokens.example"], name: "xn--bcher-kva", type: "TXT", level: "edit" },
      { zone: zoneIds["other.example"], name: "*.www", type: null, level: "view" },
      { zone: null, name: "@", type: null, level: "view" },
    ]);
  });

  test("a zone name that two organisations have must say whose", async () => {
    const second = (await owner.call<{ id: string }>("POST", "/organisations", { name: "Second", handle: "second" }))
      .body;
    sql.run(
      "insert into zones (id, organisation_id, connection, name, origin, status, created_at) values ('twin', ?, 'elsewhere', 'other.example.', 'created', 'active', 0)",
      second.id,
    );
    const ask = (zone: string) =>
      owner.call("POST", "/account/tokens", { name: "Twin", zones: [{ zone, level: "view" }] });
    expect(await ask("other.example")).toMatchObject({
      status: 422,
      body: { fields: { "zones.0.zone": expect.stringMatching(/(acme|second)\/other\.example or /) } },
    });
    expect(await ask("second/other.example")).toMatchObject({ status: 201, body: { zones: [{ zone: "twin" }] } });
    sql.run("delete from zones where id = 'twin'");
  });

  test("stops at the limit, also when two come at once", async () => {
    const { setSetting } = await import("#lib/settings/settings.ts");
    const person = await panel.person("Collector");
    setSetting("limits.tokens_per_account", 2);
    try {
      const make = () => person.call("POST", "/account/tokens", { name: "One more", mode: "full" });
      const answers = [await make(), ...(await Promise.all([make(), make()]))];
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 409]);
    } finally {
      setSetting("limits.tokens_per_account", 50);
    }
  });
});

describe("showing one", () => {
  test("opens the API by either header, without a cookie and from anywhere, and says so in log and history", async () => {
    const person = await member("admin");
    const token = await tokenOf(panel, person, { mode: "full", name: "CI" });
    expect((await token.call("GET", "/account")).body).toMatchObject({ id: person.id });
    const byKey = await panel.call("GET", "/account", undefined, { "x-api-key": token.secret });
    expect([byKey.status, byKey.body]).toMatchObject([200, { id: person.id }]);
    const write = await token.call<{ change: string }>("POST", `${zone}/records`, {
      name: "by-token",
      type: "A",
      ttl: 60,
      content: "192.0.2.3",
    });
    expect(write.status).toBe(201);
    const label = `${person.email} (CI, ${token.secret.slice(0, 11)}…)`;
    expect(sql.get("select actor_type, actor_id, actor_label from audit_log order by id desc limit 1")).toEqual({
      actor_type: "token",
      actor_id: person.id,
      actor_label: label,
    });
    expect(await owner.call("GET", `${zone}/changes/${write.body.change}`)).toMatchObject({
      body: { actor: { type: "token", id: person.id, label } },
    });
    expect(
      sql.get<{ actor: string }>("select actor from zone_changes where id = ?", write.body.change)?.actor,
    ).not.toMatch(/rights|zg_[\w-]{12}/);
  });

  test("goes before a cookie: one that does not hold is refused though the cookie would do", async () => {
    const person = await panel.person("Both");
    const someone = await panel.person("Someone else");
    const token = await tokenOf(panel, person, { mode: "full" });
    const both = (headers: Record<string, string>) =>
      panel.call("GET", "/account", undefined, { cookie: someone.cookie, ...headers });
    expect((await both({ authorization: `bearer ${token.secret}` })).body).toMatchObject({ id: person.id });
    for (const headers of [
      { authorization: "Bearer zg_wrong" },
      { authorization: "Bearer " },
      { authorization: `Bearer ${token.secret}x` },
      { "x-api-key": `zg_${"A".repeat(43)}` },
      { "x-api-key": "" },
      { authorization: `Bearer ${token.secret}`, "x-api-key": `zg_${"B".repeat(43)}` },
    ] as Record<string, string>[])
      expect(await both(headers), JSON.stringify(headers)).toMatchObject({
        status: 401,
        body: { code: "unauthenticated", message: expect.stringMatching(/API token/) },
      });
    // What is no bearer is not ours to read: a proxy in front may ask for a password of its own.
    expect((await both({ authorization: "Basic YTpi" })).body).toMatchObject({ id: someone.id });
  });

  test("is refused at the calls of the panel's own pages", async () => {
    const token = await tokenOf(panel, await panel.person("Page caller"), { mode: "full" });
    expect(await token.call("POST", "/rpc/users/me", { json: {} })).toMatchObject({ status: 403 });
    expect(
      (await panel.call("POST", "/rpc/users/me", { json: {} }, { authorization: `Bearer ${token.secret}` })).body,
    ).toMatchObject({ code: "token_refused" });
  });

  test("is not a page's sign-in: the same headers give a page nobody", async () => {
    const { actorOf } = await import("#lib/auth/session.ts");
    const token = await tokenOf(panel, await panel.person("No page"), { mode: "full" });
    const headers = new Headers({ authorization: `Bearer ${token.secret}` });
    expect((await actorOf(headers, { address: "127.0.0.1", requestId: "x" })).type).toBe("anonymous");
  });

  test("stops when its account is suspended, about to be deleted or gone, when it expires, and when it is revoked", async () => {
    const person = await panel.person("Ending");
    const token = await tokenOf(panel, person, { mode: "full", expiresAt: Date.now() + 3_600_000 });
    const says = async (text: RegExp) => {
      expect(await token.call("GET", "/account")).toMatchObject({
        status: 401,
        body: { message: expect.stringMatching(text) },
      });
      sql.run("delete from attempts");
    };
    const works = async () => expect((await token.call("GET", "/account")).status).toBe(200);
    await works();
    sql.run("update users set suspended_at = 1 where id = ?", person.id);
    await says(/suspended/);
    sql.run("update users set suspended_at = null, deletion_due_at = 9 where id = ?", person.id);
    await says(/about to be deleted/);
    sql.run("update users set deletion_due_at = null where id = ?", person.id);
    await works();
    sql.run("update tokens set expires_at = ? where id = ?", Date.now() - 1, token.id);
    await says(/expired/);
    sql.run("update tokens set expires_at = null where id = ?", token.id);
    await works();
    expect((await person.call("DELETE", `/account/tokens/${token.id}`)).status).toBe(200);
    await says(/not known/);
  });

  test("works from its networks alone", async () => {
    const person = await panel.person("Networked");
    const token = await tokenOf(panel, person, { mode: "full", networks: ["192.0.2.0/24", "2001:db8:1::/48"] });
    const from = (address: string) =>
      callWith(panel, token.secret, { "x-zonegate-address": address })("GET", "/account");
    for (const [address, status] of [
      ["192.0.2.255", 200],
      ["::ffff:192.0.2.1", 200],
      ["2001:db8:1:ffff::1", 200],
      ["192.0.3.1", 401],
      ["2001:db8:2::1", 401],
      ["127.0.0.1", 401],
      ["nonsense", 401],
    ] as const)
      expect([address, (await from(address)).status]).toEqual([address, status]);
    expect((await from("192.0.3.1")).body).toMatchObject({ message: expect.stringMatching(/192\.0\.3\.1/) });
    sql.run("delete from attempts");
  });

  test("opens nothing while a role of its account asks for a second factor that is not there", async () => {
    const person = await panel.person("Unenrolled", ["org:create", "apikeys:create"]);
    const token = await tokenOf(panel, person, { mode: "full" });
    sql.run(
      "update roles set requires_mfa = 1 where id in (select role_id from user_roles where user_id = ?)",
      person.id,
    );
    for (const path of ["/account", "/organisations", "/dns/zones"])
      expect(await token.call("GET", path)).toMatchObject({ status: 403, body: { code: "second_factor_required" } });
    sql.run("insert into totp_factors (user_id, secret, created_at) values (?, 'sealed', 0)", person.id);
    expect((await token.call("GET", "/account")).status, "one that is not confirmed is none").toBe(403);
    sql.run("update totp_factors set confirmed_at = 1 where user_id = ?", person.id);
    expect((await token.call("GET", "/account")).status).toBe(200);
  });

  test("notes its last use and where from, at most once a minute", async () => {
    const person = await panel.person("Used");
    const token = await tokenOf(panel, person, { mode: "full" });
    const used = () =>
      sql.get<{ at: number; address: string }>(
        "select last_used_at as at, last_used_address as address from tokens where id = ?",
        token.id,
      );
    const from = (address: string) =>
      callWith(panel, token.secret, { "x-zonegate-address": address })("GET", "/account");
    await from("198.51.100.1");
    const first = used();
    expect(first).toEqual({ at: expect.any(Number), address: "198.51.100.1" });
    await from("198.51.100.2");
    expect(used()).toEqual(first);
    sql.run("update tokens set last_used_at = last_used_at - 60001 where id = ?", token.id);
    await from("198.51.100.3");
    expect(used()).toMatchObject({ address: "198.51.100.3" });
    expect((await person.call<{ items: unknown[] }>("GET", "/account/tokens")).body.items).toMatchObject([
      { lastUsedAddress: "198.51.100.3" },
    ]);
  });
});

describe("limits", () => {
  test("a token has so many requests a minute, told in every answer, and a restart gives none back", async () => {
    const { setSetting } = await import("#lib/settings/settings.ts");
    const token = await tokenOf(panel, await panel.person("Busy"), { mode: "full" });
    const another = await tokenOf(panel, await panel.person("Calm"), { mode: "full" });
    setSetting("limits.requests_per_token", 3);
    try {
      const told = [];
      for (let n = 0; n < 4; n++) {
        const { status, headers } = await token.call("GET", "/account");
        told.push([status, headers.get("ratelimit-limit"), headers.get("ratelimit-remaining")]);
      }
      expect(told).toEqual([
        [200, "3", "2"],
        [200, "3", "1"],
        [200, "3", "0"],
        [429, "3", "0"],
      ]);
      const over = await token.call("GET", "/account");
      expect(over).toMatchObject({ status: 429, body: { code: "rate_limited" } });
      expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(over.headers.get("retry-after")).toBe(over.headers.get("ratelimit-reset"));
      expect((await another.call("GET", "/account")).status).toBe(200);
      sql.run("update attempts set expires_at = 1 where key = ?", `token-requests:${token.id}`);
      expect((await token.call("GET", "/account")).status).toBe(200);
    } finally {
      setSetting("limits.requests_per_token", 600);
    }
  });

  test("most requests write nothing, and a restart costs a token a few of its own, never gives it more", async () => {
    const { setSetting } = await import("#lib/settings/settings.ts");
    const { singleton } = await import("#lib/singleton.ts");
    const restart = () => singleton("request-limits", () => new Map()).clear();
    const token = await tokenOf(panel, await panel.person("Restarted"), { mode: "full" });
    const writes = () => sql.get<{ n: number }>("select total_changes() as n")?.n ?? 0;
    setSetting("limits.requests_per_token", 60);
    try {
      await token.call("GET", "/account");
      const before = writes();
      expect((await token.call("GET", "/account")).headers.get("ratelimit-remaining")).toBe("58");
      expect((await token.call("GET", "/account")).headers.get("ratelimit-remaining")).toBe("57");
      expect(writes()).toBe(before);
      let passed = 3;
      for (let n = 0; n < 60; n++) {
        if (n % 2 === 0) restart();
        if ((await token.call("GET", "/account")).status === 200) passed++;
      }
      expect(passed).toBe(3 + Math.floor((57 * 2) / 3));
    } finally {
      setSetting("limits.requests_per_token", 600);
    }
  });

  test("guessing is locked per network, noted once a failure, and stops no token that holds", async () => {
    sql.run("delete from attempts");
    const token = await tokenOf(panel, await panel.person("Neighbour"), { mode: "full" });
    const guess = (address: string) =>
      callWith(panel, `zg_${String(++sequence).padStart(43, "x")}`, { "x-zonegate-address": address })(
        "GET",
        "/account",
      );
    const before = sql.get<{ n: number }>("select count(*) as n from audit_log where action = 'tokens.use'")?.n ?? 0;
    const statuses = [];
    for (let n = 0; n < 25; n++) statuses.push((await guess("203.0.113.5")).status);
    expect(statuses).toEqual([...Array(20).fill(401), ...Array(5).fill(429)]);
    const noted = sql.all<{ outcome: string; target_label: string; actor_type: string; after: string }>(
      "select outcome, target_label, actor_type, after from audit_log where action = 'tokens.use' order by id",
    );
    expect(noted.length - before).toBe(20);
    expect(noted.at(-1)).toMatchObject({
      outcome: "refused",
      actor_type: "anonymous",
      target_label: "an unknown token",
    });
    expect(JSON.stringify(noted)).not.toMatch(/zg_x{20}/);
    expect((await guess("203.0.113.6")).status).toBe(401);
    expect(
      (await callWith(panel, token.secret, { "x-zonegate-address": "203.0.113.5" })("GET", "/account")).status,
    ).toBe(200);
    sql.run("delete from attempts");
  });
});

describe("a token with listed rights", () => {
  test("has of its account's permissions those on its list", async () => {
    const staff = await panel.person("Lister", ["users:*", "org:create", "apikeys:create"]);
    const reader = await tokenOf(panel, staff, { permissions: ["users:read"] });
    const maker = await tokenOf(panel, staff, { permissions: ["org:create"] });
    expect((await reader.call("GET", "/admin/users")).status).toBe(200);
    expect(await maker.call("GET", "/admin/users")).toMatchObject({ status: 403, body: { missing: "users:read" } });
    expect(await reader.call("GET", "/account")).toMatchObject({ body: { staff: true } });
    expect(await maker.call("GET", "/account")).toMatchObject({ body: { staff: false } });
    const body = { name: "Made by token", handle: `made-${++sequence}` };
    expect((await reader.call("POST", "/organisations", body)).status).toBe(403);
    expect(await maker.call("POST", "/organisations", body)).toMatchObject({ status: 201, body: { role: null } });
    // Each right is the lower of the two now: what the account loses, the token loses.
    sql.run("delete from user_roles where user_id = ?", staff.id);
    expect((await reader.call("GET", "/admin/users")).status).toBe(403);
  });

  test("without organisations and zones sees none; with them those alone, at its role", async () => {
    const person = await member("admin");
    const nothing = await tokenOf(panel, person, { permissions: ["org:create"] });
    for (const path of [acme, `${acme}/members`, `${acme}/dns/zones`, zone, `${zone}/records`])
      expect([path, (await nothing.call("GET", path)).status]).toEqual([path, 404]);
    expect((await nothing.call("GET", "/organisations")).body).toMatchObject({ items: [], total: 0 });
    expect((await nothing.call("GET", "/dns/zones")).body).toMatchObject({ items: [], total: 0 });

    const asMember = await tokenOf(panel, person, { organisations: [{ organisation: "acme", role: "member" }] });
    expect(await asMember.call("GET", acme)).toMatchObject({ status: 200, body: { role: "member", zones: 0 } });
    expect(await asMember.call("GET", "/organisations")).toMatchObject({
      body: { items: [{ role: "member", zones: 0 }], total: 1 },
    });
    expect(await asMember.call("PATCH", acme, { name: "Mine" })).toMatchObject({
      status: 403,
      body: { missing: "admin" },
    });
    expect((await asMember.call("GET", zone)).status).toBe(404);
    expect(await asMember.call("GET", `${acme}/dns/connections`)).toMatchObject({ body: { mayCreate: false } });

    const asAdmin = await tokenOf(panel, person, {
      organisations: [{ organisation: null, role: "admin" }],
      zones: [rule("view")],
    });
    expect(await asAdmin.call("GET", acme)).toMatchObject({ body: { role: "admin", zones: 1 } });
    expect((await asAdmin.call("PATCH", acme, { name: "Acme" })).status).toBe(200);
    expect(await asAdmin.call("GET", `${acme}/dns/zones`)).toMatchObject({
      body: { total: 1, items: [{ displayName: "tokens.example", level: "view", manage: false }] },
    });
    sql.run("update organisation_members set role = 'member' where user_id = ?", person.id);
    expect((await asAdmin.call("PATCH", acme, { name: "Mine" })).status).toBe(403);
    sql.run("delete from organisation_members where user_id = ?", person.id);
    for (const token of [asMember, asAdmin]) expect((await token.call("GET", acme)).status).toBe(404);
  });

  test("makes zones only where a rule for every zone manages them", async () => {
    const person = await member("admin");
    const organisations = [{ organisation: "acme", role: "admin" }];
    const create = { name: `made${++sequence}.example`, connection: "local" };
    for (const zones of [
      [],
      [rule("full")],
      [rule("edit", { zone: null })],
      [rule("full", { zone: null, name: "**" })],
    ]) {
      const token = await tokenOf(panel, person, { organisations, zones });
      expect((await token.call("POST", `${acme}/dns/zones`, create)).status).toBe(403);
    }
    const token = await tokenOf(panel, person, { organisations, zones: [rule("full", { zone: null })] });
    expect(await token.call("POST", `${acme}/dns/zones`, create)).toMatchObject({
      status: 201,
      body: { level: "full", manage: true },
    });
    const noOrganisation = await tokenOf(panel, person, { zones: [rule("full", { zone: null })] });
    expect((await noOrganisation.call("POST", `${acme}/dns/zones`, { ...create, name: "x.example" })).status).toBe(404);
  });

  test("platform permissions reach no further than list and rules together", async () => {
    const staff = await panel.person("Platform", ["dns:manage", "org:write", "apikeys:create"]);
    const rules = { zones: [rule("full")], organisations: [{ organisation: "acme", role: "member" }] };
    const without = await tokenOf(panel, staff, rules);
    expect([(await without.call("GET", zone)).status, (await without.call("GET", acme)).status]).toEqual([404, 404]);
    const holding = await tokenOf(panel, staff, { ...rules, permissions: ["dns:manage", "org:write"] });
    expect(await holding.call("GET", zone)).toMatchObject({ status: 200, body: { level: "full", manage: true } });
    expect((await holding.call("GET", other)).status).toBe(404);
    expect((await holding.call("GET", acme)).status).toBe(200);
    expect((await holding.call("PATCH", acme, { name: "Mine" })).status).toBe(403);
    expect(
      (await holding.call("POST", `${zone}/records`, { name: "staff", type: "A", ttl: 60, content: "192.0.2.4" }))
        .status,
    ).toBe(201);
    expect(sql.get("select actor_type, as_staff from audit_log order by id desc limit 1")).toEqual({
      actor_type: "token",
      as_staff: 1,
    });
  });
});

describe("narrowed to names and types", () => {
  const challenge = [
    rule("full", { name: "_acme-challenge", type: "TXT" }),
    rule("full", { name: "_acme-challenge.**", type: "TXT" }),
  ];

  test("lists, counts, search and single records hold nothing else", async () => {
    const token = await tokenOf(panel, owner, { zones: challenge });
    expect(await token.call("GET", zone)).toMatchObject({
      body: {
        level: "full",
        manage: false,
        narrowed: { names: ["_acme-challenge", "_acme-challenge.**"], types: ["TXT"] },
      },
    });
    const records = await token.call<{ items: { id: string; name: string; type: string }[]; total: number }>(
      "GET",
      `${zone}/records`,
    );
    expect(names(records.body).toSorted()).toEqual(["_acme-challenge. TXT", "_acme-challenge.www. TXT"]);
    expect(records.body.total).toBe(2);
    const sets = await token.call<{ items: { name: string; type: string }[]; types: unknown; total: number }>(
      "GET",
      `${zone}/rrsets`,
    );
    expect([names(sets.body).length, sets.body.total, sets.body.types]).toEqual([2, 2, [{ type: "TXT", count: 2 }]]);
    expect((await token.call("GET", `${zone}/records?q=secret`)).body).toMatchObject({ items: [], total: 0 });
    expect((await token.call("GET", `${zone}/rrsets?type=A`)).body).toMatchObject({ items: [], total: 0 });
    const all = await owner.call<{ items: { id: string; name: string; type: string }[] }>(
      "GET",
      `${zone}/records?q=secret`,
    );
    const id = all.body.items[0]?.id ?? "";
    expect((await token.call("DELETE", `${zone}/records/${id}`)).status).toBe(404);
    expect(
      (await token.call("PUT", `${zone}/records/${id}`, { name: "_acme-challenge", type: "TXT", content: '"x"' }))
        .status,
    ).toBe(404);
  });

  test("history shows the steps that it sees, and of the rest how many there are", async () => {
    const token = await tokenOf(panel, owner, { zones: challenge });
    const change = await owner.call<{ change: string }>("POST", `${zone}/changes`, {
      rrsets: [
        { name: "_acme-challenge", type: "TXT", ttl: 60, records: [{ content: '"both"' }] },
        { name: "secret", type: "A", ttl: 60, records: [{ content: "192.0.2.77" }] },
      ],
    });
    sql.run("update zone_changes set message = 'secret A was refused' where id = ?", change.body.change);
    const one = await token.call("GET", `${zone}/changes/${change.body.change}`);
    expect(one.body).toMatchObject({ message: "" });
    expect(one.body).toMatchObject({
      hidden: 1,
      records: { updated: 1 },
      plan: [{ name: "_acme-challenge.tokens.example." }],
    });
    expect(await owner.call("GET", `${zone}/changes/${change.body.change}`)).toMatchObject({
      body: { hidden: 0, plan: [{}, {}] },
    });
    const found = (query: string) => token.call<{ total: number; items: unknown[] }>("GET", `${zone}/changes?${query}`);
    expect((await found("name=secret")).body.total).toBe(0);
    expect((await found("type=A")).body.total).toBe(0);
    expect((await found("name=_acme")).body.total).toBeGreaterThan(0);
    expect(JSON.stringify((await found("perPage=200")).body)).not.toMatch(/secret|192\.0\.2/);
  });

  test("writes what its rules allow, and learns nothing of the rest by trying", async () => {
    const token = await tokenOf(panel, owner, { zones: challenge });
    const add = (input: Record<string, unknown>) => token.call("POST", `${zone}/records`, { ttl: 60, ...input });
    const made = await add({ name: `_acme-challenge.n${++sequence}`, type: "TXT", content: '"made"' });
    expect(made.status).toBe(201);
    const refused = { status: 403, body: { code: "forbidden", missing: "view" } };
    for (const [name, type, content] of [
      ["secret", "A", "192.0.2.66"],
      ["secret", "A", "192.0.2.99"],
      ["secret", "TYPE1", "192.0.2.66"],
      ["nothing-there", "A", "192.0.2.66"],
      ["_acme-challenge", "A", "192.0.2.66"],
      ["www", "TXT", '"seen"'],
    ] as const) {
      const answer = await add({ name, type, content });
      expect(answer, `${name} ${type}`).toMatchObject(refused);
    }
    for (const body of [
      { deletions: [{ name: "secret", type: "A" }] },
      { deletions: [{ name: "nothing-there", type: "A" }] },
      { rrsets: [{ name: "www", type: "TXT", ttl: 60, records: [{ content: '"seen"' }] }] },
      { expect: [{ name: "secret", type: "A", hash: "x" }] },
    ])
      for (const dryRun of [true, false])
        expect(await token.call("POST", `${zone}/changes`, { ...body, dryRun }), JSON.stringify(body)).toMatchObject(
          refused,
        );
  });

  test("what stands beside or below unseen is a number, in a preview and in a refusal", async () => {
    const cname = await tokenOf(panel, owner, { zones: [rule("full", { type: "CNAME" })] });
    const beside = { rrsets: [{ name: "secret", type: "CNAME", ttl: 60, records: [{ content: "www.example.net." }] }] };
    const preview = await cname.call("POST", `${zone}/changes`, { ...beside, dryRun: true });
    expect(preview.body).toMatchObject({ hidden: 1, errors: [], refused: [], conflicts: [] });
    const refusal = await cname.call("POST", `${zone}/changes`, beside);
    expect(refusal).toMatchObject({ status: 422, body: { hidden: 1, message: expect.stringMatching(/cannot see/) } });
    const cut = await tokenOf(panel, owner, {
      zones: [
        rule("view", { type: "TXT" }),
        rule("full", { name: "cut" }),
        rule("full", { name: "**.cut" }),
        rule("none", { name: "b.cut" }),
      ],
    });
    const delegate = { rrsets: [{ name: "cut", type: "NS", ttl: 60, records: [{ content: "ns.example.net." }] }] };
    const hidden = await cut.call("POST", `${zone}/changes`, delegate);
    expect(hidden).toMatchObject({ status: 403, body: { hidden: 1 } });
    for (const answer of [preview, refusal, hidden])
      expect(JSON.stringify(answer.body)).not.toMatch(/192\.0\.2|b\.cut/);
    expect((await owner.call("POST", `${zone}/changes`, { ...delegate, dryRun: true })).body).toMatchObject({
      hidden: 0,
      refused: [],
    });
  });

  test("an edit rule adds and changes, and deletes nothing; type and number are one", async () => {
    const token = await tokenOf(panel, owner, { zones: [rule("edit", { type: "TYPE16" })] });
    const name = `edit${++sequence}`;
    const made = await token.call<{ id: string }>("POST", `${zone}/records`, {
      name,
      type: "TXT",
      ttl: 60,
      content: '"one"',
    });
    expect(made.status).toBe(201);
    expect((await token.call("DELETE", `${zone}/records/${made.body.id}`)).status).toBe(403);
    expect(
      (await token.call("PUT", `${zone}/records/${made.body.id}`, { name, type: "TYPE16", ttl: 60, content: '"two"' }))
        .status,
    ).toBe(200);
    expect(
      (await token.call("POST", `${zone}/records`, { name, type: "A", ttl: 60, content: "192.0.2.8" })).status,
    ).toBe(403);
  });

  test("managing takes a rule without names and types, at full; a rule at the apex still counts", async () => {
    const apexNs = {
      rrsets: [{ name: "@", type: "NS", ttl: 60, records: [{ content: "ns9.example.net." }] }],
      dryRun: true,
    };
    const manages = async (zones: unknown[]) => {
      const token = await tokenOf(panel, owner, { zones });
      const preview = await token.call<{ refused?: unknown[] }>("POST", `${zone}/changes`, apexNs);
      return [(await token.call("GET", `${zone}/permissions`)).status, preview.body.refused?.length ?? preview.status];
    };
    expect(await manages([rule("full")])).toEqual([200, 0]);
    expect(await manages([rule("full", { zone: null })])).toEqual([200, 0]);
    expect(await manages([rule("full", { name: "@" }), rule("full", { name: "**" })])).toEqual([403, 1]);
    expect(await manages([rule("full", { zone: null }), rule("edit")])).toEqual([403, 1]);
    expect(await manages([rule("full"), rule("view", { name: "@", type: "NS" })])).toEqual([200, 1]);
    expect(await manages([rule("full"), rule("none", { name: "@", type: "NS" })])).toEqual([200, 403]);
  });

  test("a guest's token is a guest's, and follows what the guest has now", async () => {
    const guest = await panel.person("Guest");
    const give = (modify: number) =>
      sql.run(
        "insert or replace into zone_permissions (zone_id, user_id, can_view, can_modify, can_delete, expires_at, created_at) values (?, ?, 1, ?, 0, ?, 0)",
        zoneIds["tokens.example"],
        guest.id,
        modify,
        Date.now() + 3_600_000,
      );
    give(1);
    const full = await tokenOf(panel, guest, { mode: "full" });
    const any = await tokenOf(panel, guest, { zones: [rule("full", { zone: null })] });
    for (const token of [full, any]) {
      expect(await token.call("GET", "/dns/zones")).toMatchObject({
        body: { total: 1, items: [{ level: "edit", manage: false }] },
      });
      expect((await token.call("GET", acme)).status).toBe(404);
      expect((await token.call("GET", `${zone}/permissions`)).status).toBe(403);
    }
    give(0);
    for (const token of [full, any]) expect(await token.call("GET", zone)).toMatchObject({ body: { level: "view" } });
    sql.run("delete from zone_permissions where user_id = ?", guest.id);
    for (const token of [full, any]) expect((await token.call("GET", zone)).status).toBe(404);
  });
});

describe("no token touches", () => {
  test("tokens, passwords, factors, sessions, names, roles and other accounts, and none is ever fresh", async () => {
    const token = await tokenOf(panel, root, { mode: "full" });
    for (const [method, path, body] of [
      ["GET", "/account/tokens", undefined],
      ["POST", "/account/tokens", { name: "Child", mode: "full" }],
      ["PATCH", `/account/tokens/${token.id}`, { name: "Renamed" }],
      ["DELETE", `/account/tokens/${token.id}`, undefined],
      ["GET", "/admin/tokens", undefined],
      ["GET", `/admin/users/${root.id}/tokens`, undefined],
      ["DELETE", `/admin/users/${root.id}/tokens/${token.id}`, undefined],
      ["POST", "/account/password", { newPassword: "a harbour in the fog" }],
      ["GET", "/account/sessions", undefined],
      ["DELETE", "/account/sessions", undefined],
      ["PATCH", "/account", { name: "Renamed" }],
      ["POST", "/account/totp", {}],
      ["POST", "/account/confirm", { password: "a" }],
      ["POST", "/admin/users", { name: "A", email: "a@example.org", password: "a long enough password" }],
    ] as const)
      expect(await token.call(method, path, body), `${method} ${path}`).toMatchObject({
        status: 403,
        body: { code: "token_refused" },
      });
    expect((await token.call("GET", "/admin/users")).status).toBe(200);
    const noted = sql.all<{ action: string }>(
      "select action from audit_log where outcome = 'refused' and actor_type = 'token' and target_id = ?",
      token.id,
    );
    expect(noted.map(({ action }) => action)).toEqual(["tokens.edit", "tokens.revoke"]);
  });
});

describe("shrinking one", () => {
  test("takes rights, networks and time away, and notes both states", async () => {
    const person = await member("admin");
    const until = Date.now() + 7_200_000;
    const token = await tokenOf(panel, person, { mode: "full", expiresAt: until });
    const edit = (body: unknown) => person.call("PATCH", `/account/tokens/${token.id}`, body);
    expect(await edit({ name: "Smaller", networks: ["127.0.0.0/8"], expiresAt: until - 1000 })).toMatchObject({
      status: 200,
      body: { name: "Smaller", mode: "full", networks: ["127.0.0.0/8"], expiresAt: until - 1000 },
    });
    expect(
      await edit({ mode: "listed", zones: [rule("full"), rule("view", { name: "www" })], permissions: ["org:create"] }),
    ).toMatchObject({
      status: 200,
      body: { mode: "listed", zones: [{ label: "tokens.example", level: "full" }, { level: "view" }] },
    });
    expect((await token.call("GET", zone)).status).toBe(200);
    expect((await token.call("GET", other)).status).toBe(404);
    expect(sql.get("select action, before, after from audit_log order by id desc limit 1")).toMatchObject({
      action: "tokens.edit",
      before: expect.stringContaining('"mode":"full"'),
      after: expect.stringContaining('"mode":"listed"'),
    });
    const same = [rule("full"), rule("view", { name: "www" })];
    for (const [body, field] of [
      [{ mode: "full", zones: [], permissions: [] }, "mode"],
      [{ permissions: ["org:create", "apikeys:read"] }, "permissions"],
      [{ organisations: [{ organisation: "acme", role: "member" }] }, "organisations"],
      [{ zones: [...same, rule("view", { zone: "other.example" })] }, "zones"],
      [{ zones: [rule("full")] }, "zones"],
      [{ zones: [same[0], rule("edit", { name: "www" })] }, "zones"],
      [{ zones: [same[0], { ...same[1], type: "A" }] }, "zones"],
      [{ networks: [] }, "networks"],
      [{ networks: ["127.0.0.1", "0.0.0.0/0"] }, "networks.1"],
      [{ expiresAt: null }, "expiresAt"],
      [{ expiresAt: until }, "expiresAt"],
    ] as const) {
      const answer = await person.call<{ fields: Record<string, string> }>(
        "PATCH",
        `/account/tokens/${token.id}`,
        body,
      );
      expect([answer.status, Object.keys(answer.body.fields ?? {})], JSON.stringify(body)).toEqual([422, [field]]);
    }
    expect((await edit({ zones: [rule("edit"), rule("view", { name: "www" })], networks: ["127.0.0.1"] })).status).toBe(
      200,
    );
    expect((await edit({ zones: [rule("view")] })).status).toBe(200);
  });

  test("keeps rules of zones and organisations that are gone, without their names", async () => {
    const person = await member("admin");
    const made = await person.call<{ id: string }>("POST", `${acme}/dns/zones`, {
      name: `gone${++sequence}.example`,
      connection: "local",
    });
    const gone = { zone: made.body.id, name: null, type: null, level: "full" };
    const token = await tokenOf(panel, person, {
      zones: [gone, rule("full")],
      organisations: [{ organisation: "acme", role: "admin" }],
    });
    sql.run("delete from zones where id = ?", made.body.id);
    sql.run("delete from organisation_members where user_id = ?", person.id);
    const listed = await person.call("GET", "/account/tokens");
    expect(listed.body).toMatchObject({
      items: [
        {
          zones: [{ zone: gone.zone, label: null }, { label: null }],
          organisations: [{ organisation: acmeId, label: null }],
        },
      ],
    });
    expect((await token.call("GET", zone)).status).toBe(404);
    expect((await token.call("GET", "/dns/zones")).body).toMatchObject({ total: 0 });
    expect(
      await person.call("PATCH", `/account/tokens/${token.id}`, { zones: [{ ...gone, level: "view" }] }),
    ).toMatchObject({
      status: 200,
      body: { zones: [{ zone: gone.zone, level: "view" }] },
    });
  });
});

describe("npm run panel -- token", () => {
  const command = (...args: string[]) => panelCommand(panel.dataDir, ["token", ...args]);

  test("makes one with no more than the account has, lists it without its secret, and revokes it", async () => {
    const person = await member();
    const made = await command(
      "create",
      person.email,
      ...["--name", "From the shell", "--days", "30", "--network", "127.0.0.1"],
      ...["--organisation", "acme=member", "--zone", "tokens.example=view,www,TXT", "--zone", "any=view,@"],
    );
    expect(made).toMatchObject({ code: 0, error: "" });
    const secret = made.out.split("\n")[0] ?? "";
    const call = callWith(panel, secret);
    expect((await call("GET", acme)).status).toBe(200);
    const records = await call<{ items: { name: string; type: string }[] }>("GET", `${zone}/records?q=www`);
    expect(names(records.body)).toEqual(["www. TXT"]);
    const listed = await command("list", person.email);
    expect(listed.out).toMatch(/^zg_[\w-]{8}…\tFrom the shell\t\S+\tlisted\texpires \d{4}-\d\d-\d\d\tused /);
    expect(listed.out).not.toContain(secret);
    expect((await command("list")).out.split("\n").length).toBeGreaterThan(2);
    expect(await command("revoke", secret.slice(0, 11))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/is revoked/),
    });
    expect((await call("GET", acme)).status).toBe(401);
    const noted = sql.all("select action, actor_type from audit_log where action like 'panel.token.%' order by id");
    expect(noted).toEqual([
      { action: "panel.token.create", actor_type: "system" },
      { action: "panel.token.revoke", actor_type: "system" },
    ]);
    sql.run("delete from attempts");
  });

  test.each([
    [[], /What about tokens/],
    [["create"], /Whose/],
    [["create", "nobody@example.org", "--name", "N", "--full"], /no account/],
    [["create", "owner@example.org", "--full"], /a name/],
    [["create", "owner@example.org", "--name", "N"], /at least one right/],
    [["create", "owner@example.org", "--name", "N", "--permission", "dns:manage"], /do not hold dns:manage/],
    [["create", "owner@example.org", "--name", "N", "--zone", "nope.example=view"], /no zone nope\.example/],
    [["create", "owner@example.org", "--name", "N", "--zone", "any=most"], /none, view, edit or full/],
    [["create", "owner@example.org", "--name", "N", "--full", "--days", "0"], /whole number of days/],
    [["create", "owner@example.org", "--name", "N", "--full", "--network", "x"], /no address or network/],
    [["revoke"], /Which/],
    [["revoke", "zg_nothing"], /no such token/],
    [["list", "nobody@example.org"], /no account/],
  ])("%j says a sentence and exits 1", async (args, sentence) => {
    const { code, error } = await command(...args);
    expect(error).toMatch(sentence);
    expect(error).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  });
});

describe("staff", () => {
  test("list everybody's with users:read, and revoke them with admin:user:edit under the ceiling", async () => {
    const person = await panel.person("Watched");
    const token = await tokenOf(panel, person, { mode: "full", name: "Watched token" });
    const rootToken = await tokenOf(panel, root, { mode: "full" });
    const reader = await panel.person("Token reader", ["users:read"]);
    const { defaultRoleGrants } = await import("#lib/access/roles.ts");
    const editor = await panel.person("Token editor", ["admin:user:edit", ...defaultRoleGrants]);
    expect(await reader.call("GET", `/admin/users/${person.id}/tokens`)).toMatchObject({
      body: { items: [{ name: "Watched token" }] },
    });
    const all = await unmasked(panel, reader).call<{ items: unknown[] }>("GET", "/admin/tokens?q=watched");
    expect(all.body.items).toMatchObject([{ name: "Watched token", account: { email: person.email } }]);
    expect(JSON.stringify(all.body)).not.toMatch(/hash|zg_[\w-]{12}/i);
    expect((await reader.call("GET", "/admin/users/nobody/tokens")).status).toBe(404);
    const revoke = (who: Person, user: Person, id: string) =>
      who.call("DELETE", `/admin/users/${user.id}/tokens/${id}`);
    expect((await revoke(reader, person, token.id)).status).toBe(403);
    expect(await revoke(editor, root, rootToken.id)).toMatchObject({ status: 403, body: { missing: "*" } });
    expect((await revoke(editor, root, token.id)).status).toBe(404);
    expect((await editor.call("GET", "/admin/tokens")).status).toBe(403);
    expect((await revoke(editor, person, token.id)).status).toBe(200);
    expect((await token.call("GET", "/account")).status).toBe(401);
    expect(
      sql.get(
        "select action, as_staff, actor_id, target_label from audit_log where outcome = 'done' order by id desc limit 1",
      ),
    ).toMatchObject({
      action: "tokens.revokeAnyones",
      as_staff: 1,
      actor_id: editor.id,
      target_label: expect.stringContaining("Watched token"),
    });
    expect((await rootToken.call("GET", "/account")).status).toBe(200);
    sql.run("delete from attempts");
  });
});
