/** Second factors over the API: setting them up, showing them, and proving once more who one is. */

import bcrypt from "bcryptjs";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Sql, sqlOf } from "../support/stage.ts";
import { codeOf, enrol, midStep, type Started } from "../support/totp.ts";

const PASSWORD = "a long enough password";
let panel: Panel;
let sql: Sql;
let sequence = 0;
/** Of the least cost, because nobody attacks it. */
const passwordHash = bcrypt.hashSync(PASSWORD, 4);

beforeAll(async () => {
  panel = await startPanel();
  sql = await sqlOf();
  // The middle of a time step, for as long as the tests take.
  vi.useFakeTimers({ toFake: ["Date"], now: midStep() });
});
afterAll(async () => {
  vi.useRealTimers();
  await panel.close();
});

/** Somebody in a session, whose password is known. */
async function somebody(grants?: string[] | "root"): Promise<Person> {
  const person = await panel.person(`Person ${++sequence}`, grants);
  sql.run("update users set password_hash = ? where id = ?", passwordHash, person.id);
  return person;
}

const state = async (person: Person) =>
  (
    await person.call<{
      password: boolean;
      totp: { since: number } | null;
      recoveryCodes: number;
      passkeys: number;
      required: boolean;
      shown: boolean;
      mayEnrol: boolean;
    }>("GET", "/account/factors")
  ).body;

const confirm = (person: Person, body: Record<string, string>) =>
  person.call<{ fields: Record<string, string>; code: string; confirmedAt: number }>("POST", "/account/confirm", body);

const grow = (person: Person, minutes: number) =>
  sql.run("update sessions set confirmed_at = ? where user_id = ?", Date.now() - minutes * 60_000, person.id);

const noted = (person: Person, action: string) =>
  sql.all<{ outcome: string; before: string | null; after: string | null }>(
    "select outcome, before, after from audit_log where action = ? and target_id = ? order by id",
    action,
    person.id,
  );

const mailsTo = (person: Person) =>
  sql.all<{ subject: string; text: string }>(
    "select subject, text from mails where user_id = ? order by id",
    person.id,
  );

const requireFactor = (person: Person, required = 1) =>
  sql.run(
    "update roles set requires_mfa = ? where id in (select role_id from user_roles where user_id = ?)",
    required,
    person.id,
  );

