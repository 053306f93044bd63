/** Guests: accounts outside an organisation with a level in one zone of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { lastToken, outboxOf } from "../support/outbox.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

const DAY = 86_400_000;

let panel: Panel;
let sequence = 0;
let sql: (text: string, ...values: unknown[]) => Record<string, unknown>[];
let setSetting: typeof import("#lib/settings/settings.ts").setSetting;

beforeAll(async () => {
  panel = await startPanel();
  const { db } = await import("#db/client.ts");
  ({ setSetting } = await import("#lib/settings/settings.ts"));
  setSetting("zone_claims", "trusted");
  sql = (text, ...values) => {
    const statement = db().$client.prepare(text);
    if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
    statement.run(...values);
    return [];
  };
});
afterAll(() => panel.close());

let owner: Person;
let member: Person;
let id: string;
/** The organisation, its zone that has guests, and another one. */
let path: string;
let zone: string;
let other: string;

beforeEach(async () => {
  const n = ++sequence;
  [owner, member] = [await panel.person(`Owner ${n}`), await panel.person(`Member ${n}`)];
  const made = await owner.call<{ id: string }>("POST", "/organisations", { name: `Acme ${n}`, handle: `acme-${n}` });
  id = made.body.id;
  path = `/organisations/acme-${n}`;
  zone = `${path}/dns/zones/guests${n}.example`;
  other = `${path}/dns/zones/other${n}.example`;
  for (const name of [`guests${n}.example`, `other${n}.example`])
    expect((await owner.call("POST", `${path}/dns/zones`, { name, connection: "local" })).status).toBe(201);
  sql(
    "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, 'member', 0)",
    id,
    member.id,
  );
});

const person = (what: string, grants?: string[]) => panel.person(`${what} ${++sequence}`, grants);
const terms = (more: object = {}) => ({ level: "edit", expiresAt: Date.now() + 30 * DAY, ...more });
const invite = (email: string, more: object = {}, by = owner) =>
  by.call<{ fields: Record<string, string> }>("POST", `${zone}/guests`, { email, ...terms(more) });
const accept = async (who: Person) => who.call("POST", "/invites/accept", { token: await lastToken(who.email) });
const add = (who: Person, name: string, at = zone) =>
  who.call("POST", `${at}/records`, { name, type: "A", content: "192.0.2.1" }).then(({ status }) => status);
const zonesOf = async (who: Person) =>
  (await who.call<{ items: { name: string; organisation: object }[]; total: number }>("GET", "/dns/zones")).body;

async function guest(more: object = {}): Promise<Person> {
  const who = await person("Guest");
  expect((await invite(who.email, more)).status).toBe(201);
  expect((await accept(who)).status).toBe(200);
  return who;
}

interface Row {
  userId: string;
  role: string | null;
  level: string;
  inherited: string;
  own: { level: string; expired: boolean; expiresAt: number } | null;
}
const ladderRow = async (who: Person) =>
  (await owner.call<{ items: Row[] }>("GET", `${zone}/permissions?perPage=200`)).body.items.find(
    (row) => row.userId === who.id,
  );

