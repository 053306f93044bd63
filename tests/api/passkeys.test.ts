import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assert, create, type Lies, type RequestOptions } from "../support/authenticator.ts";
import { type Panel, startPanel } from "../support/panel.ts";
import { device } from "../support/passkeys.ts";

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

/** An account with a password, signed in on a device at an address that nobody else has. */
async function somebody(grants?: "root") {
  const n = ++sequence;
  const person = await panel.person(`Person ${n}`, grants);
  const address = `198.51.100.${n}`;
  return { ...person, address, device: device(panel, person.cookie, address) };
}

const fresh = () => device(panel, "", `203.0.113.${++sequence}`);
const withoutPassword = (id: string) => sql("update users set password_hash = null where id = ?", id);
const sessionsOf = (id: string) => sql("select * from sessions where user_id = ? order by created_at, id", id);
const passkeysOf = (id: string) => sql("select * from passkeys where user_id = ? order by created_at, id", id);
const audits = (action: string, id: string) =>
  sql(
    "select outcome, actor_type, after from audit_log where action = ? and (target_id = ? or actor_id = ?)",
    action,
    id,
    id,
  );

describe("adding passkeys", () => {
  test("several, each with its name and kind; the list says when each was made and used", async () => {
    const { id, device: here } = await somebody();
    const phone = await here.add("Phone", { synced: true });
    const key = await here.add("  Security key ", { counter: 5 });
    expect([phone.answer.status, key.answer.status]).toEqual([201, 201]);
    const listed = await here.send("GET", "/account/passkeys");
    expect(listed.body).toEqual({
      items: [
        { id: phone.answer.body.id, name: "Phone", synced: true, createdAt: expect.any(Number), lastUsedAt: null },
        {
          id: key.answer.body.id,
          name: "Security key",
          synced: false,
          createdAt: expect.any(Number),
          lastUsedAt: null,
        },
      ],
      password: true,
      available: true,
    });
    await fresh().signIn(key.credential);
    const again = await here.send<{ items: { lastUsedAt: number | null }[] }>("GET", "/account/passkeys");
    expect(again.body.items.map((row) => typeof row.lastUsedAt)).toEqual(["object", "number"]);
    expect(audits("passkeys.add", id)).toEqual([
      { outcome: "done", actor_type: "user", after: '{"name":"Phone","synced":true}' },
      { outcome: "done", actor_type: "user", after: '{"name":"Security key","synced":false}' },
    ]);
  });

  test("the browser is asked for a discoverable one, without those it has, for an account that its handle does not name", async () => {
    const { id, email, device: here } = await somebody();
    const { credential } = await here.add("First");
    const { body, headers } = await here.askToAdd();
    expect(body).toMatchObject({
      rp: { id: "localhost", name: "Zonegate" },
      user: { name: email },
      authenticatorSelection: { residentKey: "required", userVerification: "preferred" },
      attestation: "none",
      excludeCredentials: [{ id: credential.id, type: "public-key", transports: ["internal"] }],
    });
    const handle = Buffer.from(body.user.id, "base64url");
    expect(handle).toHaveLength(32);
    expect(handle.toString()).not.toContain(email);
    expect(handle.toString("hex")).not.toContain(id.replaceAll("-", ""));
    expect(headers.getSetCookie()).toEqual([]);
  });

  test("what tells the browser from others is a cookie that scripts cannot read, kept as a hash", async () => {
    const here = fresh();
    const first = await here.ask("/sign-in/passkey/options");
    const [line = ""] = first.headers.getSetCookie();
    expect(line).toMatch(/^zonegate\.browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    const value = line.split(/[=;]/)[1] ?? "";
    expect(JSON.stringify(sql("select * from challenges"))).not.toContain(value);
    expect((await here.ask("/sign-in/passkey/options")).headers.getSetCookie()).toEqual([]);
  });

  test("the account is told by mail, without a link", async () => {
    const { id, email, device: here } = await somebody();
    const { answer } = await here.add("Phone");
    await here.send("DELETE", `/account/passkeys/${answer.body.id}`);
    const mails = sql("select subject, recipient, text from mails where user_id = ? order by id", id);
    expect(mails).toEqual([
      { subject: "The passkey “Phone” was added", recipient: email, text: expect.stringContaining(email) },
      { subject: "The passkey “Phone” was removed", recipient: email, text: expect.stringContaining(email) },
    ]);
    expect(JSON.stringify(mails)).not.toMatch(/https?:|\[link\]/);
  });

  const lies: [string, Lies, string][] = [
    ["another origin", { origin: "https://evil.example" }, "response origin"],
    ["another RP ID", { rpId: "evil.example" }, "RP ID hash"],
    ["another challenge", { challenge: "AAAA" }, "the challenge is not right"],
    ["an assertion's type", { type: "webauthn.get" }, "response type"],
    ["a frame", { crossOrigin: true }, "in a frame"],
    ["nobody present", { absent: true }, "not present"],
    ["an attestation with certificates", certified(), "not asked for"],
    ["an attestation for a kind of device", { attestation: { format: "tpm", statement: new Map() } }, "not asked for"],
    [
      "a statement in an empty format",
      { attestation: { format: "none", statement: new Map([["alg", -7]]) } },
      "None attestation",
    ],
    [
      "a packed attestation without signature",
      { attestation: { format: "packed", statement: new Map([["alg", -7]]) } },
      "No attestation signature",
    ],
  ];
  test.each(lies)("with %s is refused, noted, and leaves nothing", async (_what, lie, reason) => {
    const { id, device: here } = await somebody();
    const { answer } = await here.add("Phone", lie);
    expect(answer).toMatchObject({ status: 422, body: { code: "passkey_refused" } });
    expect(passkeysOf(id)).toEqual([]);
    expect(audits("passkeys.add", id)).toMatchObject([{ outcome: "refused", after: expect.stringContaining(reason) }]);
    expect(sql("select * from mails where user_id = ?", id)).toEqual([]);
  });

  test.each([
    ["", "Enter a name."],
    ["x".repeat(61), "A name has at most 60 characters."],
    ["a\nb", "A name cannot contain control characters."],
  ])("named %j is refused at the name", async (name, sentence) => {
    const { device: here } = await somebody();
    const refused = { status: 422, body: { fields: { name: sentence } } };
    expect(await here.askToAdd(name), "before a device makes one").toMatchObject(refused);
    expect((await here.add(name)).answer).toMatchObject(refused);
  });

  test("a challenge is answered once, also when the answer was wrong", async () => {
    const { id, device: here } = await somebody();
    const { body } = await here.askToAdd();
    const good = create(body).response;
    const wrong = create(body, { rpId: "evil.example" }).response;
    const answers = [];
    for (const response of [wrong, good])
      answers.push((await here.send("POST", "/account/passkeys", { name: "A", response })).status);
    expect(answers).toEqual([422, 422]);
    expect(passkeysOf(id)).toEqual([]);
  });

  test("a credential that is registered is left as it is, for its own account and for others alike", async () => {
    const one = await somebody();
    const two = await somebody();
    const { credential } = await one.device.add("Phone");
    const [before] = passkeysOf(one.id);
    const own = await one.device.add("Again", { credentialId: credential.id });
    const others = await two.device.add("Stolen", { credentialId: credential.id });
    expect([own.answer.status, others.answer.status]).toEqual([409, 409]);
    expect(others.answer.body).toEqual({ ...own.answer.body, requestId: expect.any(String) });
    expect([passkeysOf(one.id), passkeysOf(two.id)]).toEqual([[before], []]);
    expect((await fresh().signIn(credential)).status).toBe(200);
    expect((await fresh().signIn(others.credential)).status).toBe(401);
  });

  test("two registrations of one credential at once: one is", async () => {
    const [one, two] = [await somebody(), await somebody()];
    const credentialId = "c2FtZQ";
    const answers = await Promise.all([one, two].map(({ device: here }) => here.add("Same", { credentialId })));
    expect(answers.map(({ answer }) => answer.status).toSorted()).toEqual([201, 409]);
  });

  test("an account has at most 20", async () => {
    const { id, device: here } = await somebody();
    for (let n = 0; n < 20; n++) expect((await here.add(`Passkey ${n}`)).answer.status).toBe(201);
    expect((await here.add("One more")).answer).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect(passkeysOf(id)).toHaveLength(20);
  });

  test("asks for a fresh sign-in, and so does removing; renaming and listing do not", async () => {
    const { id, device: here } = await somebody();
    const { answer } = await here.add("Phone");
    sql("update sessions set confirmed_at = ? where user_id = ?", Date.now() - 601_000, id);
    const target = `/account/passkeys/${answer.body.id}`;
    for (const answer of [
      await here.askToAdd(),
      await here.send("DELETE", target),
      await here.send("DELETE", "/account/password"),
    ])
      expect(answer).toMatchObject({ status: 403, body: { code: "confirmation_required" } });
    expect((await here.send("PATCH", target, { name: "My phone" })).status).toBe(200);
    expect((await here.send("GET", "/account/passkeys")).body).toMatchObject({ items: [{ name: "My phone" }] });
    expect(audits("passkeys.rename", id)).toEqual([
      { outcome: "done", actor_type: "user", after: '{"name":"My phone"}' },
    ]);
  });
});

describe("the last way in", () => {
  const remove = (person: Awaited<ReturnType<typeof somebody>>, id: string) =>
    person.device.send("DELETE", `/account/passkeys/${id}`);

  test("stays: with a password any passkey can go, without one the last cannot", async () => {
    const person = await somebody();
    const [one, two] = [
      (await person.device.add("One")).answer.body.id,
      (await person.device.add("Two")).answer.body.id,
    ];
    withoutPassword(person.id);
    expect((await remove(person, one)).status).toBe(200);
    expect(await remove(person, two)).toMatchObject({ status: 409, body: { code: "last_way_in" } });
    expect(passkeysOf(person.id)).toHaveLength(1);
  });

  test("the password goes only if a passkey is left, ends the other sessions, and is told by mail", async () => {
    const person = await somebody();
    const drop = () => person.device.send<{ code: string; sessionsEnded: number }>("DELETE", "/account/password");
    expect(await drop()).toMatchObject({ status: 409, body: { code: "last_way_in" } });
    const { credential } = await person.device.add("Phone");
    const there = fresh();
    await there.signIn(credential);
    expect(await drop()).toMatchObject({ status: 200, body: { sessionsEnded: 1 } });
    expect((await there.send("GET", "/account")).status).toBe(401);
    expect(sql("select password_hash from users where id = ?", person.id)).toEqual([{ password_hash: null }]);
    expect((await person.device.send("GET", "/account/passkeys")).body).toMatchObject({ password: false });
    expect(await drop()).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect(sql("select subject from mails where user_id = ? order by id desc limit 1", person.id)).toEqual([
      { subject: "The password was removed" },
    ]);
    expect(audits("users.dropPassword", person.id)).toEqual([
      { outcome: "done", actor_type: "user", after: '{"password":"[removed]"}' },
    ]);
  });

  test("of removals at once, password beside passkeys, one is refused", async () => {
    for (let round = 0; round < 5; round++) {
      const person = await somebody();
      const ids = [(await person.device.add("One")).answer.body.id, (await person.device.add("Two")).answer.body.id];
      const answers = await Promise.all([
        person.device.send("DELETE", "/account/password"),
        ...ids.map((id) => remove(person, id)),
      ]);
      expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 200, 409]);
      const [account] = sql("select password_hash is not null as password from users where id = ?", person.id);
      expect(passkeysOf(person.id).length + Number(account?.password)).toBe(1);
    }
  });

  test("nobody renames or removes somebody else's", async () => {
    const [one, two] = [await somebody(), await somebody()];
    const { answer } = await one.device.add("Phone");
    expect((await remove(two, answer.body.id)).status).toBe(404);
    expect((await two.device.send("PATCH", `/account/passkeys/${answer.body.id}`, { name: "Mine" })).status).toBe(404);
    expect(passkeysOf(one.id)).toMatchObject([{ name: "Phone" }]);
  });

  test("an administrator with a passkey alone counts as one that can sign in", async () => {
    const root = await somebody("root");
    const { credential } = await root.device.add("Phone");
    withoutPassword(root.id);
    const { rootHolders } = await import("#lib/roles/roles.ts");
    expect(rootHolders()).toContain(root.id);
    expect((await fresh().signIn(credential)).status).toBe(200);
  });
});

