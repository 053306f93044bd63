/** Sub-users of a server: inviting, accepting, what they may do, and how they go. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { lastToken, outboxOf } from "../support/outbox.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { insertNode, insertServer } from "../support/stage.ts";

const DAY = 86_400_000;

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

let owner: Person;
let organisation: string;
let node: string;
let server: string;
let at: string;

beforeEach(async () => {
  const n = ++sequence;
  owner = await panel.person(`Owner ${n}`);
  organisation = (
    await owner.call<{ id: string }>("POST", "/organisations", { name: `Acme ${n}`, handle: `acme-${n}` })
  ).body.id;
  node = insertNode({ run: sql });
  server = insertServer({ run: sql }, organisation, node);
  at = `/servers/${server}`;
});

const person = (what: string, grants?: string[]) => panel.person(`${what} ${++sequence}`, grants);
const invite = (email: string, more: object = {}, by = owner, into = at) =>
  by.call<{ fields: Record<string, string>; code: string }>("POST", `${into}/people`, {
    email,
    capabilities: ["console"],
    ...more,
  });
const accept = async (who: Person) => who.call("POST", "/invites/accept", { token: await lastToken(who.email) });
async function subuser(more: object = {}): Promise<Person> {
  const who = await person("Sub user");
  expect((await invite(who.email, more)).status).toBe(201);
  expect((await accept(who)).status).toBe(200);
  return who;
}
const sees = (who: Person) =>
  who.call<{ capabilities: string[]; owner: boolean }>("GET", at).then(({ status, body }) => ({ status, ...body }));
interface Listed {
  userId: string;
  email: string;
  capabilities: string[];
  expiresAt: number | null;
  expired: boolean;
  shut: boolean;
}
const people = async (by = owner) => (await by.call<{ items: Listed[] }>("GET", `${at}/people`)).body.items;
const waiting = async () =>
  (await owner.call<{ items: { id: string; email: string }[] }>("GET", `${at}/invites`)).body.items;
const cuts = (who: Person) =>
  sql("select payload from jobs where kind = 'wings.deauthorize' and json_extract(payload, '$.user') = ?", who.id).map(
    ({ payload }) => JSON.parse(String(payload)) as { node: string; servers: string[] },
  );
const uuid = () => sql("select uuid from servers where id = ?", server)[0]?.uuid;
/** As if a node had been told of them. */
const holds = async (who: Person, asStaff = false) =>
  (await import("#lib/servers/holders.ts")).handOut({ id: server }, who.id, "console", asStaff);

