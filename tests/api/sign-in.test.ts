import bcrypt from "bcryptjs";
import { decode } from "next-auth/jwt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Panel, startPanel } from "../support/panel.ts";
import { signIn, signOut } from "../support/sign-in.ts";

const PASSWORD = "a long enough password";
/** Quick to compare with. Passwords that are set here are hashed as everybody's are. */
const passwordHash = bcrypt.hashSync(PASSWORD, 4);
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

/** An account with a password, and an address that nobody has used. */
async function somebody() {
  const n = ++sequence;
  const email = `person.${n}@example.org`;
  const { id } = await panel.person(`Person ${n}`);
  sql("update users set password_hash = ? where id = ?", passwordHash, id);
  sql("delete from sessions where user_id = ?", id);
  return { id, email, address: `198.51.100.${n}` };
}

async function signedIn() {
  const person = await somebody();
  return { ...person, cookie: await anotherSession(person) };
}

/** As signing in makes it, without the second that comparing a password takes. */
async function anotherSession(person: { id: string; address: string }): Promise<string> {
  const { createSession, encodeSession, sessionCookie } = await import("#lib/auth/session.ts");
  const sid = createSession({
    userId: person.id,
    address: person.address,
    userAgent: "a browser",
    method: "password",
    mfa: false,
  });
  return `${sessionCookie()}=${await encodeSession(sid)}`;
}

const account = (cookie: string) => panel.call<{ email: string }>("GET", "/account", undefined, { cookie });
const sessionsOf = (id: string) => sql("select * from sessions where user_id = ? order by created_at, id", id);

describe("signing in", () => {
  test("with the right password gives a cookie that works, and holds nothing but a session id", async () => {
    const person = await somebody();
    const answer = await signIn(` ${person.email.toUpperCase()} `, PASSWORD, { address: person.address });
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie().find((line) => line.startsWith("zonegate.session="))).toMatch(
      /HttpOnly.*SameSite=Lax/i,
    );
    expect(await account(answer.cookie ?? "")).toMatchObject({ status: 200, body: { email: person.email } });
    const [row, ...more] = sessionsOf(person.id);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ address: person.address, user_agent: "a browser" });
    const { sessionSecret } = await import("#lib/auth/session.ts");
    const token = await decode({ token: (answer.cookie ?? "").split("=")[1] ?? "", secret: sessionSecret() });
    const { iat: _iat, exp: _exp, jti: _jti, ...claims } = token ?? {};
    expect(claims).toEqual({ sid: row?.id });
  });

  test("a wrong password and an account that does not exist are answered alike, and both are noted", async () => {
    const person = await somebody();
    const wrong = await signIn(person.email, "not the password", { address: person.address });
    const unknown = await signIn("nobody@example.org", "not the password", { address: "198.51.100.250" });
    expect(wrong.status).toBe(401);
    expect({ status: unknown.status, body: unknown.body, cookie: unknown.cookie }).toEqual({
      status: wrong.status,
      body: wrong.body,
      cookie: null,
    });
    expect(wrong.cookie).toBeNull();
    expect(
      sql(
        "select outcome, actor_type, target_label from audit_log where action = 'auth.signIn' and outcome = 'refused' order by id",
      ),
    ).toEqual([
      { outcome: "refused", actor_type: "anonymous", target_label: person.email },
      { outcome: "refused", actor_type: "anonymous", target_label: "nobody@example.org" },
    ]);
  });

  test("a password of over 72 octets is not cut to one that fits", async () => {
    const { createAccount } = await import("#lib/users/users.ts");
    const password = "a tram, a harbour and a lighthouse in the fog of the north".padEnd(72, "!");
    await createAccount({ name: "Long", email: "long@example.org", password }, panel.system);
    expect((await signIn("long@example.org", `${password}!`, { address: "198.51.100.251" })).status).toBe(401);
    expect((await signIn("long@example.org", password, { address: "198.51.100.251" })).status).toBe(200);
  });

  test("a suspended account is answered like a wrong password", async () => {
    const person = await somebody();
    sql("update users set suspended_at = 1 where id = ?", person.id);
    expect(await signIn(person.email, PASSWORD, { address: person.address })).toMatchObject({
      status: 401,
      cookie: null,
    });
    expect(sessionsOf(person.id)).toEqual([]);
  });

  test("a cookie that is nonsense is no session, and no error", async () => {
    for (const value of ["%", "%E0%A4%A", "x", "eyJhbGciOiJub25lIn0..."]) {
      expect((await account(`zonegate.session=${value}`)).status, value).toBe(401);
    }
  });
});

