/** The last who holds everything and can sign in: two administrators against each other, in one process and in several. */
import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { command } from "../../scripts/start.mjs";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import type { Blow, Order } from "../support/rival.ts";
import { panelCommand } from "../support/server.ts";

const ROUNDS = 12;

let panel: Panel;
let sql: (text: string, ...values: unknown[]) => Record<string, unknown>[];
let rivals: ChildProcess[];
let one: Person;
let two: Person;

beforeAll(async () => {
  panel = await startPanel();
  const { db } = await import("#db/client.ts");
  sql = (text, ...values) => {
    const statement = db().$client.prepare(text);
    if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
    statement.run(...values);
    return [];
  };
  one = await panel.person("One", []);
  two = await panel.person("Two", []);
  rivals = [rival(), rival()];
  await Promise.all(rivals.map((child) => new Promise((resolve) => child.once("message", resolve))));
});
afterAll(async () => {
  for (const child of rivals) child.kill();
  await panel.close();
});

function rival() {
  const { file, args } = command("tests/support/rival.ts");
  return spawn(file, args, {
    env: { PATH: process.env.PATH ?? "", NODE_ENV: "test", DATA_DIR: panel.dataDir },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

/** Null when it succeeded, otherwise what it was refused with. */
const order = (child: ChildProcess | undefined, given: Order): Promise<string | null> =>
  new Promise((resolve) => {
    child?.once("message", (answer) => resolve(answer as string | null));
    child?.send(given);
  });

const roleOf = (person: Person) => `root-of-${person.id}`;

/** Both are administrators again, each through a role of their own, and the only two. */
function bothAgain(blow: Blow): void {
  sql("delete from user_roles");
  for (const person of [one, two]) {
    const inherited = blow === "parent";
    sql(
      "update users set suspended_at = null, password_hash = ? where id = ?",
      blow === "passkeys" ? null : "hash",
      person.id,
    );
    sql("delete from passkeys where user_id = ?", person.id);
    if (blow === "passkeys")
      sql(
        "insert into passkeys (id, user_id, name, credential_id, public_key, counter, synced, backed_up, aaguid, created_at) values (?, ?, 'Key', ?, x'00', 0, 0, 0, '', 0)",
        person.id,
        person.id,
        person.id,
      );
    sql(
      "insert into roles (id, name, parent_id, created_at) values (?, ?, ?, 0) on conflict do update set parent_id = excluded.parent_id",
      roleOf(person),
      roleOf(person),
      inherited ? (sql("select id from roles where name = 'rootAdmin'")[0]?.id as string) : null,
    );
    sql("delete from role_grants where role_id = ?", roleOf(person));
    if (!inherited) sql("insert into role_grants (role_id, permission, position) values (?, '*', 0)", roleOf(person));
    sql("insert into user_roles (user_id, role_id, created_at) values (?, ?, 0)", person.id, roleOf(person));
    sql(
      "delete from sessions where user_id = ? and id not in (select max(id) from sessions group by user_id)",
      person.id,
    );
  }
}

/** Counted in SQL alone. */
const administrators = () =>
  sql(`
    with recursive up(user_id, role_id) as (
      select user_id, role_id from user_roles
      union select up.user_id, roles.parent_id from up join roles on roles.id = up.role_id where roles.parent_id is not null
    )
    select distinct users.id from up join role_grants on role_grants.role_id = up.role_id join users on users.id = up.user_id
    where permission = '*' and suspended_at is null and deletion_due_at is null
      and (password_hash is not null or exists (select 1 from passkeys where user_id = users.id))`);

/** The same over the API, as a request. */
function request(actor: Person, blow: Blow, other: Person) {
  const user = `/admin/users/${other.id}`;
  const role = `/admin/roles/${roleOf(other)}`;
  const requests: Record<Blow, () => Promise<{ status: number; body: { code?: string } }>> = {
    unassign: () => actor.call("PUT", `${user}/roles`, { roles: [] }),
    suspend: () => actor.call("POST", `${user}/suspend`, { reason: "a race" }),
    grants: () => actor.call("PUT", `${role}/grants`, { grants: [] }),
    delete: () => actor.call("DELETE", role),
    parent: () => actor.call("PATCH", role, { parent: null }),
    password: () => actor.call("DELETE", `${user}/password`),
    passkeys: () => actor.call("DELETE", `${user}/passkeys`),
  };
  return requests[blow]();
}

const blows: Blow[] = ["unassign", "suspend", "grants", "delete", "parent", "password", "passkeys"];

/** Sessions end with some of the acts: both are signed in again. */
async function signedIn(person: Person): Promise<Person> {
  const { createSession, encodeSession, sessionCookie } = await import("#lib/auth/session.ts");
  const sid = createSession({
    userId: person.id,
    address: "127.0.0.1",
    userAgent: "test",
    method: "password",
    mfa: false,
  });
  const cookie = `${sessionCookie()}=${await encodeSession(sid)}`;
  return { ...person, cookie, call: (method, target, body) => panel.call(method, target, body, { cookie }) };
}

describe.each(blows)("by %s", (blow) => {
  test("two requests at once: one goes through, and its maker stays", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      bothAgain(blow);
      const [a, b] = [await signedIn(one), await signedIn(two)];
      const answers = await Promise.all([request(a, blow, b), request(b, blow, a)]);
      expect(
        answers.filter(({ status }) => status === 200),
        JSON.stringify(answers),
      ).toHaveLength(1);
      expect(administrators()).toHaveLength(1);
    }
  });

  test("two processes at once, on requests that both began as administrators", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      bothAgain(blow);
      const answers = await Promise.all([
        order(rivals[0], { actor: one.id, blow, account: two.id, role: roleOf(two) }),
        order(rivals[1], { actor: two.id, blow, account: one.id, role: roleOf(one) }),
      ]);
      expect(
        answers.filter((answer) => answer === null),
        JSON.stringify(answers),
      ).toHaveLength(1);
      expect(answers).toContainEqual(expect.stringMatching(/^(forbidden|unauthenticated|last_root)$/));
      expect(administrators()).toHaveLength(1);
    }
  });

  test("requests and the command line at once, each with another act", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      bothAgain(blow);
      const [a, b] = [await signedIn(one), await signedIn(two)];
      // What makes both administrators in this round bears most other acts as well.
      const other =
        blow === "passkeys" || blow === "parent"
          ? blow
          : (["unassign", "suspend", "grants", "delete", "password"] as const)[round % 5];
      const by = { actor: null, blow: other ?? blow };
      await Promise.all([
        request(a, blow, b),
        request(b, blow, a),
        order(rivals[0], { ...by, account: one.id, role: roleOf(one) }),
        order(rivals[1], { ...by, account: two.id, role: roleOf(two) }),
      ]);
      expect(administrators(), `${blow} against ${other}`).toHaveLength(1);
    }
  });

  test("nobody does it to themselves, also when another administrator is left", async () => {
    bothAgain(blow);
    const self = await signedIn(one);
    const answer = await request(self, blow, self);
    expect(answer.status, JSON.stringify(answer.body)).toBe(
      blow === "unassign" || answer.body.code === "last_root" ? 409 : 403,
    );
    expect(administrators()).toHaveLength(2);
  });
});

test("npm run panel beside requests", async () => {
  for (let round = 0; round < 3; round++) {
    bothAgain("unassign");
    const [a, b] = [await signedIn(one), await signedIn(two)];
    const commands = [
      panelCommand(panel.dataDir, ["demote", one.email, "--role", roleOf(one)]),
      panelCommand(panel.dataDir, ["role", "revoke", roleOf(two), "*"]),
    ];
    let over = false;
    const all = Promise.all(commands).then((ends) => {
      over = true;
      return ends;
    });
    // Requests keep coming from both sides for as long as the commands take.
    while (!over) {
      await Promise.all([request(a, "suspend", b), request(b, "suspend", a)]);
      expect(administrators().length).toBeGreaterThan(0);
      await Promise.all([
        a.call("POST", `/admin/users/${b.id}/unsuspend`),
        b.call("POST", `/admin/users/${a.id}/unsuspend`),
      ]);
      await new Promise(setImmediate);
    }
    const ends = await all;
    expect(administrators().length, JSON.stringify(ends)).toBeGreaterThan(0);
    for (const { code, error } of ends) expect(code === 0 || /Nobody who can sign in/.test(error), error).toBe(true);
  }
});
