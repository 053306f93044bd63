/** Signing in where two-step sign-in is on: nothing is open before both were shown. */
import bcrypt from "bcryptjs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Panel, startPanel } from "../support/panel.ts";
import { type SignInAnswer, signIn, signInWithFactor } from "../support/sign-in.ts";
import { type Sql, sqlOf } from "../support/stage.ts";
import { codeOf, enrol, midStep } from "../support/totp.ts";

const PASSWORD = "a long enough password";
const passwordHash = bcrypt.hashSync(PASSWORD, 4);
let panel: Panel;
let sql: Sql;
let sequence = 0;

beforeAll(async () => {
  panel = await startPanel();
  sql = await sqlOf();
  vi.useFakeTimers({ toFake: ["Date"], now: midStep() });
});
afterAll(async () => {
  vi.useRealTimers();
  await panel.close();
});

/** Somebody with two-step sign-in on, signed in nowhere, at an address of their own. */
async function somebody() {
  const person = await panel.person(`Person ${++sequence}`);
  sql.run("update users set password_hash = ? where id = ?", passwordHash, person.id);
  const { secret, codes } = await enrol(person);
  sql.run("delete from sessions where user_id = ?", person.id);
  return { id: person.id, email: person.email, secret, codes, address: `198.51.100.${sequence}` };
}

type Somebody = Awaited<ReturnType<typeof somebody>>;

/** The first step: the ticket, and the cookie that goes with it. */
async function firstStep(person: Somebody) {
  const answer = await signIn(person.email, PASSWORD, { address: person.address });
  expect(answer).toMatchObject({ status: 403, cookie: null, body: { code: "second_factor_required" } });
  return { ticket: String(answer.body.ticket), cookie: answer.cookies, answer };
}

const secondStep = (person: Somebody, { ticket, cookie }: { ticket: string; cookie: string }, code: string) =>
  signInWithFactor(ticket, code, { address: person.address, cookie });

const sessionsOf = (person: Somebody) => sql.all("select method, mfa from sessions where user_id = ?", person.id);
const account = (answer: SignInAnswer) =>
  panel.call("GET", "/account", undefined, answer.cookie ? { cookie: answer.cookie } : {});
const noted = (person: Somebody) =>
  sql.all<{ actor_type: string; outcome: string; after: string }>(
    "select actor_type, outcome, after from audit_log where action = 'auth.signIn' and target_label = ? order by id",
    person.email,
  );

describe("two steps", () => {
  test("the password opens nothing, the code then makes a session that has shown a second factor", async () => {
    const person = await somebody();
    const step = await firstStep(person);
    expect(sessionsOf(person)).toEqual([]);
    expect(step.answer.headers.getSetCookie().join("\n")).toMatch(
      /^zonegate\.ticket=[\w-]{43}; .*Max-Age=300; HttpOnly; SameSite=Lax$/m,
    );
    expect((await panel.call("GET", "/account", undefined, { cookie: step.cookie })).status).toBe(401);

    const done = await secondStep(person, step, codeOf(person.secret));
    expect(done.status).toBe(200);
    expect((await account(done)).status).toBe(200);
    expect(sessionsOf(person)).toEqual([{ method: "password", mfa: 1 }]);
    expect(done.headers.getSetCookie().join("\n")).toMatch(/^zonegate\.ticket=; .*Max-Age=0/m);
    expect(noted(person)).toEqual([{ actor_type: "user", outcome: "done", after: '{"method":"password","mfa":true}' }]);
  });

  test("a recovery code does as well, once", async () => {
    const person = await somebody();
    const code = person.codes[0] ?? "";
    expect((await secondStep(person, await firstStep(person), code)).status).toBe(200);
    expect((await secondStep(person, await firstStep(person), code)).status).toBe(422);
    expect(sessionsOf(person)).toHaveLength(1);
  });

  test("a wrong password says nothing of the second step", async () => {
    const person = await somebody();
    const wrong = await signIn(person.email, "not the password", { address: person.address });
    const unknown = await signIn("nobody@example.org", "not the password", { address: "203.0.113.9" });
    expect({ status: wrong.status, body: wrong.body }).toEqual({ status: unknown.status, body: unknown.body });
    expect(wrong.cookies).not.toContain("ticket");
  });

  test("without two-step sign-in there is one step, and it is noted too", async () => {
    const person = await panel.person(`Person ${++sequence}`);
    sql.run("update users set password_hash = ? where id = ?", passwordHash, person.id);
    expect((await signIn(person.email, PASSWORD, { address: "203.0.113.77" })).status).toBe(200);
    expect(sql.get("select actor_id, target_id, address, after from audit_log order by id desc limit 1")).toEqual({
      actor_id: person.id,
      target_id: person.id,
      address: "203.0.113.77",
      after: '{"method":"password","mfa":false}',
    });
  });
});

