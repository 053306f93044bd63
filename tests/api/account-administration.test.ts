/** What staff do to other people's accounts: what comes of it, who may, and what it leaves. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultRoleGrants } from "#lib/access/roles.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { signIn } from "../support/sign-in.ts";
import { insertPasskey } from "../support/stage.ts";
import { unmasked } from "../support/unmasked.ts";

const PASSWORD = "a long enough password";
let panel: Panel;
let root: Person;
let sql: (text: string, ...values: unknown[]) => Record<string, unknown>[];
let sequence = 0;

beforeAll(async () => {
  panel = await startPanel();
  root = await panel.person("Root", "root");
  const { db } = await import("#db/client.ts");
  sql = (text, ...values) => {
    const statement = db().$client.prepare(text);
    if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
    statement.run(...values);
    return [];
  };
});
afterAll(() => panel.close());

const person = (grants?: string[]) => panel.person(`Person ${++sequence}`, grants);
/** Staff with these permissions, who hold what everybody does. */
const staff = (...grants: string[]) => panel.person(`Staff ${++sequence}`, [...defaultRoleGrants, ...grants]);

/** Somebody with a password that works. */
async function withPassword() {
  const email = `real.${++sequence}@example.org`;
  const made = await root.call<{ id: string }>("POST", "/admin/users", { name: "Real", email, password: PASSWORD });
  return { id: made.body.id, email };
}

const key = (user: string): string =>
  insertPasskey({ run: (text, ...values) => void sql(text, ...values), get: () => undefined, all: () => [] }, user);

const last = (user: string): Record<string, unknown> => {
  const row = sql("select * from audit_log where target_id = ? order by id desc limit 1", user)[0] ?? {};
  return { ...row, before: JSON.parse(String(row.before ?? "null")), after: JSON.parse(String(row.after ?? "null")) };
};

const toldTo = (user: string) =>
  sql("select recipient, subject from mails where user_id = ? and template = 'administration' order by id", user);

/** Every act on an account, with the permission that the table of acts gives it. */
const acts: [permission: string, method: string, path: string, body: unknown][] = [
  ["users:write", "PATCH", "", { name: "Renamed" }],
  ["users:write", "POST", "/verify", {}],
  ["admin:user:edit", "PUT", "/email", { email: "somewhere@example.org" }],
  ["users:suspend", "POST", "/suspend", { reason: "A reason" }],
  ["users:suspend", "POST", "/unsuspend", {}],
  ["admin:user:edit", "DELETE", "/sessions", {}],
  ["admin:user:edit", "DELETE", "/password", {}],
  ["admin:user:edit", "DELETE", "/passkeys", {}],
  ["admin:user:edit", "DELETE", "/factors", {}],
  ["roles:assign", "PUT", "/roles", { roles: [] }],
];

describe.each(acts)("%s for %s %s", (permission, method, path, body) => {
  test("is refused on an account above one's own, and does nothing", async () => {
    const above = await person(["x:y"]);
    const actor = await staff(permission);
    const before = sql("select * from users where id = ?", above.id);
    expect(await actor.call(method, `/admin/users/${above.id}${path}`, body)).toMatchObject({
      status: 403,
      body: { code: "forbidden", missing: "x:y" },
    });
    expect(sql("select * from users where id = ?", above.id)).toEqual(before);
    expect((await above.call("GET", "/account")).status).toBe(200);
    expect(last(above.id)).toMatchObject({ outcome: "refused", actor_id: actor.id, target_label: above.email });
  });

  test("needs that very permission", async () => {
    const others = [...new Set(acts.map(([other]) => other))].filter((other) => other !== permission);
    const target = await person();
    const actor = await staff(...others);
    expect(await actor.call(method, `/admin/users/${target.id}${path}`, body)).toMatchObject({
      status: 403,
      body: { missing: permission },
    });
  });

  test("of nobody is not found", async () => {
    const actor = await staff(permission);
    expect((await actor.call(method, `/admin/users/nobody${path}`, body)).status).toBe(404);
  });
});