describe("confirming", () => {
  test("makes the session fresh again, with one of the account's own passkeys", async () => {
    const { id, device: here } = await somebody();
    const { credential } = await here.add("Phone");
    sql("update sessions set confirmed_at = 1, mfa = 0 where user_id = ?", id);
    const { body } = await here.ask<{ allowCredentials: unknown }>("/account/confirm/passkey/options");
    expect(body.allowCredentials).toEqual([{ id: credential.id, type: "public-key", transports: ["internal"] }]);
    const answer = await here.confirm(credential, { userHandle: null });
    expect(answer.status).toBe(200);
    expect(sessionsOf(id)).toMatchObject([{ confirmed_at: answer.body.confirmedAt, mfa: 1 }]);
    expect((await here.askToAdd()).status).toBe(200);
    expect(audits("passkeys.confirm", id)).toEqual([
      { outcome: "done", actor_type: "user", after: '{"passkey":"Phone","userVerified":true}' },
    ]);
  });

  test("with somebody else's is refused, noted, and changes nothing", async () => {
    const [one, two] = [await somebody(), await somebody()];
    await one.device.add("Phone");
    const { credential } = await two.device.add("Phone");
    sql("update sessions set confirmed_at = 1 where user_id = ?", one.id);
    for (const lie of [{}, { userHandle: null }, { spoilt: true }] satisfies Lies[])
      expect(await one.device.confirm(credential, lie)).toMatchObject({
        status: 422,
        body: { code: "passkey_refused" },
      });
    expect(sessionsOf(one.id)).toMatchObject([{ confirmed_at: 1 }]);
    expect(audits("passkeys.confirm", one.id).map((row) => row.outcome)).toEqual(["refused", "refused", "refused"]);
  });

  test("takes no challenge of another purpose or account, though the browser is the same", async () => {
    const [one, two] = [await somebody(), await somebody()];
    const { credential } = await one.device.add("Phone");
    const adding = await one.device.askToAdd();
    const browser = one.device.cookies();
    const theirs = await panel.call<RequestOptions>("POST", "/account/confirm/passkey/options", undefined, {
      cookie: browser.replace(one.cookie, two.cookie),
    });
    for (const { body } of [adding, theirs]) {
      const response = assert(credential, body);
      expect((await one.device.send("POST", "/account/confirm/passkey", { response })).status).toBe(422);
    }
    const reasons = audits("passkeys.confirm", one.id).map((row) => row.after);
    expect(reasons).toEqual(Array(2).fill('{"reason":"the challenge is not right"}'));
  });

  test("is a second factor with verification, or after a password; a touch alone after a touch alone is not", async () => {
    const { id, device: here } = await somebody();
    const touch = { userVerified: false };
    const { credential } = await here.add("Key", touch);
    const there = fresh();
    await there.signIn(credential, touch);
    const shown = () => sessionsOf(id).map((row) => [row.method, row.mfa]);
    await there.confirm(credential, touch);
    expect(shown()).toEqual([
      ["password", 0],
      ["passkey", 0],
    ]);
    await here.confirm(credential, touch);
    await there.confirm(credential);
    expect(shown()).toEqual([
      ["password", 1],
      ["passkey", 1],
    ]);
  });
});