describe("setting up an authenticator app", () => {
  test("counts once a code of it was shown, and gives ten recovery codes", async () => {
    const person = await somebody();
    const started = await person.call<Started>("POST", "/account/totp");
    expect(started.status).toBe(200);
    expect(new URL(started.body.uri).searchParams.get("secret")).toBe(started.body.secret);
    expect(new URL(started.body.uri).href).toMatch(/^otpauth:\/\/totp\/Zonegate/);
    expect(await state(person)).toMatchObject({ totp: null, recoveryCodes: 0, shown: false });

    const { answer, secret, codes } = await enrol(person);
    expect(answer.status).toBe(200);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
    expect(await state(person)).toMatchObject({ totp: { since: expect.any(Number) }, recoveryCodes: 10, shown: true });
    expect(noted(person, "factors.finish").map(({ outcome }) => outcome)).toEqual(["done"]);
    expect(mailsTo(person).map(({ subject }) => subject)).toEqual(["Two-step sign-in is on"]);

    const kept = sql.all("select * from totp_factors where user_id = ?", person.id);
    const everything = JSON.stringify([
      kept,
      sql.all("select * from recovery_codes"),
      sql.all("select * from audit_log"),
      sql.all("select * from mails"),
    ]);
    for (const hidden of [secret, ...codes]) expect(everything).not.toContain(hidden);
  });

  test("a wrong code turns nothing on, and says so at its field", async () => {
    const person = await somebody();
    const { secret, enrolment } = (await person.call<Started>("POST", "/account/totp")).body;
    for (const code of ["000000", codeOf(secret, 3), codeOf(secret, -3), "abcdef", "1234567"]) {
      const answer = await person.call<Started>("PUT", "/account/totp", { enrolment, code });
      expect([answer.status, Object.keys(answer.body.fields)]).toEqual([422, ["code"]]);
    }
    expect((await state(person)).totp).toBeNull();
  });

  test("what was started in one session, or too long ago, is finished in no other and no more", async () => {
    const [person, other] = [await somebody(), await somebody()];
    const { secret, enrolment } = (await person.call<Started>("POST", "/account/totp")).body;
    const elsewhere = await other.call("PUT", "/account/totp", { enrolment, code: codeOf(secret) });
    expect(elsewhere.status).toBe(409);
    const { seal } = await import("#lib/crypto/seal.ts");
    const row = sql.get<{ id: string }>("select id from sessions where user_id = ?", person.id)?.id ?? "";
    const old = seal(JSON.stringify({ secret, expiresAt: Date.now() - 1 }), {
      table: "totp_factors",
      column: "enrolment",
      row,
    });
    expect((await person.call("PUT", "/account/totp", { enrolment: old, code: codeOf(secret) })).status).toBe(409);
    expect((await person.call("PUT", "/account/totp", { enrolment: "x", code: "000000" })).status).toBe(409);
    expect([(await state(person)).totp, (await state(other)).totp]).toEqual([null, null]);
  });

  test("another app takes its place when its own code was shown; the recovery codes stay", async () => {
    const person = await somebody();
    const first = await enrol(person);
    const second = await enrol(person);
    expect(second.answer).toMatchObject({ status: 200, body: { recoveryCodes: [] } });
    expect((await state(person)).recoveryCodes).toBe(10);
    expect((await confirm(person, { password: PASSWORD, code: codeOf(first.secret) })).status).toBe(422);
    expect((await confirm(person, { password: PASSWORD, code: codeOf(second.secret) })).status).toBe(200);
    expect(mailsTo(person).at(-1)?.subject).toBe("Your authenticator app was replaced");
  });

  test("ends the other sessions that began with the password alone", async () => {
    const person = await somebody();
    const { createSession } = await import("#lib/auth/session.ts");
    const more = { userId: person.id, address: "192.0.2.1", userAgent: "x" };
    const withPasskey = createSession({ ...more, method: "passkey", mfa: true });
    createSession({ ...more, method: "password", mfa: false });
    expect((await enrol(person)).answer.body.sessionsEnded).toBe(1);
    const left = sql.all<{ id: string }>("select id from sessions where user_id = ? order by id", person.id);
    expect(left.length).toBe(2);
    expect(left.map(({ id }) => id)).toContain(withPasskey);
  });

  test("is turned off with its recovery codes", async () => {
    const person = await somebody();
    expect((await person.call("DELETE", "/account/totp")).status, "nothing to turn off").toBe(404);
    await enrol(person);
    expect((await person.call("DELETE", "/account/totp")).status).toBe(200);
    expect(await state(person)).toMatchObject({ totp: null, recoveryCodes: 0 });
    expect(mailsTo(person).at(-1)?.subject).toBe("Two-step sign-in is off");
    expect((await state(person)).shown, "what was shown is no factor any more").toBe(false);
  });

  test("asks for a fresh sign-in, and so does everything about it", async () => {
    const person = await somebody();
    await enrol(person);
    grow(person, 11);
    for (const [method, path, body] of [
      ["POST", "/account/totp", undefined],
      ["PUT", "/account/totp", { enrolment: "x", code: "000000" }],
      ["DELETE", "/account/totp", undefined],
      ["POST", "/account/recovery-codes", undefined],
    ] as const)
      expect(await person.call(method, path, body), `${method} ${path}`).toMatchObject({
        status: 403,
        body: { code: "confirmation_required" },
      });
    grow(person, 9);
    expect((await person.call("POST", "/account/totp")).status).toBe(200);
  });
});

describe("a code", () => {
  test.each([-1, 0, 1])("of the step %i from now is good", async (step) => {
    const person = await somebody();
    const { secret } = await enrol(person);
    sql.run("update totp_factors set last_step = 0 where user_id = ?", person.id);
    expect((await confirm(person, { password: PASSWORD, code: codeOf(secret, step) })).status).toBe(200);
  });

  test.each([-3, -2, 2, 3])("of the step %i from now is not", async (step) => {
    const person = await somebody();
    const { secret } = await enrol(person);
    sql.run("update totp_factors set last_step = 0 where user_id = ?", person.id);
    expect((await confirm(person, { password: PASSWORD, code: codeOf(secret, step) })).status).toBe(422);
  });

  test("is good once, and none of an earlier step is after it", async () => {
    const person = await somebody();
    const { secret } = await enrol(person);
    const next = codeOf(secret, 1);
    const now = codeOf(secret);
    expect((await confirm(person, { password: PASSWORD, code: `${next.slice(0, 3)} ${next.slice(3)}` })).status).toBe(
      200,
    );
    expect((await confirm(person, { password: PASSWORD, code: next })).status).toBe(422);
    expect((await confirm(person, { password: PASSWORD, code: now })).status).toBe(422);
  });

  test("sent four times at once is good once, over the API and under it", async () => {
    const person = await somebody();
    const { secret } = await enrol(person);
    const { showFactor } = await import("#lib/factors/factors.ts");
    const code = codeOf(secret);
    const shown = await Promise.all(Array.from({ length: 4 }, async () => showFactor(panel.system, person, code)));
    expect(shown.filter((one) => one === "right")).toHaveLength(1);
    sql.run("delete from attempts");
    const next = codeOf(secret, 1);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => confirm(person, { password: PASSWORD, code: next })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 422, 422, 422]);
  });

  test("guessed five times locks guessing for the account, from every address, and is noted", async () => {
    const person = await somebody();
    const { secret } = await enrol(person);
    for (let n = 0; n < 5; n++)
      expect((await confirm(person, { password: PASSWORD, code: `00000${n}` })).status).toBe(422);
    const locked = await confirm(person, { password: PASSWORD, code: codeOf(secret) });
    expect(locked).toMatchObject({ status: 429, body: { code: "rate_limited" } });
    const elsewhere = await panel.call(
      "POST",
      "/account/confirm",
      { password: PASSWORD, code: codeOf(secret) },
      { cookie: person.cookie, "x-zonegate-address": "203.0.113.77" },
    );
    expect(elsewhere.status).toBe(429);
    expect(noted(person, "factors.confirm").map(({ outcome }) => outcome)).toEqual(Array(5).fill("refused"));
  });
});