describe("a ticket", () => {
  test.each([
    ["in another browser", async (person: Somebody) => ({ ...(await firstStep(person)), cookie: "" })],
    [
      "with the cookie of another browser",
      async (person: Somebody) => ({
        ...(await firstStep(person)),
        cookie: `zonegate.ticket=${"x".repeat(43)}`,
      }),
    ],
    [
      "of another account",
      async (person: Somebody) => {
        const other = await somebody();
        const theirs = await firstStep(other);
        return { ticket: (await firstStep(person)).ticket, cookie: theirs.cookie };
      },
    ],
    ["that is none", async (person: Somebody) => ({ ...(await firstStep(person)), ticket: "nothing" })],
    [
      "after five minutes",
      async (person: Somebody) => {
        const step = await firstStep(person);
        sql.run("update challenges set expires_at = ? where id = ?", Date.now(), step.ticket);
        return step;
      },
    ],
    [
      "for another purpose",
      async (person: Somebody) => {
        const step = await firstStep(person);
        sql.run("update challenges set purpose = 'passkey.signIn' where id = ?", step.ticket);
        return step;
      },
    ],
    [
      "when the account was suspended meanwhile",
      async (person: Somebody) => {
        const step = await firstStep(person);
        sql.run("update users set suspended_at = 1 where id = ?", person.id);
        return step;
      },
    ],
    [
      "when all sessions of the account were ended meanwhile, as a new password does",
      async (person: Somebody) => {
        const step = await firstStep(person);
        const { endOtherSessions } = await import("#lib/auth/session.ts");
        endOtherSessions(person.id, null);
        return step;
      },
    ],
    [
      "when two-step sign-in was turned off meanwhile",
      async (person: Somebody) => {
        const step = await firstStep(person);
        sql.run("delete from totp_factors where user_id = ?", person.id);
        return step;
      },
    ],
  ])("%s opens nothing, and a right code is not used up", async (_what, stepOf) => {
    const person = await somebody();
    const before = sql.get("select last_step from totp_factors where user_id = ?", person.id);
    const answer = await secondStep(person, await stepOf(person), codeOf(person.secret));
    expect(answer).toMatchObject({ status: 401, cookie: null, body: { code: "unauthenticated" } });
    expect(sessionsOf(person)).toEqual([]);
    expect([before, undefined]).toContainEqual(
      sql.get("select last_step from totp_factors where user_id = ?", person.id),
    );
  });

  test("is good once: a second code, however right, does not open it again", async () => {
    const person = await somebody();
    const step = await firstStep(person);
    const answers = await Promise.all([
      secondStep(person, step, codeOf(person.secret)),
      secondStep(person, step, codeOf(person.secret, 1)),
      secondStep(person, step, person.codes[0] ?? ""),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401]);
    expect(sessionsOf(person)).toHaveLength(1);
    expect(sql.get("select count(*) as n from recovery_codes where user_id = ?", person.id)).toEqual({
      n: answers[2]?.status === 200 ? 9 : 10,
    });
  });

  test("takes a few wrong codes, each noted, then it is gone and the account waits", async () => {
    const person = await somebody();
    const step = await firstStep(person);
    for (let n = 0; n < 5; n++) {
      const answer = await secondStep(person, step, `00000${n}`);
      expect(answer).toMatchObject({ status: 422, cookie: null, body: { fields: { code: expect.any(String) } } });
    }
    expect(await secondStep(person, step, codeOf(person.secret))).toMatchObject({ status: 401, cookie: null });
    const again = await firstStep(person);
    const locked = await secondStep(person, again, codeOf(person.secret));
    expect(locked).toMatchObject({ status: 429, cookie: null, body: { code: "rate_limited" } });
    expect(locked.headers.get("retry-after")).toBe("30");
    sql.run("update attempts set locked_until = 0 where key = ?", `factor:${person.id}`);
    expect((await secondStep(person, again, codeOf(person.secret))).status).toBe(200);
    expect(noted(person).map(({ actor_type, outcome }) => [actor_type, outcome])).toEqual([
      ...Array(5).fill(["anonymous", "refused"]),
      ["user", "done"],
    ]);
  });

  test("thirty guesses at once, over three tickets, are looked at no more than five times", async () => {
    const person = await somebody();
    const [one, two, three] = [await firstStep(person), await firstStep(person), await firstStep(person)];
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => secondStep(person, [one, two][n % 3] ?? three, `1234${10 + n}`)),
    );
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(5);
    expect(answers.every(({ cookie }) => cookie === null)).toBe(true);
  });

  test("of a second tab leaves the first one's good", async () => {
    const person = await somebody();
    const first = await firstStep(person);
    const answer = await signIn(person.email, PASSWORD, { address: person.address, cookie: first.cookie });
    expect(answer.cookies).toContain(first.cookie.split("; ").find((one) => one.startsWith("zonegate.ticket=")) ?? "?");
    expect((await secondStep(person, first, codeOf(person.secret))).status).toBe(200);
  });
});

