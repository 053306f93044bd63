/** Invitations to an organisation, from the mail to the answer. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { lastToken, outboxOf } from "../support/outbox.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

let panel: Panel;
let sequence = 0;
let sql: (text: string, ...values: unknown[]) => Record<string, unknown>[];

beforeAll(async () => {
  panel = await startPanel();
  const { db } = await import("#db/client.ts");
  sql = (text, ...values) => {
    const statement = db().$client.prepare(text);
    if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
    statement.run(...values);
    return [];
  };
});
afterAll(() => panel.close());

interface Company {
  id: string;
  path: string;
  name: string;
  owner: Person;
  admin: Person;
  member: Person;
}
let at: Company;
beforeEach(async () => {
  at = await company();
});

const person = (what: string, grants?: string[]) => panel.person(`${what} ${++sequence}`, grants);

async function company(): Promise<Company> {
  const [owner, admin, member] = [await person("Owner"), await person("Admin"), await person("Member")];
  const name = `Company ${++sequence}`;
  const { id, handle } = (
    await owner.call<{ id: string; handle: string }>("POST", "/organisations", { name, handle: `company-${sequence}` })
  ).body;
  for (const [who, role] of [
    [admin, "admin"],
    [member, "member"],
  ] as const)
    sql(
      "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, ?, 0)",
      id,
      who.id,
      role,
    );
  return { id, path: `/organisations/${handle}`, name, owner, admin, member };
}

const address = () => `new.person.${++sequence}@example.net`;
const invite = (email: string, role = "member", by = at.owner) =>
  by.call("POST", `${at.path}/members`, { email, role });
const roleOf = (id: string, organisation = at.id) =>
  sql("select role from organisation_members where organisation_id = ? and user_id = ?", organisation, id)[0]?.role;
const pending = async () =>
  (
    await at.owner.call<{ items: { id: string; email: string; sender: string; valid: boolean; expiresAt: number }[] }>(
      "GET",
      `${at.path}/invites`,
    )
  ).body.items;
const look = (token: string, who: Pick<Person, "call"> = panel) =>
  who.call<{ you: string; account: boolean; message: string }>("POST", "/invites/look", { token });
const accept = (token: string, who: Person) => who.call("POST", "/invites/accept", { token });
const register = (token: string, more: object = {}) =>
  panel.call<{ email: string; message: string }>("POST", "/invites/register", {
    token,
    name: "New Person",
    password: "correct horse battery",
    ...more,
  });
const audits = (organisation = at.id) =>
  sql(
    "select action, outcome, target_type, target_label, as_staff, actor_label, before, after from audit_log where organisation_id = ? and action <> 'organisations.create' order by id",
    organisation,
  );

describe("the mail", () => {
  test("brings a link that nobody else ever sees, kept as a hash", async () => {
    const email = address();
    expect((await invite(email, "admin")).status).toBe(201);
    const [mail] = await outboxOf(email);
    expect(mail).toMatchObject({
      template: "invite",
      userId: null,
      status: "queued",
      subject: `Invitation from ${at.name}`,
    });
    expect(mail?.link).toMatch(/^http:\/\/localhost:3000\/invite#token=[\w-]{43}$/);
    expect(mail?.text).toContain("[link]");
    expect(mail?.text).toContain(`to join ${at.name} as an admin`);
    const token = await lastToken(email);
    for (const table of ["organisation_invites", "mails", "mail_secrets", "audit_log"])
      expect(JSON.stringify(sql(`select * from ${table}`)), table).not.toContain(token);
    const listed = JSON.stringify([await pending(), (await at.owner.call("GET", `${at.path}/invites`)).body]);
    expect(listed).not.toMatch(/token|hash|mail_?id/i);
  });

  test("says and costs the same whether or not there is an account", async () => {
    const known = await person("Known");
    const unknown = address();
    const answers = [await invite(known.email), await invite(unknown)];
    const plain = (value: unknown, email: string) => JSON.stringify(value).replaceAll(email, "IT");
    expect(plain([answers[0]?.status, answers[0]?.body], known.email)).toBe(
      plain([answers[1]?.status, answers[1]?.body], unknown),
    );
    const mails = [await outboxOf(known.email), await outboxOf(unknown)];
    const shape = (list: (typeof mails)[number] | undefined, email: string) =>
      plain(
        list?.map(({ id: _, link: _l, ...mail }) => mail),
        email,
      );
    expect(shape(mails[0], known.email)).toBe(shape(mails[1], unknown));
    const rows = (await pending()).map(({ email, ...row }) =>
      plain({ ...row, id: "", createdAt: 0, expiresAt: 0 }, email),
    );
    expect(new Set(rows).size).toBe(1);
    const entries = audits().map((row) => [row.action, row.target_type, row.as_staff]);
    expect(entries[0]).toEqual(entries[1]);
  });

  test("says no more of a member than the list of members does", async () => {
    expect(await invite(at.member.email)).toMatchObject({ status: 409, body: { code: "already_exists" } });
    expect(await outboxOf(at.member.email)).toEqual([]);
    expect((await invite(at.member.email, "member", at.member)).status, "a member invites nobody").toBe(403);
  });

  test("is sent again with a new link, and the old one is void", async () => {
    const email = address();
    await invite(email);
    const old = await lastToken(email);
    const [before] = await pending();
    sql("update organisation_invites set expires_at = expires_at - 1000 where id = ?", before?.id);
    expect((await at.member.call("POST", `${at.path}/invites/${before?.id}/resend`)).status).toBe(403);
    expect((await at.admin.call("POST", `${at.path}/invites/${before?.id}/resend`)).status).toBe(200);
    const [after] = await pending();
    expect(after?.expiresAt).toBeGreaterThan((before?.expiresAt ?? 0) - 1000);
    expect([before?.sender, after?.sender]).toEqual([expect.stringMatching(/^Owner/), expect.stringMatching(/^Admin/)]);
    expect((await look(old)).status).toBe(404);
    expect((await register(old)).status).toBe(404);
    expect((await look(await lastToken(email))).status).toBe(200);
    expect((await outboxOf(email)).map(({ status, link }) => [status, link === null])).toEqual([
      ["cancelled", true],
      ["queued", false],
    ]);
    expect(audits().map((row) => row.action)).toEqual(["organisations.addOne", "organisations.resend"]);
  });

  test("invited anew, the address has one invitation, with the role that was said last", async () => {
    const email = address();
    await invite(email, "member");
    const old = await lastToken(email);
    await invite(email, "admin");
    expect(await pending()).toMatchObject([{ email, role: "admin" }]);
    expect((await look(old)).status).toBe(404);
  });

  test("taken back it never leaves, and its link opens nothing", async () => {
    const email = address();
    await invite(email);
    const token = await lastToken(email);
    const [row] = await pending();
    expect((await at.owner.call("DELETE", `${at.path}/invites/${row?.id}`)).status).toBe(200);
    expect(await outboxOf(email)).toMatchObject([{ status: "cancelled", link: null }]);
    expect((await look(token)).status).toBe(404);
    expect((await register(token)).status).toBe(404);
    expect(sql("select 1 from users where email = ?", email)).toEqual([]);
    expect((await at.owner.call("POST", `${at.path}/invites/${row?.id}/resend`)).status).toBe(404);
  });

  test("is not sent without end: to one address, by one organisation, nor to more than may wait", async () => {
    const { setSetting } = await import("#lib/settings/settings.ts");
    const email = address();
    for (let n = 0; n < 5; n++) expect((await invite(email)).status).toBe(201);
    expect(await invite(email)).toMatchObject({ status: 429, body: { code: "rate_limited" } });
    const [row] = await pending();
    expect((await at.owner.call("POST", `${at.path}/invites/${row?.id}/resend`)).status).toBe(429);
    expect((await look(await lastToken(email))).status, "the last link still works").toBe(200);
    sql("update mails set created_at = created_at - 86400000 where recipient = ?", email);
    expect((await invite(email)).status).toBe(201);

    setSetting("limits.invite_mails_per_hour", 8);
    expect([(await invite(address())).status, (await invite(address())).status]).toEqual([201, 201]);
    expect(await invite(address())).toMatchObject({ status: 429, headers: expect.anything() });
    const other = at;
    at = await company();
    expect((await invite(address())).status, "another organisation").toBe(201);
    at = other;
    setSetting("limits.invite_mails_per_hour", 50);

    setSetting("limits.open_invites_per_organisation", 3);
    expect(await invite(address())).toMatchObject({
      status: 409,
      body: { message: expect.stringMatching(/At most 3/) },
    });
    expect((await invite(email)).status, "one that waits already").toBe(201);
    setSetting("limits.open_invites_per_organisation", 100);
  });
});

describe("the link", () => {
  test("shows whoever has it what they are invited to, and which way in there is", async () => {
    const [known, other] = [await person("Known"), await person("Other")];
    await invite(known.email, "admin");
    const token = await lastToken(known.email);
    const shown = {
      email: known.email,
      organisation: at.name,
      role: "admin",
      zone: null,
      invitedBy: expect.stringMatching(/^Owner/),
    };
    expect((await look(token)).body).toMatchObject({ ...shown, you: "nobody", account: true });
    expect((await look(token, known)).body).toMatchObject({ ...shown, you: "invited" });
    expect((await look(token, other)).body).toMatchObject({ ...shown, you: "somebody else" });
    const email = address();
    await invite(email);
    expect((await look(await lastToken(email))).body).toMatchObject({ email, account: false });
    expect(Object.keys((await look(token)).body).toSorted()).toEqual([
      "account",
      "createdAt",
      "email",
      "expiresAt",
      "handle",
      "invitedBy",
      "organisation",
      "role",
      "server",
      "you",
      "zone",
    ]);
  });

  test.each(["", "garbage", "a".repeat(43), "0", "%00", "null"])(
    "with the token %j says one thing to everybody",
    async (token) => {
      const known = await person("Known");
      const answers = [
        await look(token),
        await look(token, known),
        await accept(token, known),
        await register(token),
        await panel.call("POST", "/invites/decline", { token }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
      expect(new Set(answers.map(({ body }) => (body as { message: string }).message)).size).toBe(1);
    },
  );

  test("an old one says the same as one that was never there", async () => {
    const email = address();
    await invite(email);
    const token = await lastToken(email);
    sql("update organisation_invites set expires_at = ? where email = ?", Date.now() - 1, email);
    expect((await look(token)).body).toMatchObject({ message: (await look("never")).body.message });
    expect((await register(token)).status).toBe(404);
  });

  test("lets in the account with that address, once, and proves the address", async () => {
    const known = await person("Known");
    await invite(known.email);
    const token = await lastToken(known.email);
    sql("update users set email_verified_at = null where id = ?", known.id);
    expect((await known.call<{ items: unknown[] }>("GET", "/account/invites")).body.items).toEqual([]);
    const both = await Promise.all([accept(token, known), accept(token, known)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    expect(roleOf(known.id)).toBe("member");
    expect(sql("select email_verified_at as at from users where id = ?", known.id)[0]?.at).not.toBeNull();
    expect(sql("select 1 from organisation_invites where email = ?", known.email)).toEqual([]);
    expect((await look(token)).status).toBe(404);
    expect(audits().at(-1)).toMatchObject({
      action: "invites.accept",
      target_type: "member",
      actor_label: known.email,
      after: '{"accepted":true,"role":"member"}',
    });
  });

  test("does not let in another account, which learns nothing it did not know", async () => {
    const [known, other] = [await person("Known"), await person("Other")];
    await invite(known.email);
    const token = await lastToken(known.email);
    expect(await accept(token, other)).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect([roleOf(other.id), roleOf(known.id)]).toEqual([undefined, undefined]);
    expect((await panel.call("POST", "/invites/accept", { token })).status).toBe(401);
    expect((await accept(token, known)).status, "it still waits").toBe(200);
  });

  test("makes an account where there is none, with registration closed: verified, and in the organisation", async () => {
    const email = address();
    await invite(email, "admin");
    const token = await lastToken(email);
    expect(await register(token, { password: "short" })).toMatchObject({
      status: 422,
      body: { fields: { password: expect.any(String) } },
    });
    expect(await register(token)).toMatchObject({ status: 201, body: { email, joined: true } });
    const [account] = sql("select id, name, email_verified_at as verified from users where email = ?", email);
    expect(account).toMatchObject({ name: "New Person", verified: expect.any(Number) });
    expect(roleOf(String(account?.id))).toBe("admin");
    expect((await register(token)).status, "once").toBe(404);
    const { signIn } = await import("../support/sign-in.ts");
    expect((await signIn(email, "correct horse battery")).cookie).not.toBeNull();
  });

  test("makes one account when asked twice at once, and none where there is one", async () => {
    const email = address();
    await invite(email);
    const token = await lastToken(email);
    const both = await Promise.all([register(token), register(token)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 404]);
    expect(sql("select 1 from users where email = ?", email)).toHaveLength(1);

    const known = await person("Known");
    await invite(known.email);
    expect(await register(await lastToken(known.email))).toMatchObject({
      status: 409,
      body: { code: "already_exists" },
    });
    expect(roleOf(known.id)).toBeUndefined();
  });

  test("taken back or replaced while an account is being made, it makes none", async () => {
    for (const [method, rest] of [
      ["DELETE", ""],
      ["POST", "/resend"],
    ] as const) {
      const email = address();
      await invite(email);
      const token = await lastToken(email);
      const id = (await pending()).find((row) => row.email === email)?.id;
      // The password is being hashed while the other request is answered.
      const [made, done] = await Promise.all([
        register(token),
        at.owner.call(method, `${at.path}/invites/${id}${rest}`),
      ]);
      expect([made.status, done.status]).toEqual([404, 200]);
      expect(sql("select 1 from users where email = ?", email)).toEqual([]);
    }
  });

  test("accepted and taken back at once, one of the two happens", async () => {
    const known = await person("Known");
    await invite(known.email);
    const token = await lastToken(known.email);
    const [row] = await pending();
    const [joined, revoked] = await Promise.all([
      accept(token, known),
      at.owner.call("DELETE", `${at.path}/invites/${row?.id}`),
    ]);
    expect([joined.status, revoked.status].toSorted()).toEqual([200, 404]);
    expect(roleOf(known.id)).toBe(joined.status === 200 ? "member" : undefined);
  });

  test("declines without an account, once, and whoever sent it is told", async () => {
    const email = address();
    await invite(email);
    const token = await lastToken(email);
    expect((await panel.call("POST", "/invites/decline", { token })).status).toBe(200);
    expect((await panel.call("POST", "/invites/decline", { token })).status).toBe(404);
    expect(await pending()).toEqual([]);
    expect(audits().at(-1)).toMatchObject({ action: "invites.decline", target_label: email, actor_label: "anonymous" });
    expect((await outboxOf(at.owner.email)).at(-1)).toMatchObject({ template: "invite-declined", link: null });
  });

  test("is no use to a suspended account", async () => {
    const known = await person("Known");
    await invite(known.email);
    const token = await lastToken(known.email);
    sql("update users set suspended_at = 1 where id = ?", known.id);
    expect((await accept(token, known)).status).toBe(401);
    expect(roleOf(known.id)).toBeUndefined();
  });
});

describe("who is concerned is told, without a link", () => {
  const last = async (who: Person) => (await outboxOf(who.email)).at(-1);

  test("by whom an invitation was accepted", async () => {
    const known = await person("Known");
    await invite(known.email, "member", at.admin);
    await accept(await lastToken(known.email), known);
    expect(await last(at.admin)).toMatchObject({
      template: "invite-accepted",
      userId: at.admin.id,
      subject: `${known.email} accepted your invitation`,
      link: null,
    });
  });

  test("who was added by staff, removed, or became or was the owner", async () => {
    const staff = await person("Staff", ["org:write"]);
    const known = await person("Known");
    await invite(known.email, "member", staff);
    expect(await last(known)).toMatchObject({
      template: "member-added",
      link: null,
      text: expect.stringContaining(at.name),
    });
    await at.owner.call("DELETE", `${at.path}/members/${known.id}`);
    expect(await last(known)).toMatchObject({ template: "member-removed", link: null });
    const told = (await outboxOf(at.member.email)).length;
    await at.member.call("POST", `${at.path}/leave`);
    expect(await outboxOf(at.member.email), "not who left").toHaveLength(told);
    await at.owner.call("POST", `${at.path}/owner`, { user: at.admin.id });
    expect(await last(at.owner)).toMatchObject({
      template: "ownership",
      text: expect.stringContaining("you are an admin"),
    });
    expect(await last(at.admin)).toMatchObject({ template: "ownership", text: expect.stringContaining("You own") });
  });
});

test("whoever is removed takes along the invitations they sent, and their mails", async () => {
  const email = address();
  await invite(email, "admin", at.admin);
  const token = await lastToken(email);
  await at.owner.call("DELETE", `${at.path}/members/${at.admin.id}`);
  expect((await look(token)).status).toBe(404);
  expect(await outboxOf(email)).toMatchObject([{ status: "cancelled", link: null }]);
});

describe("an invitation is worth what whoever sent it may do", () => {
  const sent = async (by: Person) => {
    const who = await person("Invited");
    expect((await invite(who.email, "admin", by)).status).toBe(201);
    return { who, token: await lastToken(who.email) };
  };
  const mine = async (who: Person) =>
    (await who.call<{ items: { id: string }[] }>("GET", "/account/invites")).body.items.map(({ id }) => id);

  test("it goes when they are no longer an admin", async () => {
    const { who, token } = await sent(at.admin);
    expect((await at.owner.call("PATCH", `${at.path}/members/${at.admin.id}`, { role: "member" })).status).toBe(200);
    expect((await accept(token, who)).status).toBe(404);
    expect(roleOf(who.id)).toBeUndefined();
    expect(await pending()).toEqual([]);
    expect(await outboxOf(who.email)).toMatchObject([{ status: "cancelled", link: null }]);
  });

  test.each([
    ["suspended", "suspended_at"],
    ["about to be deleted", "deletion_due_at"],
  ])("it opens nothing while they are %s, by link or by id, and somebody else sends it again", async (_, column) => {
    const { who, token } = await sent(at.admin);
    const [id] = await mine(who);
    sql(`update users set ${column} = ? where id = ?`, Date.now() + 60_000, at.admin.id);
    expect((await look(token)).status).toBe(404);
    expect((await accept(token, who)).status).toBe(404);
    expect(await mine(who)).toEqual([]);
    expect((await who.call("POST", `/account/invites/${id}`, { accept: true })).status).toBe(404);
    expect(roleOf(who.id)).toBeUndefined();
    expect(await pending()).toMatchObject([{ id, valid: false }]);
    expect((await at.owner.call("POST", `${at.path}/invites/${id}/resend`)).status).toBe(200);
    expect(await pending()).toMatchObject([{ id, valid: true }]);
    expect((await accept(await lastToken(who.email), who)).status).toBe(200);
    expect(roleOf(who.id)).toBe("admin");
  });

  test("that of staff goes with their permission, and nobody makes an account with it", async () => {
    const staff = await person("Staff", ["org:write"]);
    const email = address();
    expect((await invite(email, "admin", staff)).status).toBe(201);
    const token = await lastToken(email);
    expect((await look(token)).status).toBe(200);
    const reader = await person("Reader", ["org:read"]);
    const seenByStaff = async () =>
      (await reader.call<{ items: object[] }>("GET", `/admin/organisations/${at.id}/invites`)).body.items;
    expect([...(await pending()), ...(await seenByStaff())]).toMatchObject([{ valid: true }, { valid: true }]);
    sql("delete from user_roles where user_id = ?", staff.id);
    expect([...(await pending()), ...(await seenByStaff())]).toMatchObject([{ valid: false }, { valid: false }]);
    expect((await look(token)).status).toBe(404);
    const made = await panel.call("POST", "/invites/register", { token, name: "New", password: "a quiet harbour" });
    expect(made.status).toBe(404);
    expect(sql("select id from users where email = ?", email)).toEqual([]);
  });
});

test("each step is in the audit log", async () => {
  const [email, known] = [address(), await person("Known")];
  await invite(email);
  const id = (await pending())[0]?.id;
  await at.admin.call("POST", `${at.path}/invites/${id}/resend`);
  await at.admin.call("DELETE", `${at.path}/invites/${id}`);
  await invite(known.email);
  await known.call("POST", "/invites/decline", { token: await lastToken(known.email) });
  await invite(known.email, "admin");
  await accept(await lastToken(known.email), known);
  expect(audits().map((row) => [row.action, row.actor_label, row.target_type])).toEqual([
    ["organisations.addOne", at.owner.email, "invite"],
    ["organisations.resend", at.admin.email, "invite"],
    ["organisations.revoke", at.admin.email, "invite"],
    ["organisations.addOne", at.owner.email, "invite"],
    ["invites.decline", known.email, "invite"],
    ["organisations.addOne", at.owner.email, "invite"],
    ["invites.accept", known.email, "member"],
  ]);
});