describe("a guest", () => {
  test("is invited by mail, accepts, and works in that zone, at that level, for those names", async () => {
    const who = await person("Guest");
    expect(await invite(who.email, { names: ["www", "*.dev"], types: ["a"] })).toMatchObject({
      status: 201,
      body: { status: "invited", email: who.email },
    });
    const [mail] = await outboxOf(who.email);
    expect(mail).toMatchObject({
      template: "zone-invite",
      userId: null,
      text: expect.stringMatching(/edit records of the zone guests\d+\.example of Acme/),
    });
    expect((await who.call("GET", zone)).status, "not yet").toBe(404);
    expect(await who.call("GET", "/account/invites")).toMatchObject({
      body: { items: [{ role: null, zone: { level: "edit", names: ["www", "*.dev"], types: ["A"] } }] },
    });
    expect(await accept(who)).toMatchObject({ status: 200, body: { joined: true, zone: expect.any(String) } });
    expect([await add(who, "www"), await add(who, "mail")]).toEqual([201, 403]);
    expect(await who.call("GET", zone)).toMatchObject({
      body: { level: "edit", manage: false, guest: { until: expect.any(Number) }, organisation: { open: false } },
    });
    expect(
      sql(
        "select action, actor_label, target_type from audit_log where organisation_id = ? and action like 'invites.%'",
        id,
      ),
    ).toEqual([{ action: "invites.accept", actor_label: who.email, target_type: "zone_permission" }]);
  });

  test("makes an account with the invitation where there is none", async () => {
    const email = `new.guest.${++sequence}@example.net`;
    await invite(email, { level: "view" });
    const made = await panel.call("POST", "/invites/register", {
      token: await lastToken(email),
      name: "New Guest",
      password: "correct horse battery",
    });
    expect(made).toMatchObject({ status: 201, body: { email, joined: true } });
    expect(
      sql(
        "select p.can_view, p.can_modify from zone_permissions p join users u on u.id = p.user_id where u.email = ?",
        email,
      ),
    ).toEqual([{ can_view: 1, can_modify: 0 }]);
    expect(
      sql("select 1 from organisation_members m join users u on u.id = m.user_id where u.email = ?", email),
    ).toEqual([]);
  });

  test("sees nothing else: not the organisation, its members, its other zones, nor who changed what", async () => {
    const who = await guest({ level: "full" });
    await owner.call("POST", `${zone}/records`, { name: "by-owner", type: "A", content: "192.0.2.7" });
    expect(await add(who, "by-guest")).toBe(201);
    for (const target of [
      path,
      `${path}/members`,
      `${path}/guests`,
      `${path}/invites`,
      `${path}/dns/zones`,
      `${path}/dns/connections`,
      other,
      `${other}/records`,
      `${other}/changes`,
    ])
      expect((await who.call("GET", target)).status, target).toBe(404);
    for (const [method, target] of [
      ["GET", `${zone}/permissions`],
      ["GET", `${zone}/invites`],
      ["POST", `${zone}/guests`],
      ["PUT", `${zone}/permissions/${who.id}`],
    ] as const) {
      const body = method === "GET" ? undefined : { email: "x@example.net", ...terms() };
      expect((await who.call(method, target, method === "PUT" ? { level: "full" } : body)).status, target).toBe(403);
    }
    expect((await who.call("POST", `${path}/leave`)).status).toBe(404);
    expect((await zonesOf(who)).total).toBe(1);
    expect((await who.call<{ total: number }>("GET", "/organisations")).body.total).toBe(0);
    const history = await who.call<{ items: { id: string; actor: { id: string | null; label: string } }[] }>(
      "GET",
      `${zone}/changes`,
    );
    expect(history.body.items.map(({ actor }) => actor.label)).toEqual([
      who.email,
      expect.stringMatching(/^Acme/),
      expect.stringMatching(/^Acme/),
    ]);
    const everything = JSON.stringify([
      history.body,
      (await who.call("GET", `${zone}/changes/${history.body.items[1]?.id}`)).body,
      (await who.call("GET", zone)).body,
      await zonesOf(who),
    ]);
    for (const secret of [owner.email, owner.id, member.email, member.id]) expect(everything).not.toContain(secret);
    expect((await who.call<{ total: number }>("GET", `${zone}/changes?actor=${owner.id}`)).body.total).toBe(0);
    expect((await who.call<{ total: number }>("GET", `${zone}/changes?actor=${who.id}`)).body.total).toBe(1);
    expect((await owner.call<typeof history.body>("GET", `${zone}/changes`)).body.items[1]?.actor).toMatchObject({
      id: owner.id,
      label: owner.email,
    });
  });

  test("stands with the members on the ladder, and with the organisation's people for those who see the zone", async () => {
    const who = await guest();
    expect(await ladderRow(who)).toMatchObject({
      role: null,
      level: "edit",
      inherited: "none",
      own: { level: "edit", expired: false },
    });
    const listed = async (by: Person) =>
      (await by.call<{ items: { userId: string }[]; total: number }>("GET", `${path}/guests`)).body;
    expect(await listed(owner)).toMatchObject({ total: 1, items: [{ userId: who.id, level: "edit", expired: false }] });
    expect((await listed(member)).total).toBe(1);
    await owner.call("PUT", `${zone}/permissions/${member.id}`, { level: "none" });
    expect(await listed(member)).toMatchObject({ total: 0, items: [] });
    expect((await owner.call<{ total: number }>("GET", `${path}/members`)).body.total, "is no member").toBe(2);
    expect((await owner.call<{ members: number }>("GET", path)).body.members).toBe(2);
  });

  test("is changed, extended and removed by who manages the zone", async () => {
    const who = await guest();
    const row = `${zone}/permissions/${who.id}`;
    const end = Date.now() + 90 * DAY;
    expect(await owner.call("PUT", row, { level: "view", expiresAt: end })).toMatchObject({
      status: 200,
      body: { role: null, level: "view", own: { expiresAt: end } },
    });
    expect(await add(who, "www")).toBe(403);
    sql("update zone_permissions set expires_at = 1 where user_id = ?", who.id);
    expect((await who.call("GET", zone)).status).toBe(404);
    expect(await ladderRow(who)).toMatchObject({ level: "none", own: { expired: true } });
    expect((await owner.call("PUT", row, terms())).status, "extended").toBe(200);
    expect(await add(who, "www")).toBe(201);
    expect(await owner.call("DELETE", row)).toMatchObject({ status: 200, body: { level: "none" } });
    expect((await who.call("GET", zone)).status).toBe(404);
    expect((await zonesOf(who)).total).toBe(0);
    expect(await ladderRow(who)).toBeUndefined();
    expect((await outboxOf(who.email)).at(-1)).toMatchObject({ template: "guest-removed", link: null });
    expect((await owner.call("PUT", row, terms())).status, "only an invitation brings them back").toBe(404);
  });

  test.each([
    ["no end", { expiresAt: null }, "expiresAt"],
    ["an end over a year away", { expiresAt: Date.now() + 367 * DAY }, "expiresAt"],
    ["an end in the past", { expiresAt: Date.now() - 1 }, "expiresAt"],
    ["the level none", { level: "none" }, "level"],
    ["names at view", { level: "view", names: ["www"] }, "names"],
    ["a pattern that is none", { names: ["a..b"] }, "names.0"],
  ])("cannot have %s, neither when invited nor later", async (_what, more, field) => {
    const fields = { fields: expect.objectContaining({ [field]: expect.any(String) }) };
    expect(await invite(`somebody.${++sequence}@example.net`, more)).toMatchObject({ status: 422, body: fields });
    const who = await guest();
    expect(await owner.call("PUT", `${zone}/permissions/${who.id}`, terms(more))).toMatchObject({
      status: 422,
      body: fields,
    });
    expect(await ladderRow(who)).toMatchObject({ level: "edit" });
  });

  test("leaves by themselves; a member does not leave a zone", async () => {
    const who = await guest();
    expect((await who.call("POST", `${zone}/leave`)).status).toBe(200);
    expect((await who.call("GET", zone)).status).toBe(404);
    expect((await who.call("POST", `${zone}/leave`)).status).toBe(404);
    expect(sql("select 1 from zone_permissions where user_id = ?", who.id)).toEqual([]);
    await owner.call("PUT", `${zone}/permissions/${member.id}`, { level: "edit" });
    expect((await member.call("POST", `${zone}/leave`)).status).toBe(409);
    expect(await ladderRow(member)).toMatchObject({ level: "edit" });
  });

  test("who joins the organisation keeps the level as a row, and its end gives no more than it gave", async () => {
    const who = await guest({ level: "view" });
    await owner.call("PATCH", path, { memberDefault: "full" });
    await owner.call("POST", `${path}/members`, { email: who.email });
    expect((await accept(who)).status).toBe(200);
    expect(await ladderRow(who)).toMatchObject({
      role: "member",
      level: "view",
      inherited: "full",
      own: { level: "view" },
    });
    expect(await add(who, "www")).toBe(403);
    sql("update zone_permissions set expires_at = 1 where user_id = ?", who.id);
    expect(await add(who, "www")).toBe(403);
    const cleared = await owner.call("DELETE", `${zone}/permissions/${who.id}`);
    expect(cleared).toMatchObject({ status: 200, body: { level: "full" } });
    const [entry] = sql("select after from audit_log where action = 'dns.clearPermission' order by id desc limit 1");
    expect(JSON.parse(String(entry?.after)), "noted as given").toEqual({ level: "full", inherited: true, given: true });
    expect(await add(who, "www")).toBe(201);
  });

  test("loses everything there when the zone's organisation removes them as a member", async () => {
    const who = await guest();
    await owner.call("POST", `${path}/members`, { email: who.email });
    await accept(who);
    expect((await owner.call("DELETE", `${path}/members/${who.id}`)).status).toBe(200);
    expect((await who.call("GET", zone)).status).toBe(404);
    expect(sql("select 1 from zone_permissions where user_id = ?", who.id)).toEqual([]);
  });
});