describe("while the password is compared", () => {
  test.each([
    ["the account is suspended", "update users set suspended_at = 1 where id = ?"],
    ["the password is changed", "update users set password_hash = 'another' where id = ?"],
    ["the account is deleted", "delete from users where id = ?"],
  ])("%s: no session, and no ticket", async (_what, statement) => {
    const person = await somebody();
    const plain = await panel.person(`Person ${++sequence}`);
    sql.run("update users set password_hash = ? where id = ?", passwordHash, plain.id);
    sql.run("delete from sessions");
    for (const { id, email } of [person, plain]) {
      const { signInWithPassword } = await import("#lib/auth/sign-in.ts");
      const under = signInWithPassword(
        { email, password: PASSWORD },
        { address: "203.0.113.5", userAgent: "x", cookies: "" },
      );
      sql.run(statement, id);
      expect(await under).toBeNull();
      expect(sql.all("select id from sessions")).toEqual([]);
      expect(sql.all("select id from challenges where user_id = ?", id)).toEqual([]);
    }
  });
});

test("sessions that are over are swept, and no others", async () => {
  const { createSession } = await import("#lib/auth/session.ts");
  const { sweep } = await import("#lib/jobs/sweep.ts");
  const person = await panel.person(`Person ${++sequence}`);
  sql.run("delete from sessions");
  const make = () => createSession({ userId: person.id, address: "x", userAgent: "x", method: "password", mfa: false });
  const [old, idle, live] = [make(), make(), make()];
  sql.run("update sessions set expires_at = ? where id = ?", Date.now() - 1, old);
  sql.run("update sessions set last_seen_at = ? where id = ?", Date.now() - 7 * 86_400_000 - 1, idle);
  await sweep.run({}, { retryAt: 0, signal: new AbortController().signal });
  expect(sql.all("select id from sessions")).toEqual([{ id: live }]);
});