describe("guessing", () => {
  test("five wrong passwords lock the pair, not the account and not the network", async () => {
    const person = await somebody();
    const other = await somebody();
    const results = [];
    for (let n = 0; n < 5; n++)
      results.push((await signIn(person.email, `guess ${n}`, { address: person.address })).status);
    expect(results).toEqual([401, 401, 401, 401, 401]);
    const locked = await signIn(person.email, PASSWORD, { address: person.address });
    expect(locked).toMatchObject({
      status: 429,
      cookie: null,
      body: { code: "rate_limited", message: expect.stringMatching(/Try again in \d+ seconds/) },
    });
    expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(20);
    expect(Number(locked.headers.get("retry-after"))).toBeLessThanOrEqual(30);
    expect((await signIn(person.email, PASSWORD, { address: "203.0.113.200" })).status, "elsewhere").toBe(200);
    expect((await signIn(other.email, PASSWORD, { address: person.address })).status, "another account").toBe(200);
  });

  test("an account that does not exist is locked just the same", async () => {
    for (let n = 0; n < 5; n++) await signIn("nobody.else@example.org", "guess", { address: "198.51.100.252" });
    expect((await signIn("nobody.else@example.org", "guess", { address: "198.51.100.252" })).status).toBe(429);
  });

  test("a lock outlives the process, and a right password takes a count back", async () => {
    const person = await somebody();
    for (let n = 0; n < 4; n++) await signIn(person.email, "guess", { address: person.address });
    expect((await signIn(person.email, PASSWORD, { address: person.address })).status).toBe(200);
    expect(sql("select * from attempts where key = ?", `sign-in:${person.email}:${person.address}`)).toEqual([]);
    expect(sql("select failures from attempts where key = ?", `sign-in:${person.address}`)).toEqual([{ failures: 4 }]);
  });

  test("twenty failures from one network lock it for every account, its whole /64 with it", async () => {
    const person = await somebody();
    const { recordFailure, signInLimits } = await import("#lib/auth/throttle.ts");
    for (let n = 0; n < 20; n++) recordFailure(signInLimits(`victim.${n}@example.org`, `2001:db8:1:2::${n + 1}`));
    const locked = await signIn(person.email, PASSWORD, { address: "2001:db8:1:2:ffff:ffff:ffff:ffff" });
    expect(locked).toMatchObject({ status: 429, cookie: null });
    expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(800);
    expect((await signIn(person.email, PASSWORD, { address: "2001:db8:1:3::1" })).status, "the /64 beside it").toBe(
      200,
    );
  });

  test("a burst of forty waits in a line of thirty-two; the others are told to come back", async () => {
    const burst = Promise.all(
      Array.from({ length: 40 }, (_, n) => signIn(`burst.${n}@example.org`, "guess", { address: `203.0.113.${n}` })),
    );
    let over = false;
    void burst.finally(() => {
      over = true;
    });
    const beside = await panel.call("GET", "/setup");
    expect([beside.status, over], "the panel answers meanwhile").toEqual([200, false]);
    const answers = await burst;
    const turnedAway = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 401).length + turnedAway.length).toBe(40);
    // One or two may have been compared before the last had arrived.
    expect(turnedAway.length).toBeGreaterThanOrEqual(6);
    expect(turnedAway.length).toBeLessThanOrEqual(8);
    for (const answer of turnedAway)
      expect([answer.headers.get("retry-after"), answer.body.code]).toEqual(["5", "rate_limited"]);
  });
});