describe("a recovery code", () => {
  test("stands in for the app once, however it is typed; it is noted, and the person is told", async () => {
    const person = await somebody();
    const { codes } = await enrol(person);
    const typed = ` ${codes[0]?.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l")} `;
    expect((await confirm(person, { password: PASSWORD, code: typed })).status).toBe(200);
    expect((await confirm(person, { password: PASSWORD, code: codes[0] ?? "" })).status).toBe(422);
    expect((await state(person)).recoveryCodes).toBe(9);
    expect(noted(person, "factors.useRecoveryCode")).toMatchObject([
      { outcome: "done", before: '{"recoveryCodes":10}', after: '{"recoveryCodes":9}' },
    ]);
    const mail = mailsTo(person).at(-1);
    expect(mail?.subject).toBe("A recovery code was used");
    expect(mail?.text).toContain("9 of them are left");
  });

  test("sent four times at once is good once", async () => {
    const person = await somebody();
    const { codes } = await enrol(person);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => confirm(person, { password: PASSWORD, code: codes[3] ?? "" })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 422, 422, 422]);
    expect((await state(person)).recoveryCodes).toBe(9);
  });

  test("of somebody else, or from before new ones were made, is worth nothing", async () => {
    const [person, other] = [await somebody(), await somebody()];
    const { codes } = await enrol(person);
    const { codes: theirs } = await enrol(other);
    expect((await confirm(person, { password: PASSWORD, code: theirs[0] ?? "" })).status).toBe(422);
    const renewed = await person.call<{ recoveryCodes: string[] }>("POST", "/account/recovery-codes");
    expect(renewed.body.recoveryCodes).toHaveLength(10);
    expect((await confirm(person, { password: PASSWORD, code: codes[1] ?? "" })).status).toBe(422);
    expect((await confirm(person, { password: PASSWORD, code: renewed.body.recoveryCodes[1] ?? "" })).status).toBe(200);
  });

  test("is made for nobody without an app", async () => {
    const person = await somebody();
    expect((await person.call("POST", "/account/recovery-codes")).status).toBe(409);
  });
});

describe("confirming", () => {
  test("by password makes the session fresh, and leaves the others as they were", async () => {
    const person = await somebody();
    grow(person, 60);
    const { createSession } = await import("#lib/auth/session.ts");
    const other = createSession({ userId: person.id, address: "x", userAgent: "x", method: "password", mfa: false });
    sql.run("update sessions set confirmed_at = 5 where id = ?", other);
    expect((await confirm(person, { password: "wrong" })).body.fields).toEqual({ password: expect.any(String) });
    expect((await person.call("POST", "/account/totp")).status).toBe(403);
    expect(await confirm(person, { password: PASSWORD })).toMatchObject({
      status: 200,
      body: { confirmedAt: expect.any(Number) },
    });
    expect((await person.call("POST", "/account/totp")).status).toBe(200);
    expect(sql.get("select confirmed_at as at from sessions where id = ?", other)).toEqual({ at: 5 });
    expect(noted(person, "factors.confirm").map(({ outcome }) => outcome)).toEqual(["refused", "done"]);
    expect((await state(person)).shown).toBe(false);
  });

  test("asks for a code too where two-step sign-in is on: the password alone, or the code alone, is not enough", async () => {
    const person = await somebody();
    const { secret } = await enrol(person);
    grow(person, 60);
    expect((await confirm(person, { password: PASSWORD })).body.fields).toEqual({ code: expect.any(String) });
    expect((await confirm(person, { password: "wrong", code: codeOf(secret) })).status).toBe(422);
    expect((await person.call("DELETE", "/account/totp")).status).toBe(403);
    expect((await confirm(person, { password: PASSWORD, code: codeOf(secret) })).status).toBe(200);
    expect((await person.call("DELETE", "/account/totp")).status).toBe(200);
  });

  test("is no place to guess a password", async () => {
    const person = await somebody();
    for (let n = 0; n < 5; n++) expect((await confirm(person, { password: `guess ${n}` })).status).toBe(422);
    expect((await confirm(person, { password: PASSWORD })).status).toBe(429);
  });

  test("an account without a password is told so, unless it has an app: then a code of that is enough", async () => {
    const person = await somebody();
    sql.run("update users set password_hash = null where id = ?", person.id);
    expect((await confirm(person, { password: PASSWORD })).body.fields?.password).toMatch(/passkey/);
    expect((await state(person)).password).toBe(false);
    const { secret } = await enrol(person);
    grow(person, 60);
    expect((await confirm(person, { code: "000000" })).status).toBe(422);
    expect((await confirm(person, { code: codeOf(secret) })).status).toBe(200);
  });
});