describe("where guests are forbidden", () => {
  const forbid = [
    [
      "by the organisation",
      () => owner.call("PATCH", path, { guests: "forbidden" }).then(() => undefined),
      () => owner.call("PATCH", path, { guests: "allowed" }).then(() => undefined),
      409,
    ],
    [
      "by the panel",
      async () => setSetting("feature.guests", false),
      async () => setSetting("feature.guests", true),
      503,
    ],
  ] as const;

  test.each(forbid)(
    "%s, rows give nothing until they are allowed again, and nobody is invited",
    async (_by, off, on, status) => {
      const who = await guest({ level: "full" });
      const late = await person("Late");
      await invite(late.email);
      const token = await lastToken(late.email);
      await owner.call("PUT", `${zone}/permissions/${member.id}`, { level: "full" });
      await off();
      try {
        expect([(await who.call("GET", zone)).status, await add(who, "www"), (await zonesOf(who)).total]).toEqual([
          404, 404, 0,
        ]);
        expect(await ladderRow(who)).toMatchObject({ level: "none", own: { level: "full" } });
        expect(await add(member, "by-member"), "members are no guests").toBe(201);
        expect((await invite(`x${++sequence}@example.net`)).status).toBe(status);
        expect((await panel.call("POST", "/invites/look", { token })).status).toBe(404);
        expect((await late.call("POST", "/invites/accept", { token })).status).toBe(404);
        expect((await late.call<{ items: unknown[] }>("GET", "/account/invites")).body.items).toEqual([]);
        expect(
          (await owner.call("DELETE", `${zone}/permissions/${(await guestNow(who)).id}`)).status,
          "can be removed",
        ).toBe(200);
      } finally {
        await on();
      }
      expect((await who.call("GET", zone)).status, "removed meanwhile").toBe(404);
      expect((await late.call("POST", "/invites/accept", { token })).status, "the invitation waited").toBe(200);
    },
  );

  const guestNow = async (who: Person) => ({ id: (await ladderRow(who))?.userId ?? "" });
});