describe("letting somebody in", () => {
  test("takes their consent: until then the server is not there for them", async () => {
    const who = await person("Guest");
    expect(await invite(who.email, { capabilities: ["stats", "console", "stats"] })).toMatchObject({
      status: 201,
      body: { status: "invited", email: who.email },
    });
    const [mail] = await outboxOf(who.email);
    expect(mail).toMatchObject({
      template: "server-invite",
      userId: null,
      text: /to use the server Lobby, on the panel/,
    });
    expect((await sees(who)).status).toBe(404);
    expect(await people()).toEqual([]);
    expect((await who.call<{ items: object[] }>("GET", "/account/invites")).body.items).toMatchObject([
      {
        role: null,
        zone: null,
        server: { id: server, name: "Lobby", capabilities: ["console", "stats"], until: null },
      },
    ]);
    const token = await lastToken(who.email);
    expect(await accept(who)).toMatchObject({ status: 200, body: { joined: true, server } });
    expect(await sees(who)).toMatchObject({ status: 200, owner: false, capabilities: ["console", "stats"] });
    expect(await people()).toMatchObject([{ userId: who.id, email: who.email, expired: false, shut: false }]);
    expect(await waiting()).toEqual([]);
    expect((await who.call("POST", "/invites/accept", { token })).status).toBe(404);
    const told = sql("select action, target_id from audit_log where target_type = 'server_subuser'");
    expect(told.at(-1)).toEqual({ action: "invites.accept", target_id: `${server}/${who.id}` });
  });

  test("an invitation is worth what whoever sent it may do", async () => {
    const [admin, who] = [await person("Admin"), await person("Guest")];
    const role = (is: string) => sql("update organisation_members set role = ? where user_id = ?", is, admin.id);
    sql(
      "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, 'admin', 0)",
      organisation,
      admin.id,
    );
    expect((await invite(who.email, {}, admin)).status).toBe(201);
    role("member");
    expect((await accept(who)).status).toBe(404);
    expect((await sees(who)).status).toBe(404);
    expect(await waiting()).toMatchObject([{ valid: false }]);
    role("admin");
    expect(await waiting()).toMatchObject([{ valid: true }]);
    expect((await accept(who)).status).toBe(200);
  });

  test("an address without an account is answered the same, and makes its account with the link", async () => {
    const email = `nobody.${++sequence}@example.net`;
    const known = await person("Known");
    const [one, other] = [await invite(email), await invite(known.email)];
    expect({ ...one.body, email: "" }).toEqual({ ...other.body, email: "" });
    expect(one.status).toBe(other.status);
    const made = await panel.call("POST", "/invites/register", {
      token: await lastToken(email),
      name: "New",
      password: "correct horse battery",
    });
    expect(made).toMatchObject({ status: 201, body: { email, server } });
    expect((await people()).map((one) => one.email)).toEqual([email]);
  });

  test("from the dashboard it takes the verified address; declining tells who sent it, and leaves nothing", async () => {
    const who = await person("Guest");
    await invite(who.email);
    const [{ id } = { id: "" }] = await waiting();
    sql("update users set email_verified_at = null where id = ?", who.id);
    expect((await who.call("POST", `/account/invites/${id}`, { accept: true })).status).toBe(404);
    sql("update users set email_verified_at = 0 where id = ?", who.id);
    const another = await person("Somebody else");
    expect((await another.call("POST", `/account/invites/${id}`, { accept: true })).status).toBe(404);
    expect((await another.call("POST", "/invites/accept", { token: await lastToken(who.email) })).status).toBe(403);
    expect(await who.call("POST", `/account/invites/${id}`, { accept: false })).toMatchObject({
      status: 200,
      body: { joined: false },
    });
    expect((await sees(who)).status).toBe(404);
    expect((await outboxOf(owner.email)).at(-1)?.subject).toBe(`${who.email} declined your invitation`);
    expect((await who.call("POST", `/account/invites/${id}`, { accept: true })).status).toBe(404);
  });

  test("a link that was sent again, taken back or is too old opens nothing", async () => {
    const who = await person("Guest");
    await invite(who.email);
    const first = await lastToken(who.email);
    const [{ id } = { id: "" }] = await waiting();
    expect((await owner.call("POST", `${at}/invites/${id}/resend`)).status).toBe(200);
    const second = await lastToken(who.email);
    expect(second).not.toBe(first);
    expect(sql("select token_hash from server_invites where id = ?", id)).not.toContainEqual({ token_hash: second });
    const tried = (token: string) => who.call("POST", "/invites/accept", { token }).then(({ status }) => status);
    expect(await tried(first)).toBe(404);
    sql("update server_invites set expires_at = ? where id = ?", Date.now() - 1, id);
    expect(await tried(second)).toBe(404);
    expect((await owner.call("POST", `${at}/invites/${id}/resend`)).status).toBe(404);
    await invite(who.email);
    const third = await lastToken(who.email);
    expect((await owner.call("DELETE", `${at}/invites/${id}`)).status).toBe(200);
    expect(await tried(third)).toBe(404);
    expect((await sees(who)).status).toBe(404);
  });

  test("nobody gives what there is not, and nobody is let in twice or into what is theirs", async () => {
    for (const capabilities of [[], ["owner"], ["people"], ["subusers"], ["console", "admin"], "console"])
      expect((await invite("x@example.org", { capabilities })).status, String(capabilities)).toBe(422);
    expect((await invite("x@example.org", { expiresAt: Date.now() - 1 })).status).toBe(422);
    const who = await subuser({ capabilities: ["console", "*"] });
    expect((await people())[0]?.capabilities).toEqual(["*"]);
    expect((await sees(who)).capabilities).toHaveLength(11);
    expect((await invite(who.email)).body).toMatchObject({ code: "already_exists", fields: { email: /already/ } });
    expect((await invite(owner.email)).body).toMatchObject({
      code: "already_exists",
      fields: { email: /has the server/ },
    });
  });

  test("only who has the server manages it: not a sub-user with everything, not staff, not a token that lists it", async () => {
    const who = await subuser({ capabilities: ["*"] });
    const staff = await person("Staff", ["admin:servers:manage"]);
    const admin = await person("Admin");
    sql(
      "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, 'admin', 0)",
      organisation,
      admin.id,
    );
    for (const by of [who, staff]) {
      expect((await invite("x@example.org", {}, by)).status).toBe(403);
      expect((await by.call("PATCH", `${at}/people/${who.id}`, { capabilities: ["*"] })).status).toBe(403);
      expect((await by.call("DELETE", `${at}/people/${who.id}`)).status).toBe(403);
    }
    expect((await who.call("GET", `${at}/people`)).status).toBe(403);
    expect(await people(staff)).toMatchObject([{ userId: who.id }]);
    expect((await people(staff))[0]?.email).not.toBe(who.email);
    expect((await invite(`x.${++sequence}@example.org`, {}, admin)).status).toBe(201);
  });

  test("the people and invitations of another server are not there", async () => {
    const who = await subuser();
    await invite(`x.${++sequence}@example.org`);
    const [{ id } = { id: "" }] = await waiting();
    const other = `/servers/${insertServer({ run: sql }, organisation)}`;
    expect((await owner.call("PATCH", `${other}/people/${who.id}`, { capabilities: ["*"] })).status).toBe(404);
    expect((await owner.call("DELETE", `${other}/people/${who.id}`)).status).toBe(404);
    expect((await owner.call("POST", `${other}/invites/${id}/resend`)).status).toBe(404);
    expect((await owner.call("DELETE", `${other}/invites/${id}`)).status).toBe(404);
    expect((await who.call("GET", other)).status).toBe(404);
    expect([(await people()).length, (await waiting()).length]).toEqual([1, 1]);
  });

  test("an account's own server is shared in the same way", async () => {
    const own = insertServer({ run: sql }, organisation);
    sql("update servers set organisation_id = null, user_id = ? where id = ?", owner.id, own);
    const who = await person("Friend");
    expect((await invite(who.email, {}, owner, `/servers/${own}`)).status).toBe(201);
    expect((await who.call<{ items: object[] }>("GET", "/account/invites")).body.items).toMatchObject([
      { organisation: /^Owner/, handle: null, server: { id: own } },
    ]);
    expect((await accept(who)).status).toBe(200);
    expect((await who.call("GET", `/servers/${own}`)).status).toBe(200);
    expect((await invite(owner.email, {}, owner, `/servers/${own}`)).status).toBe(409);
  });
});