describe("a role that asks for a second factor", () => {
  test("opens nothing but setting one up, and everything once it is there", async () => {
    const person = await somebody(["users:read"]);
    requireFactor(person);
    for (const [method, path] of [
      ["GET", "/admin/users"],
      ["GET", "/organisations"],
      ["GET", "/account/sessions"],
      ["PATCH", "/account"],
    ] as const)
      expect(await person.call(method, path, method === "PATCH" ? { name: "X" } : undefined)).toMatchObject({
        status: 403,
        body: { code: "second_factor_required" },
      });
    expect(await state(person)).toMatchObject({ required: true, shown: false, mayEnrol: true });
    expect((await enrol(person)).answer.status).toBe(200);
    expect((await person.call("GET", "/admin/users")).status).toBe(200);
  });

  test("asks it through a parent too", async () => {
    const person = await somebody(["soc:read"]);
    sql.run(
      "insert into roles (id, name, requires_mfa, created_at) values (?, ?, 1, 0)",
      `p${sequence}`,
      `parent ${sequence}`,
    );
    sql.run(
      "update roles set parent_id = ? where id in (select role_id from user_roles where user_id = ?)",
      `p${sequence}`,
      person.id,
    );
    expect((await person.call("GET", "/organisations")).status).toBe(403);
  });

  test("a session that owes a factor which the account has cannot pass by setting up another", async () => {
    const person = await somebody(["users:read"]);
    const started = (await person.call<Started>("POST", "/account/totp")).body;
    sql.run(
      "insert into passkeys (id, user_id, name, credential_id, public_key, counter, synced, backed_up, aaguid, created_at) values (?, ?, 'Key', ?, x'00', 0, 0, 0, '', 0)",
      `key-${sequence}`,
      person.id,
      `credential-${sequence}`,
    );
    requireFactor(person);
    expect(await person.call("POST", "/account/totp")).toMatchObject({
      status: 403,
      body: { code: "second_factor_required" },
    });
    expect((await state(person)).mayEnrol).toBe(false);
    const { secret, enrolment } = started;
    expect((await person.call("PUT", "/account/totp", { enrolment, code: codeOf(secret) })).status).toBe(403);
    expect((await person.call("GET", "/organisations")).status).toBe(403);
  });

  test("a session from before is as good as any once it confirms with a code", async () => {
    const person = await somebody(["users:read"]);
    const { secret } = await enrol(person);
    sql.run("update sessions set mfa = 0 where user_id = ?", person.id);
    requireFactor(person);
    expect((await person.call("GET", "/organisations")).status).toBe(403);
    expect((await confirm(person, { password: PASSWORD, code: codeOf(secret) })).status).toBe(200);
    expect((await person.call("GET", "/organisations")).status).toBe(200);
  });

  test("keeps the last factor, and lets it go when there is another or the role asks no more", async () => {
    const person = await somebody(["users:read"]);
    await enrol(person);
    requireFactor(person);
    expect(await person.call("DELETE", "/account/totp")).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect(await state(person)).toMatchObject({ totp: { since: expect.any(Number) }, recoveryCodes: 10 });
    requireFactor(person, 0);
    expect((await person.call("DELETE", "/account/totp")).status).toBe(200);
  });
});

test("the oracle of these tests and the library agree", async () => {
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  // RFC 6238 appendix B, cut to six digits.
  const { stepOf } = await import("#lib/factors/totp.ts");
  expect(stepOf(secret, "287082", 59_000)).toBe(1);
  expect(stepOf(secret, "081804", 1_111_111_109_000)).toBe(37037036);
  expect(stepOf(secret, "005924", 1_234_567_890_000)).toBe(41152263);
  expect(new TOTP({ secret: Secret.fromBase32(secret) }).generate()).toBe(codeOf(secret));
});
