import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assert, type Lies, type RequestOptions } from "../support/authenticator.ts";
import { type Panel, startPanel } from "../support/panel.ts";
import { device } from "../support/passkeys.ts";
import { signIn, signInWithPasskey } from "../support/sign-in.ts";

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

describe("signing in", () => {
  test("without an e-mail address, and with the one that it belongs to", async () => {
    const { id, email, device: here } = await somebody();
    const { credential } = await here.add("Phone");
    withoutPassword(id);
    const there = fresh();
    expect((await there.signIn(credential)).status).toBe(200);
    expect(await there.send("GET", "/account")).toMatchObject({ status: 200, body: { email } });
    expect((await fresh().signIn(credential, {}, ` ${email.toUpperCase()}`)).status).toBe(200);
    const [, signedIn] = sessionsOf(id);
    expect(signedIn).toMatchObject({ method: "passkey", mfa: 1, user_agent: "a browser" });
    const other = await somebody();
    const elsewhere = fresh();
    expect(await elsewhere.signIn(credential, {}, other.email)).toMatchObject({ status: 401, cookie: null });
    expect([sessionsOf(id).length, sessionsOf(other.id).length]).toEqual([3, 1]);
  });

  test("has shown a second factor exactly when the authenticator verified its user", async () => {
    const { id, device: here } = await somebody();
    const { credential } = await here.add("Key", { userVerified: false });
    expect((await fresh().signIn(credential, { userVerified: false })).status).toBe(200);
    expect((await fresh().signIn(credential, { userVerified: true })).status).toBe(200);
    expect(sessionsOf(id).map((row) => row.mfa)).toEqual([0, 0, 1]);
  });

  test("the question is the same for everybody: it names no account and no passkey", async () => {
    const { device: here } = await somebody();
    await here.add("Phone");
    const shapes = [];
    for (const asking of [fresh(), here, fresh()]) {
      const { body } = await asking.ask<RequestOptions>("/sign-in/passkey/options");
      shapes.push({ ...body, challenge: "" });
    }
    expect(shapes).toEqual(
      Array(3).fill({ challenge: "", rpId: "localhost", timeout: 300_000, userVerification: "preferred" }),
    );
    const named = await fresh().send("POST", "/sign-in/passkey/options", { email: "somebody@example.org" });
    expect(named.status, "nobody is named").toBe(422);
  });

  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const lies: [string, Lies, string][] = [
    ["another origin", { origin: "https://evil.example" }, "response origin"],
    ["our host on another port", { origin: "http://localhost:3001" }, "response origin"],
    ["another RP ID", { rpId: "evil.example" }, "RP ID hash"],
    ["another challenge", { challenge: "AAAA" }, "the challenge is not right"],
    ["a registration's type", { type: "webauthn.create" }, "response type"],
    ["a frame", { crossOrigin: true }, "in a frame"],
    ["nobody present", { absent: true }, "not present"],
    ["a spoilt signature", { spoilt: true }, "signature is not right"],
    ["another key", { key: other }, "signature is not right"],
    ["an id that nobody has", { credentialId: "bm9ib2R5" }, "no such passkey"],
    ["another account's handle", { userHandle: "AAAA" }, "of another account"],
    ["no handle", { userHandle: null }, "of another account"],
  ];
  test.each(lies)("with %s is refused, noted, counted, and starts no session", async (_what, lie, reason) => {
    const { id, device: here } = await somebody();
    const { credential } = await here.add("Phone");
    const there = fresh();
    const refused = await there.signIn(credential, lie);
    expect(refused).toMatchObject({ status: 401, cookie: null });
    expect(sessionsOf(id)).toHaveLength(1);
    const [noted] = sql(
      "select outcome, actor_type, after from audit_log where action = 'auth.signIn' order by id desc limit 1",
    );
    expect(noted).toMatchObject({
      outcome: "refused",
      actor_type: "anonymous",
      after: expect.stringContaining(reason),
    });
    const [counted] = sql("select failures from attempts where key = ?", `sign-in:203.0.113.${sequence}`);
    expect(counted).toEqual({ failures: 1 });
    expect((await there.signIn(credential)).status, "afterwards, rightly").toBe(200);
  });

  test.each(["", "null", "[]", "{", '{"id":"a"}', `{"id":"${"a".repeat(2000)}"}`])(
    "%.20s is no answer",
    async (text) => {
      const answer = await signInWithPasskey(text, { address: `203.0.113.${++sequence}` });
      expect(answer).toMatchObject({ status: 401, cookie: null });
    },
  );

  test("a challenge is good once", async () => {
    const { device: here } = await somebody();
    const { credential } = await here.add("Phone");
    const there = fresh();
    const { body } = await there.ask<RequestOptions>("/sign-in/passkey/options");
    const response = assert(credential, body);
    const options = { cookie: there.cookies(), address: "203.0.113.250" };
    const answers = await Promise.all([1, 2, 3].map(() => signInWithPasskey(response, options)));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 401, 401]);
    expect((await signInWithPasskey(response, options)).status).toBe(401);
  });

  test("a challenge that was answered wrongly is gone", async () => {
    const { device: here } = await somebody();
    const { credential } = await here.add("Phone");
    const there = fresh();
    const { body } = await there.ask<RequestOptions>("/sign-in/passkey/options");
    const options = { cookie: there.cookies(), address: "203.0.113.251" };
    expect((await signInWithPasskey(assert(credential, body, { spoilt: true }), options)).status).toBe(401);
    expect((await signInWithPasskey(assert(credential, body), options)).status).toBe(401);
  });

  test("a challenge is bound to the browser it was given to", async () => {
    const { device: here } = await somebody();
    const { credential } = await here.add("Phone");
    const [one, two] = [fresh(), fresh()];
    await two.ask("/sign-in/passkey/options");
    for (const cookie of ["", two.cookies(), "zonegate.browser=x"]) {
      const { body } = await one.ask<RequestOptions>("/sign-in/passkey/options");
      const answer = await signInWithPasskey(assert(credential, body), { cookie, address: "203.0.113.252" });
      expect(answer.status, cookie).toBe(401);
    }
  });

  test("a challenge is for one purpose", async () => {
    const { device: here } = await somebody();
    const { credential } = await here.add("Phone");
    const adding = await here.askToAdd();
    const confirming = await here.ask<RequestOptions>("/account/confirm/passkey/options");
    const signing = await here.ask<RequestOptions>("/sign-in/passkey/options");
    const options = { cookie: here.cookies(), address: "203.0.113.253" };
    for (const { body } of [adding, confirming])
      expect((await signInWithPasskey(assert(credential, body), options)).status).toBe(401);
    const answer = await here.send("POST", "/account/confirm/passkey", { response: assert(credential, signing.body) });
    expect(answer).toMatchObject({ status: 422, body: { code: "passkey_refused" } });
  });

  test("a challenge lasts five minutes, and is swept when another is asked for", async () => {
    const { device: here } = await somebody();
    const { credential } = await here.add("Phone");
    const there = fresh();
    const { body } = await there.ask<RequestOptions>("/sign-in/passkey/options");
    const [row] = sql("select created_at, expires_at from challenges where challenge = ?", body.challenge);
    expect(Number(row?.expires_at) - Number(row?.created_at)).toBe(300_000);
    sql("update challenges set expires_at = ? where challenge = ?", Date.now() - 1, body.challenge);
    const options = { cookie: there.cookies(), address: "203.0.113.254" };
    expect((await signInWithPasskey(assert(credential, body), options)).status).toBe(401);
    sql("update challenges set expires_at = ?", Date.now() - 1);
    await there.ask("/sign-in/passkey/options");
    expect(sql("select count(*) as n from challenges")).toEqual([{ n: 1 }]);
  });

  test("a counter that does not rise is refused and noted: there may be a copy", async () => {
    const { id, device: here } = await somebody();
    const { credential } = await here.add("Key", { counter: 5 });
    expect((await fresh().signIn(credential)).status).toBe(200);
    for (const counter of [0, 3, 6])
      expect((await fresh().signIn(credential, { counter })).status, `${counter}`).toBe(401);
    expect(passkeysOf(id)).toMatchObject([{ counter: 6 }]);
    expect(audits("auth.signIn", id).map((row) => row.after)).toEqual([
      '{"method":"passkey","mfa":true}',
      ...[0, 3, 6].map((n) => expect.stringContaining(`counter went from 6 to ${n}`)),
    ]);
    expect((await fresh().signIn(credential, { counter: 7 })).status).toBe(200);
  });

  test("nobody without the key moves the counter, or makes it look copied", async () => {
    const { id, device: here } = await somebody();
    const { credential } = await here.add("Key", { counter: 5 });
    await fresh().signIn(credential, { counter: 4_000_000_000, spoilt: true });
    await fresh().signIn(credential, { counter: 1, spoilt: true });
    expect(passkeysOf(id)).toMatchObject([{ counter: 5 }]);
    expect(JSON.stringify(audits("auth.signIn", id))).not.toContain("copy");
  });

  test("a suspended account cannot, and a removed passkey neither", async () => {
    const { id, device: here } = await somebody();
    const { credential, answer } = await here.add("Phone");
    sql("update users set suspended_at = 1 where id = ?", id);
    expect(await fresh().signIn(credential)).toMatchObject({ status: 401, cookie: null });
    sql("update users set suspended_at = null where id = ?", id);
    await here.send("DELETE", `/account/passkeys/${answer.body.id}`);
    expect(await fresh().signIn(credential)).toMatchObject({ status: 401, cookie: null });
    expect(sessionsOf(id)).toHaveLength(1);
  });

  test("twenty failures shut out the network, for passwords too, until it has rested", async () => {
    const { email, device: here } = await somebody();
    const { credential } = await here.add("Phone");
    const there = fresh();
    for (let n = 0; n < 20; n++) expect((await there.signIn(credential, { spoilt: true })).status).toBe(401);
    const locked = await there.signIn(credential);
    expect(locked).toMatchObject({ status: 429, cookie: null, body: { code: "rate_limited" } });
    expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(800);
    expect((await signIn(email, "a password", { address: `203.0.113.${sequence}` })).status).toBe(429);
    expect((await fresh().signIn(credential)).status, "elsewhere").toBe(200);
  });

  test("successes are not counted against anybody", async () => {
    const { device: here } = await somebody();
    const { credential } = await here.add("Phone");
    const there = fresh();
    for (let n = 0; n < 25; n++) expect((await there.signIn(credential)).status).toBe(200);
  });

  test("a network that asks too much is told to wait", async () => {
    const there = fresh();
    const answers = [];
    for (let n = 0; n < 130; n++) answers.push((await there.ask("/sign-in/passkey/options")).status);
    expect(answers.filter((status) => status === 200)).toHaveLength(120);
    expect((await there.ask<{ code: string }>("/sign-in/passkey/options")).body.code).toBe("rate_limited");
    expect((await fresh().ask("/sign-in/passkey/options")).status).toBe(200);
  });
});