describe("looking at an account", () => {
  test("shows what staff need and no secret, and what one lacks to change it", async () => {
    const target = await person(["x:y"]);
    key(target.id);
    const reader = unmasked(panel, await panel.person(`Reader ${++sequence}`, ["users:read"]));
    const { status, body } = await reader.call("GET", `/admin/users/${target.id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      email: target.email,
      administrator: false,
      staff: false,
      hasPassword: true,
      passkeys: [{ name: "A passkey" }],
      authenticator: false,
      suspendedAt: null,
      missing: ["x:y"],
    });
    expect(JSON.stringify(body)).not.toMatch(/\$2b|hash|publicKey|credential/i);
    expect((await reader.call("GET", `/admin/users/${root.id}`)).body).toMatchObject({
      administrator: true,
      missing: ["*"],
    });
  });

  test("what changes an account answers nothing about it", async () => {
    const target = await person();
    const actor = await staff("users:write");
    const answer = await actor.call("PATCH", `/admin/users/${target.id}`, { name: "Another" });
    expect(answer.body).toEqual({ id: target.id, changed: true });
    expect((await actor.call("PATCH", `/admin/users/${target.id}`, { name: "Another" })).body).toEqual({
      id: target.id,
      changed: false,
    });
    expect((await actor.call("GET", `/admin/users/${target.id}`)).status).toBe(403);
  });
});

describe("suspending", () => {
  test("ends sessions at once, keeps out, says why, and leaves before and after", async () => {
    const { id, email } = await withPassword();
    const { cookie = "" } = await signIn(email, PASSWORD);
    const as = () => panel.call("GET", "/account", undefined, { cookie: cookie ?? "" });
    expect((await as()).status).toBe(200);
    const actor = await staff("users:suspend", "users:read");
    expect(await actor.call("POST", `/admin/users/${id}/suspend`, { reason: " " })).toMatchObject({
      status: 422,
      body: { fields: { reason: "Say why." } },
    });
    expect((await actor.call("POST", `/admin/users/${id}/suspend`, { reason: "Sends spam" })).body).toEqual({
      id,
      changed: true,
    });
    expect((await as()).status).toBe(401);
    expect((await signIn(email, PASSWORD)).status).not.toBe(200);
    expect(sql("select id from sessions where user_id = ?", id)).toEqual([]);
    expect((await actor.call("GET", `/admin/users/${id}`)).body).toMatchObject({
      suspendedReason: "Sends spam",
      suspendedAt: expect.any(Number),
    });
    expect(last(id)).toMatchObject({
      outcome: "done",
      before: { suspended: false },
      after: { suspended: true, reason: "Sends spam", sessionsEnded: 1 },
    });
    expect((await actor.call("POST", `/admin/users/${id}/unsuspend`)).status).toBe(200);
    expect(toldTo(id).map(({ subject }) => subject)).toEqual([
      "Your account was suspended",
      "Your account is no longer suspended",
    ]);
    expect((await as()).status, "a session that has ended stays so").toBe(401);
    expect((await signIn(email, PASSWORD)).status).toBe(200);
  });

  test("a request under way does nothing any more once its maker is suspended", async () => {
    const { suspendAccount } = await import("#lib/users/administration.ts");
    const { compileGrants } = await import("#lib/access/permissions.ts");
    const target = await person();
    const actor = await staff("users:suspend");
    sql("update users set suspended_at = 1 where id = ?", actor.id);
    const began = {
      ...panel.system,
      type: "user" as const,
      id: actor.id,
      grants: compileGrants([...defaultRoleGrants, "users:suspend"]),
    };
    expect(() => suspendAccount(target.id, "late", began)).toThrow(
      expect.objectContaining({ code: "unauthenticated" }),
    );
  });
});

describe("the e-mail address", () => {
  test("changes, counts as unproven, and links to the old one are void", async () => {
    const { id, email: old } = await withPassword();
    sql(
      "insert into account_links (id, kind, user_id, email, token_hash, created_at, expires_at) values (?, 'reset', ?, 'old', ?, 0, 9e15)",
      `link-${id}`,
      id,
      `hash-${id}`,
    );
    const actor = await staff("admin:user:edit", "users:write");
    const email = `moved.${++sequence}@example.org`;
    expect((await actor.call("PUT", `/admin/users/${id}/email`, { email: ` ${email.toUpperCase()}` })).status).toBe(
      200,
    );
    expect(sql("select email, email_verified_at from users where id = ?", id)).toEqual([
      { email, email_verified_at: null },
    ]);
    expect(sql("select id from account_links where user_id = ?", id)).toEqual([]);
    expect(toldTo(id)).toEqual([{ recipient: old, subject: "The e-mail address of your account was changed" }]);
    expect((await actor.call("POST", `/admin/users/${id}/verify`)).body).toEqual({ id, changed: true });
    expect(sql("select email_verified_at from users where id = ?", id)[0]?.email_verified_at).toEqual(
      expect.any(Number),
    );
    expect(await actor.call("PUT", `/admin/users/${id}/email`, { email: root.email })).toMatchObject({
      status: 409,
      body: { fields: { email: expect.any(String) } },
    });
    expect((await signIn(email, PASSWORD)).status).toBe(200);
  });
});

describe("ways in", () => {
  test("a removed password no longer signs in, and whoever had is out", async () => {
    const { id, email } = await withPassword();
    const { cookie } = await signIn(email, PASSWORD);
    const actor = await staff("admin:user:edit");
    expect((await actor.call("DELETE", `/admin/users/${id}/password`)).body).toEqual({ id, changed: true });
    expect((await panel.call("GET", "/account", undefined, { cookie: cookie ?? "" })).status).toBe(401);
    expect((await signIn(email, PASSWORD)).status).not.toBe(200);
    expect((await actor.call("DELETE", `/admin/users/${id}/password`)).body).toEqual({ id, changed: false });
    expect(JSON.stringify(last(id))).not.toContain("$2");
  });

  test("one passkey or all of them, and those of another account are not found", async () => {
    const [mine, other] = [await person(), await person()];
    const [first, second, foreign] = [key(mine.id), key(mine.id), key(other.id)];
    const actor = await staff("admin:user:edit");
    const left = () =>
      sql("select id from passkeys where user_id in (?, ?) order by id", mine.id, other.id).map(({ id }) => id);
    expect((await actor.call("DELETE", `/admin/users/${mine.id}/passkeys/${foreign}`)).status).toBe(404);
    expect((await actor.call("DELETE", `/admin/users/${mine.id}/passkeys/${first}`)).status).toBe(200);
    expect(left()).toEqual([second, foreign].toSorted());
    expect((await actor.call("DELETE", `/admin/users/${mine.id}/passkeys`)).status).toBe(200);
    expect(left()).toEqual([foreign]);
    expect((await mine.call("GET", "/account")).status, "its sessions have ended").toBe(401);
  });

  test("the second factor goes with its recovery codes", async () => {
    const target = await person();
    sql("insert into totp_factors (user_id, secret, confirmed_at, created_at) values (?, 'sealed', 1, 0)", target.id);
    sql("insert into recovery_codes (user_id, code_hash, created_at) values (?, 'x', 0)", target.id);
    const actor = await staff("admin:user:edit");
    expect((await actor.call("DELETE", `/admin/users/${target.id}/factors`)).body).toEqual({
      id: target.id,
      changed: true,
    });
    expect(sql("select user_id from totp_factors where user_id = ?", target.id)).toEqual([]);
    expect(sql("select user_id from recovery_codes where user_id = ?", target.id)).toEqual([]);
    expect(last(target.id)).toMatchObject({ before: { authenticator: true, recoveryCodes: 1 } });
    expect(JSON.stringify(last(target.id))).not.toContain("sealed");
  });
});

describe("sessions", () => {
  test("are listed and ended, one or all, and those of another account are not found", async () => {
    const [target, other] = [await person(), await person()];
    const actor = await staff("admin:user:edit");
    const list = async (user: Person) =>
      (await actor.call<{ items: { id: string; current: boolean }[] }>("GET", `/admin/users/${user.id}/sessions`)).body
        .items;
    const [session] = await list(target);
    const [foreign] = await list(other);
    expect(session).toMatchObject({ current: false });
    expect((await actor.call("DELETE", `/admin/users/${target.id}/sessions/${foreign?.id}`)).status).toBe(404);
    expect((await actor.call("DELETE", `/admin/users/${target.id}/sessions/${session?.id}`)).body).toEqual({
      ended: 1,
    });
    expect((await target.call("GET", "/account")).status).toBe(401);
    expect((await actor.call("DELETE", `/admin/users/${other.id}/sessions`)).body).toEqual({ ended: 1 });
    expect((await other.call("GET", "/account")).status).toBe(401);
  });
});

describe("many at once, by two who choose the same", () => {
  interface Told {
    changed?: boolean;
    ended?: number;
    code?: string;
  }
  const all = [
    ["suspend", "users:suspend", (id: string) => ["POST", `/admin/users/${id}/suspend`, { reason: "Many" }]],
    ["verify", "users:write", (id: string) => ["POST", `/admin/users/${id}/verify`, {}]],
    ["signOut", "admin:user:edit", (id: string) => ["DELETE", `/admin/users/${id}/sessions`, {}]],
    ["remove", "users:delete", (id: string) => ["DELETE", `/admin/users/${id}`, {}]],
  ] as const;

  test.each(all)(
    "%s: each answer is true, of each done once there is one entry, and nothing comes of the others",
    async (act, permission, asked) => {
      const [one, two, owner, above] = [await person(), await person(), await person(), await person(["x:y"])];
      await owner.call("POST", "/organisations", { name: "Owned", handle: `owned-${++sequence}` });
      for (const { id } of [one, two, owner, above]) sql("update users set email_verified_at = null where id = ?", id);
      const clerks = [await staff(permission), await staff(permission)] as const;
      const rows = [one.id, above.id, "self", "nobody", root.id, owner.id, two.id];
      const before = (id: string) =>
        sql("select suspended_at, deletion_due_at, email_verified_at from users where id = ?", id);
      const untouched = [above.id, root.id, ...clerks.map(({ id }) => id)];
      const kept = untouched.map(before);
      const answers = await Promise.all(
        clerks.map(async (clerk) => {
          const told: [status: number, body: Told][] = [];
          for (const row of rows) {
            const id = row === "self" ? clerk.id : row;
            const [method, path, body] = asked(id) as [string, string, object];
            const { status, body: answer } = await clerk.call<Told>(method, path, body);
            told.push([status, answer]);
          }
          return told;
        }),
      );
      for (const [at, id] of rows.entries()) {
        const each = answers.map((told) => told[at]);
        const statuses = each.map((answer) => answer?.[0]);
        const entries = sql(
          "select outcome from audit_log where (target_id = ? or (? = 'self' and target_id in (?, ?))) and action = ? and outcome = 'done'",
          id,
          id,
          ...clerks.map((clerk) => clerk.id),
          `accounts.${act}`,
        );
        const told = `${act} of row ${at}: ${JSON.stringify(each)}`;
        const wait = act === "remove" && id === owner.id;
        if (wait) expect(statuses, told).toEqual([409, 409]);
        else if ([one.id, two.id, owner.id].includes(id)) expect(statuses, told).toEqual([200, 200]);
        // Signing out oneself ends one's other sessions, of which there are none.
        else if (id === "self") expect(statuses, told).toEqual(act === "signOut" ? [200, 200] : [403, 403]);
        else expect(statuses, told).toEqual(id === "nobody" ? [404, 404] : [403, 403]);
        const changes = each.filter((answer) => answer?.[1].changed === true || (answer?.[1].ended ?? 0) > 0).length;
        expect(entries.length, told).toBe(changes);
        if (statuses[0] === 200 && id !== "self") expect(changes, told).toBe(1);
      }
      expect(untouched.map(before)).toEqual(kept);
      if (act === "remove") expect(before(owner.id)[0]).toMatchObject({ deletion_due_at: null });
    },
  );
});

test("one's own account is for one's own settings", async () => {
  const actor = await staff("users:suspend", "users:write", "admin:user:edit", "users:read");
  for (const [method, path, body] of [
    ["POST", "/suspend", { reason: "Tired" }],
    ["POST", "/verify", {}],
    ["PUT", "/email", { email: "mine@example.org" }],
    ["DELETE", "/password", {}],
    ["DELETE", "/passkeys", {}],
    ["DELETE", "/factors", {}],
  ] as const)
    expect(await actor.call(method, `/admin/users/${actor.id}${path}`, body), path).toMatchObject({
      status: 403,
      body: { message: expect.stringMatching(/your own account/) },
    });
  expect((await actor.call("DELETE", `/admin/users/${actor.id}/sessions`)).body).toEqual({ ended: 0 });
  expect((await actor.call("GET", "/account")).status).toBe(200);
});