describe("sessions", () => {
  test("signing out ends the session: its cookie is worth nothing afterwards", async () => {
    const person = await somebody();
    const cookie = (await signIn(person.email, PASSWORD, { address: person.address })).cookie ?? "";
    expect((await account(cookie)).status).toBe(200);
    expect((await signOut(cookie)).status).toBe(200);
    expect((await account(cookie)).status).toBe(401);
    expect(sessionsOf(person.id)).toEqual([]);
  });

  test("are listed, one is ended, then all the others", async () => {
    const person = await signedIn();
    const second = await anotherSession(person);
    const third = await anotherSession(person);
    const fourth = await anotherSession(person);
    const call = (method: string, path: string, cookie = person.cookie) =>
      panel.call<{ items: { id: string; current: boolean }[]; ended: number }>(method, path, undefined, { cookie });
    const listed = await call("GET", "/account/sessions");
    expect(listed.body.items).toHaveLength(4);
    const [mine, ...others] = sessionsOf(person.id).map((row) => row.id);
    expect(listed.body.items.filter((row) => row.current).map((row) => row.id)).toEqual([mine]);
    expect(await call("DELETE", `/account/sessions/${others[0]}`)).toMatchObject({ status: 200, body: { ended: 1 } });
    expect((await account(second)).status).toBe(401);
    expect((await account(third)).status).toBe(200);
    expect((await call("DELETE", `/account/sessions/${others[0]}`)).status).toBe(404);
    expect(await call("DELETE", "/account/sessions")).toMatchObject({ status: 200, body: { ended: 2 } });
    expect([
      (await account(third)).status,
      (await account(fourth)).status,
      (await account(person.cookie)).status,
    ]).toEqual([401, 401, 200]);
  });

  test("nobody ends, or sees, somebody else's", async () => {
    const [person, other] = [await signedIn(), await signedIn()];
    const [theirs] = sessionsOf(other.id);
    expect(
      (await panel.call("DELETE", `/account/sessions/${theirs?.id}`, undefined, { cookie: person.cookie })).status,
    ).toBe(404);
    await panel.call("DELETE", "/account/sessions", undefined, { cookie: person.cookie });
    expect((await account(other.cookie)).status).toBe(200);
  });

  test("a suspended account's stops at once, and works again when the suspension ends", async () => {
    const person = await signedIn();
    sql("update users set suspended_at = ? where id = ?", Date.now(), person.id);
    expect((await account(person.cookie)).status).toBe(401);
    sql("update users set suspended_at = null where id = ?", person.id);
    expect((await account(person.cookie)).status).toBe(200);
  });

  test.each([
    ["after 30 days", "update sessions set expires_at = ? where user_id = ?", -1],
    [
      "after 7 days without a request",
      "update sessions set last_seen_at = ? where user_id = ?",
      -7 * 86_400_000 - 1000,
    ],
  ])("one is over %s", async (_what, update, shift) => {
    const person = await signedIn();
    sql(update, Date.now() + shift, person.id);
    expect((await account(person.cookie)).status).toBe(401);
    const again = await anotherSession(person);
    const listed = await panel.call<{ items: unknown[] }>("GET", "/account/sessions", undefined, { cookie: again });
    expect(listed.body.items).toHaveLength(1);
  });

  test("a request keeps one alive, and notes from where", async () => {
    const person = await signedIn();
    sql("update sessions set last_seen_at = ? where user_id = ?", Date.now() - 6 * 86_400_000, person.id);
    await panel.call("GET", "/account", undefined, { cookie: person.cookie, "x-zonegate-address": "192.0.2.99" });
    const [row] = sessionsOf(person.id);
    expect(row?.address).toBe("192.0.2.99");
    expect(Date.now() - Number(row?.last_seen_at)).toBeLessThan(60_000);
  });
});