describe("what is taken", () => {
  test("is gone at once, and the node is told: removed, edited down, left", async () => {
    const [removed, less, left, more] = [
      await subuser(),
      await subuser({ capabilities: ["console", "files"] }),
      await subuser(),
      await subuser({ capabilities: ["stats"] }),
    ];
    const edit = (who: Person, change: object) => owner.call("PATCH", `${at}/people/${who.id}`, change);
    expect((await owner.call("DELETE", `${at}/people/${removed.id}`)).status).toBe(200);
    expect((await edit(less, { capabilities: ["console"] })).status).toBe(200);
    expect((await left.call("POST", `${at}/leave`)).status).toBe(200);
    expect((await edit(more, { capabilities: ["stats", "files"], expiresAt: Date.now() + DAY })).status).toBe(200);
    expect([(await sees(removed)).status, (await sees(left)).status]).toEqual([404, 404]);
    expect((await sees(less)).capabilities).toEqual(["console"]);
    for (const who of [removed, less, left])
      expect(cuts(who)).toEqual([expect.objectContaining({ node, servers: [uuid()] })]);
    expect(cuts(more)).toEqual([]);
    expect((await outboxOf(removed.email)).at(-1)?.subject).toBe("You are no longer in the server Lobby");
    expect((await removed.call("POST", `${at}/leave`)).status).toBe(404);
    expect((await owner.call("POST", `${at}/leave`)).status).toBe(409);
    expect(sql("select action from audit_log where target_id = ?", `${server}/${removed.id}`)).toEqual([
      { action: "invites.accept" },
      { action: "servers.people.remove" },
    ]);
  });

  test("with the end of the access, by a job", async () => {
    const who = await subuser({ expiresAt: Date.now() + DAY });
    await holds(who);
    await takeWhatEnded();
    expect(cuts(who)).toEqual([]);
    sql("update server_subusers set expires_at = ? where user_id = ?", Date.now() - 1, who.id);
    expect((await sees(who)).status).toBe(404);
    expect(await people()).toMatchObject([{ userId: who.id, expired: true }]);
    await takeWhatEnded();
    expect(cuts(who)).toHaveLength(1);
    await takeWhatEnded();
    expect(cuts(who)).toHaveLength(1);
  });

  test("with what a role gave to staff", async () => {
    const staff = await person("Staff", ["admin:servers:manage"]);
    await holds(staff, true);
    await takeWhatEnded();
    expect(cuts(staff)).toEqual([]);
    const [{ role_id: role } = {}] = sql("select role_id from user_roles where user_id = ?", staff.id);
    await byRoot("DELETE", `/admin/roles/${role}/members/${staff.id}`);
    await takeWhatEnded();
    expect(cuts(staff)).toHaveLength(1);
  });

  test("with the organisation, in the same transaction, and with an admin’s role", async () => {
    const who = await subuser({ capabilities: ["*"] });
    const elsewhere = insertServer({ run: sql }, organisation);
    await holds(who);
    sql(
      "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, 'admin', 0)",
      organisation,
      who.id,
    );
    expect((await invite(`x.${++sequence}@example.org`, {}, who, `/servers/${elsewhere}`)).status).toBe(201);
    const member = `/organisations/${organisation}/members/${who.id}`;
    expect((await owner.call("PATCH", member, { role: "member" })).status).toBe(200);
    expect(cuts(who)).toHaveLength(1);
    expect((await sees(who)).status, "still a sub-user").toBe(200);
    expect((await owner.call("DELETE", member)).status).toBe(200);
    expect((await sees(who)).status).toBe(404);
    expect(cuts(who).length).toBeGreaterThan(1);
    expect(sql("select id from server_invites where invited_by = ?", who.id)).toEqual([]);
  });

  test.each([
    ["is signed out", async (who: Person) => void (await endSession(who))],
    [
      "is suspended",
      async (who: Person) => void (await byRoot("POST", `/admin/users/${who.id}/suspend`, { reason: "x" })),
    ],
    ["is to be deleted", async (who: Person) => void (await byRoot("DELETE", `/admin/users/${who.id}`))],
  ])("from an account that %s, wherever a node was told of it", async (_what, act) => {
    const who = await subuser();
    await holds(who);
    await act(who);
    expect((await sees(who)).status).toBe(401);
    expect(cuts(who)).toEqual([expect.objectContaining({ node, servers: [uuid()] })]);
  });

  test("with the owner: a change of it ends all sub-users and invitations", async () => {
    const who = await subuser();
    const before = await person("Owner before");
    await holds(before);
    await invite(`x.${++sequence}@example.org`);
    const { endSubusers } = await import("#lib/servers/people/people.ts");
    const { transaction } = await import("#db/client.ts");
    const { loadServer } = await import("#lib/servers/load.ts");
    transaction((tx) => endSubusers(tx, loadServer(server, panel.system).server, panel.system));
    expect((await sees(who)).status).toBe(404);
    expect([cuts(who).length, cuts(before).length]).toEqual([1, 1]);
    expect(await waiting()).toEqual([]);
  });
});

async function byRoot(method: string, path: string, body?: unknown) {
  const root = await panel.person(`Root ${++sequence}`, "root");
  const answer = await root.call(method, path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
}

async function endSession(who: Person): Promise<void> {
  const { endOtherSessions } = await import("#lib/auth/session.ts");
  endOtherSessions(who.id, null);
}

async function takeWhatEnded(): Promise<void> {
  const { takeWhatEnded } = await import("#lib/servers/ended.ts");
  await takeWhatEnded.run({}, { retryAt: 0, signal: new AbortController().signal });
}