test("an invitation is worth what whoever sent it may do: staff who no longer manage zones let nobody in", async () => {
  const staff = await person("Staff", ["dns:manage"]);
  const [one, two] = [await person("One"), await person("Two")];
  for (const who of [one, two]) expect((await invite(who.email, {}, staff)).status).toBe(201);
  expect((await accept(one)).status).toBe(200);
  const waiting = async () =>
    (await owner.call<{ items: { id: string; valid: boolean }[] }>("GET", `${zone}/invites`)).body.items;
  expect(await waiting()).toMatchObject([{ valid: true }]);
  sql("delete from user_roles where user_id = ?", staff.id);
  expect((await accept(two)).status).toBe(404);
  expect((await zonesOf(two)).total).toBe(0);
  expect((await zonesOf(one)).total).toBe(1);
  const [dead] = await waiting();
  expect(dead).toMatchObject({ valid: false });
  expect((await owner.call("POST", `${zone}/invites/${dead?.id}/resend`)).status).toBe(200);
  expect(await waiting()).toMatchObject([{ valid: true }]);
  sql("update organisations set guests = 'forbidden' where id = ?", id);
  expect(await waiting(), "the organisation takes no guests").toMatchObject([{ valid: false }]);
  sql("update organisations set guests = 'allowed' where id = ?", id);
  expect((await accept(two)).status).toBe(200);
});