describe("where a role asks for a second factor", () => {
  /** A session of a guessed password: it has shown no second factor. */
  async function owing() {
    const person = await somebody();
    const role = `mfa-${sequence}`;
    sql("insert into roles (id, name, requires_mfa, created_at) values (?, ?, 1, 0)", role, role);
    sql("insert into user_roles (user_id, role_id, created_at) values (?, ?, 0)", person.id, role);
    return person;
  }

  test("a first passkey can be added, and is it when it verified its user", async () => {
    const person = await owing();
    expect((await person.device.send("GET", "/organisations")).status).toBe(403);
    expect((await person.device.add("Key", { userVerified: false })).answer.status).toBe(201);
    expect((await person.device.send("GET", "/organisations")).status).toBe(403);
    const other = await owing();
    expect((await other.device.add("Phone")).answer.status).toBe(201);
    expect((await other.device.send("GET", "/organisations")).status).toBe(200);
  });

  test("who has one shows it before another is added: a guessed password does not bring its own", async () => {
    const person = await owing();
    const { credential } = await person.device.add("Phone");
    sql("update sessions set mfa = 0 where user_id = ?", person.id);
    expect((await person.device.askToAdd()).status).toBe(403);
    expect((await person.device.confirm(credential)).status).toBe(200);
    expect((await person.device.add("Another")).answer.status).toBe(201);
  });

  test("a challenge from before does not get around that", async () => {
    const person = await owing();
    const { body } = await person.device.askToAdd();
    await person.device.add("Phone");
    sql("update sessions set mfa = 0 where user_id = ?", person.id);
    const { response } = create(body);
    expect(await person.device.send("POST", "/account/passkeys", { name: "Mine", response })).toMatchObject({
      status: 403,
      body: { code: "second_factor_required" },
    });
    expect(passkeysOf(person.id)).toHaveLength(1);
  });

  test("the last second factor stays, and the sentence says what to do", async () => {
    const person = await owing();
    const { answer } = await person.device.add("Phone");
    const removed = await person.device.send("DELETE", `/account/passkeys/${answer.body.id}`);
    expect(removed).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect(passkeysOf(person.id)).toHaveLength(1);
  });

  test("that was taken away while nobody asked for one is none that a session has shown", async () => {
    const { id, device: here } = await somebody();
    const { answer } = await here.add("Phone");
    expect(sessionsOf(id)).toMatchObject([{ mfa: 1 }]);
    expect((await here.send("DELETE", `/account/passkeys/${answer.body.id}`)).status).toBe(200);
    const role = `mfa-${sequence}`;
    sql("insert into roles (id, name, requires_mfa, created_at) values (?, ?, 1, 0)", role, role);
    sql("insert into user_roles (user_id, role_id, created_at) values (?, ?, 0)", id, role);
    expect(await here.send("GET", "/account/sessions")).toMatchObject({
      status: 403,
      body: { code: "second_factor_required" },
    });
  });

  test("who came in with a key that verifies nobody has shown it, and may set up what is missing", async () => {
    const person = await owing();
    const { credential } = await person.device.add("Key", { userVerified: false });
    const there = fresh();
    await there.signIn(credential, { userVerified: false });
    expect((await there.send("GET", "/organisations")).status).toBe(403);
    expect((await there.add("Phone")).answer.status).toBe(201);
    expect((await there.send("GET", "/organisations")).status).toBe(200);
  });

  test("who shows one-time codes is not asked to enrol again, but to show them", async () => {
    const person = await owing();
    sql("insert into totp_factors (user_id, secret, confirmed_at, created_at) values (?, 'x', 1, 0)", person.id);
    expect(await person.device.askToAdd()).toMatchObject({
      status: 403,
      body: { code: "second_factor_required" },
    });
  });
});

/** Certificates whose revocation list stands wherever the sender likes. */
function certified(): Lies {
  const statement = new Map<string, number | Buffer | Buffer[]>([
    ["alg", -7],
    ["sig", Buffer.from("signature")],
    ["x5c", [Buffer.from("certificate")]],
  ]);
  return { attestation: { format: "packed", statement } };
}