describe("setting the password", () => {
  const change = (cookie: string, newPassword: string) =>
    panel.call<{ code: string; fields: Record<string, string>; sessionsEnded: number }>(
      "POST",
      "/account/password",
      { newPassword },
      { cookie },
    );

  test("ends the other sessions, leaves this one, and the old password is worth nothing", async () => {
    const person = await signedIn();
    const other = await anotherSession(person);
    const weak = await change(person.cookie, "short");
    expect(weak).toMatchObject({ status: 422, body: { fields: { newPassword: expect.any(String) } } });
    expect((await account(other)).status).toBe(200);
    expect(await change(person.cookie, "another long password")).toMatchObject({
      status: 200,
      body: { sessionsEnded: 1 },
    });
    expect([(await account(person.cookie)).status, (await account(other)).status]).toEqual([200, 401]);
    expect((await signIn(person.email, PASSWORD, { address: person.address })).status).toBe(401);
    expect((await signIn(person.email, "another long password", { address: person.address })).status).toBe(200);
    const noted = sql(
      "select outcome, before, after from audit_log where action = 'users.password' and target_id = ?",
      person.id,
    );
    expect(noted).toEqual([{ outcome: "done", before: '{"password":"[set]"}', after: '{"password":"[changed]"}' }]);
  });

  test("asks first who it is, in a session that has lasted a while", async () => {
    const person = await signedIn();
    sql("update sessions set confirmed_at = ? where user_id = ?", Date.now() - 601_000, person.id);
    expect(await change(person.cookie, "another long password")).toMatchObject({
      status: 403,
      body: { code: "confirmation_required" },
    });
    expect((await signIn(person.email, PASSWORD, { address: person.address })).status).toBe(200);
  });

  test("gives one to an account that has none", async () => {
    const person = await signedIn();
    sql("update users set password_hash = null where id = ?", person.id);
    expect((await change(person.cookie, "another long password")).status).toBe(200);
    expect((await signIn(person.email, "another long password", { address: person.address })).status).toBe(200);
  });
});

describe("a write that another site makes the browser send", () => {
  const attempts: [string, Record<string, string>][] = [
    ["Origin of another site", { origin: "https://evil.example" }],
    ["Origin null", { origin: "null" }],
    ["Sec-Fetch-Site: cross-site", { "sec-fetch-site": "cross-site" }],
    ["Sec-Fetch-Site: same-site", { "sec-fetch-site": "same-site" }],
    ["cross-site with our own Origin", { "sec-fetch-site": "cross-site", origin: "http://localhost:3000" }],
    ["neither header", { origin: "" }],
  ];
  test.each(attempts)("%s: refused, and nothing is done", async (_what, headers) => {
    const person = await panel.person(`Target ${++sequence}`);
    const changes = () => sql("select total_changes() as n")[0]?.n;
    const before = changes();
    for (const [method, path, body] of [
      ["PATCH", "/account", { name: "Taken over" }],
      ["POST", "/organisations", { name: "Evil", handle: "evil" }],
      ["DELETE", "/account/sessions", undefined],
      ["POST", "/rpc/users/rename", { json: { name: "Taken over" } }],
    ] as const) {
      const answer = await panel.call(method, path, body, { cookie: person.cookie, ...headers });
      expect(answer.status, `${method} ${path}`).toBe(403);
    }
    expect(changes()).toBe(before);
  });

  test("from our own pages it is done", async () => {
    const person = await panel.person("Ada at home");
    const headers = { cookie: person.cookie, "sec-fetch-site": "same-origin" };
    expect(await panel.call("PATCH", "/account", { name: "Ada" }, headers)).toMatchObject({
      status: 200,
      body: { name: "Ada" },
    });
  });
});