describe("inviting", () => {
  test("says and mails the same whether or not there is an account", async () => {
    const known = await person("Known");
    const unknown = `unknown.${++sequence}@example.net`;
    const end = Date.now() + DAY;
    const plain = (value: unknown, email: string) => JSON.stringify(value).replaceAll(email, "IT");
    const seen = [];
    for (const email of [known.email, unknown]) {
      const answer = await invite(email, { expiresAt: end });
      const mails = (await outboxOf(email)).map(({ id: _, link: _l, ...mail }) => mail);
      seen.push(plain([answer.status, answer.body, mails], email));
    }
    expect(seen[0]).toBe(seen[1]);
    const { body } = await owner.call<{ items: { email: string }[] }>("GET", `${zone}/invites`);
    expect(body.items.map(({ email }) => email).toSorted()).toEqual([known.email, unknown].toSorted());
    expect(JSON.stringify(body)).not.toMatch(/token|hash|mail_?id/i);
  });

  test("is for who manages the zone; members and guests have levels already", async () => {
    const who = await guest();
    expect((await invite("x@example.net", {}, member)).status).toBe(403);
    expect((await invite("x@example.net", {}, await person("Stranger"))).status).toBe(404);
    for (const email of [who.email, member.email, owner.email])
      expect(await invite(email)).toMatchObject({ status: 409, body: { fields: { email: expect.any(String) } } });
    const staff = await person("Staff", ["dns:manage"]);
    expect((await invite(`by.staff.${++sequence}@example.net`, {}, staff)).status).toBe(201);
    expect(sql("select action, as_staff from audit_log order by id desc limit 1")).toEqual([
      { action: "dns.inviteOne", as_staff: 1 },
    ]);
  });

  test("again, with a new link; taken back, with none", async () => {
    const email = `again.${++sequence}@example.net`;
    await invite(email);
    const first = await lastToken(email);
    const [row] = (await owner.call<{ items: { id: string }[] }>("GET", `${zone}/invites`)).body.items;
    expect((await owner.call("POST", `${zone}/invites/${row?.id}/resend`)).status).toBe(200);
    const second = await lastToken(email);
    const look = (token: string) => panel.call("POST", "/invites/look", { token }).then(({ status }) => status);
    expect([await look(first), await look(second)]).toEqual([404, 200]);
    expect((await owner.call("DELETE", `${zone}/invites/${row?.id}`)).status).toBe(200);
    expect(await look(second)).toBe(404);
    expect((await owner.call("DELETE", `${zone}/invites/${row?.id}`)).status).toBe(404);
    expect(
      sql("select action from audit_log where target_type = 'zone_invite' and organisation_id = ? order by id", id),
    ).toEqual(["dns.inviteOne", "dns.resendInvite", "dns.revokeInvite"].map((action) => ({ action })));
  });

  test("is forgotten, with the address, when it has been over for a month", async () => {
    const { sweep } = await import("#lib/jobs/sweep.ts");
    const rows = (email: string) => sql("select id from zone_invites where email = ?", email);
    const [gone, there] = ["gone", "there"].map((word) => `${word}.${++sequence}@example.net`) as [string, string];
    for (const [email, days] of [
      [gone, 31],
      [there, 29],
    ] as const) {
      await invite(email);
      sql("update zone_invites set expires_at = ? where email = ?", Date.now() - days * DAY, email);
    }
    await sweep.run({}, { signal: new AbortController().signal, retryAt: 0 });
    expect([rows(gone), rows(there)].map(({ length }) => length)).toEqual([0, 1]);
  });

  test("ends with the level it offers, and with the membership of who sent it", async () => {
    const email = `short.${++sequence}@example.net`;
    await invite(email, { expiresAt: Date.now() + 3_600_000 });
    const [row] = (await owner.call<{ items: { expiresAt: number; accessUntil: number }[] }>("GET", `${zone}/invites`))
      .body.items;
    expect(row?.expiresAt).toBe(row?.accessUntil);
    sql("update organisation_members set role = 'admin' where user_id = ?", member.id);
    const later = `later.${++sequence}@example.net`;
    expect((await invite(later, {}, member)).status).toBe(201);
    const token = await lastToken(later);
    await owner.call("DELETE", `${path}/members/${member.id}`);
    expect((await panel.call("POST", "/invites/look", { token })).status).toBe(404);
    expect(await outboxOf(later)).toMatchObject([{ status: "cancelled", link: null }]);
  });

  test("is answered by joining the organisation", async () => {
    const who = await person("Both");
    await invite(who.email);
    const token = await lastToken(who.email);
    await owner.call("POST", `${path}/members`, { email: who.email });
    await accept(who);
    expect((await panel.call("POST", "/invites/look", { token })).status).toBe(404);
    expect((await owner.call<{ items: unknown[] }>("GET", `${zone}/invites`)).body.items).toEqual([]);
    expect(await ladderRow(who)).toMatchObject({ role: "member", own: null });
  });
});
