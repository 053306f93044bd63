import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EMAIL, keptPanel } from "../support/kept-panel.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { panelCommand as command } from "../support/server.ts";
import { signIn } from "../support/sign-in.ts";
import { unmasked } from "../support/unmasked.ts";

const PASSWORD = "a long enough password";
let panel: Panel;
let root: Person;

beforeAll(async () => {
  panel = await startPanel();
  root = await panel.person("Root", "root");
});
afterAll(() => panel.close());

interface Account {
  id: string;
  email: string;
  name: string;
  roles: string[];
}

describe("making an account", () => {
  test("needs users:write, says so, and makes nothing otherwise", async () => {
    const body = { name: "New", email: "new@example.org", password: PASSWORD };
    expect((await panel.call("POST", "/admin/users", body)).status).toBe(401);
    for (const grants of [undefined, ["users:read"], ["users:delete", "admin:access"]]) {
      const person = await panel.person(`Without ${grants?.join(" ").replaceAll(":", "-") ?? "anything"}`, grants);
      expect(await person.call("POST", "/admin/users", body)).toMatchObject({
        status: 403,
        body: { code: "forbidden", missing: "users:write" },
      });
    }
    expect((await root.call<{ total: number }>("GET", "/admin/users?q=new@example.org")).body.total).toBe(0);
    const staff = unmasked(panel, await panel.person("With users-write", ["users:write"]));
    const made = await staff.call<Account>("POST", "/admin/users", { ...body, email: " New@Example.org " });
    expect(made).toMatchObject({
      status: 201,
      body: { name: "New", email: "new@example.org", roles: [], suspended: false },
    });
    expect(JSON.stringify(made.body)).not.toMatch(/password|\$2b/);
    const signed = await signIn("new@example.org", PASSWORD);
    expect(await panel.call("GET", "/account", undefined, { cookie: signed.cookie ?? "" })).toMatchObject({
      status: 200,
      body: { staff: false },
    });
  });

  test("a second one with the address, in any case, is refused at the address; two at once are one", async () => {
    const body = { name: "Twice", email: "twice@example.org", password: PASSWORD };
    const both = await Promise.all([
      root.call("POST", "/admin/users", body),
      root.call("POST", "/admin/users", { ...body, email: "TWICE@example.org" }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({
      code: "already_exists",
      fields: { email: expect.any(String) },
    });
    expect((await root.call<{ total: number }>("GET", "/admin/users?q=twice")).body.total).toBe(1);
  });

  test("what cannot be is refused at its field", async () => {
    const body = { name: "Wrong", email: "wrong@example.org", password: PASSWORD };
    for (const [field, value] of [
      ["email", "wrong"],
      ["name", " "],
      ["name", "a\u202eb"],
      ["password", "short"],
      ["roles", ["rootAdmin"]],
    ] as const) {
      const answer = await root.call<{ fields: Record<string, string> }>("POST", "/admin/users", {
        ...body,
        [field]: value,
      });
      expect([answer.status, Object.keys(answer.body.fields)], field).toEqual([422, [field]]);
    }
  });
});

describe("the list of accounts", () => {
  test("needs users:read", async () => {
    const person = await panel.person("Curious", ["users:write"]);
    expect(await person.call("GET", "/admin/users")).toMatchObject({ status: 403, body: { missing: "users:read" } });
  });

  test("is searched, sorted and paged, and the search's own signs are nothing special", async () => {
    for (const name of ["alpha", "beta", "gamma"]) await panel.person(`Listed ${name}`);
    const staff = unmasked(panel, await panel.person("Reader", ["users:read"]));
    const ask = async (query: string) =>
      (await staff.call<{ items: Account[]; total: number; next: string }>("GET", `/admin/users?${query}`)).body;
    const found = await ask("q=listed&sort=email");
    expect(found.items.map((row) => row.email)).toEqual([
      "listed.alpha@example.org",
      "listed.beta@example.org",
      "listed.gamma@example.org",
    ]);
    expect((await ask("q=listed&sort=-email&perPage=2")).items.map((row) => row.name)).toEqual([
      "Listed gamma",
      "Listed beta",
    ]);
    const { next } = await ask("q=listed&sort=email&perPage=2");
    expect(await ask(`q=listed&sort=email&perPage=2&at=${next}`)).toMatchObject({
      total: 3,
      items: [{ name: "Listed gamma" }],
      next: null,
    });
    expect((await ask("q=%25")).total).toBe(0);
    expect((await ask("q=listed_")).total).toBe(0);
    expect(JSON.stringify(found)).not.toMatch(/hash|\$2b/i);
    expect((await staff.call("GET", "/admin/users?sort=passwordHash")).status).toBe(422);
  });
});

describe("npm run panel", () => {
  test("prints a link with which somebody sets a new password", async () => {
    const ada = await panel.person("Ada of the link");
    const made = await command(panel.dataDir, ["reset-password", ada.email]);
    const [, token = ""] = /^http:\/\/localhost:3000\/reset#token=([\w-]{43})$/m.exec(made.out) ?? [];
    const answer = await panel.call("POST", "/password-reset/complete", { token, password: "the owner's own words" });
    expect(answer.status).toBe(200);
    expect((await signIn(ada.email, "the owner's own words")).status).toBe(200);
    expect(await command(panel.dataDir, ["reset-password", "nobody@example.org"])).toMatchObject({
      code: 1,
      error: "There is no account with the e-mail address nobody@example.org.\n",
    });
  });

  test("makes an account with the password from standard input; it can sign in", async () => {
    const made = await command(
      panel.dataDir,
      ["users", "add", "cli@example.org", "--name", "From the shell"],
      `${PASSWORD}\nmore\n`,
    );
    expect(made).toMatchObject({ code: 0, out: "cli@example.org can sign in now.\n" });
    expect((await signIn("cli@example.org", PASSWORD)).status).toBe(200);
    const database = new Database(path.join(panel.dataDir, "panel.db"), { readonly: true });
    const { hash } = database
      .prepare("select password_hash as hash from users where email = 'cli@example.org'")
      .get() as {
      hash: string;
    };
    database.close();
    expect(hash, "bcrypt at cost 12").toMatch(/^\$2b\$12\$/);
    const listed = await command(panel.dataDir, ["users"]);
    expect(listed.out).toContain("cli@example.org\tFrom the shell\t(no role)\n");
  });

  test.each([
    ["a weak password", ["users", "add", "weak@example.org"], "short\n", /at least 10 characters/],
    ["a password that is easy to guess", ["users", "add", "weak@example.org"], "weak@example\n", /easy to guess/],
    ["no password", ["users", "add", "weak@example.org"], "", /at least 10 characters/],
    ["an address that is none", ["users", "add", "weak"], `${PASSWORD}\n`, /e-mail address/],
    [
      "a name that cannot be",
      ["users", "add", "weak@example.org", "--name", "x".repeat(101)],
      `${PASSWORD}\n`,
      /at most 100 characters/,
    ],
    ["an account that exists", ["users", "add", "root@example.org"], `${PASSWORD}\n`, /exists/],
    [
      "an account that does not",
      ["promote", "nobody@example.org"],
      "",
      /no account with the e-mail address nobody@example\.org/,
    ],
    ["a role that does not", ["promote", "root@example.org", "--role", "wizard"], "", /no role named wizard/],
    ["nobody named", ["promote"], "", /Whom\?/],
    ["a role that is not named", ["promote", "root@example.org", "--role"], "", /--role needs a value/],
    ["a command that is none", ["explode"], "", /There is no command explode/],
    ["a setting that is none", ["settings", "colour", "red"], "", /no setting colour/],
    ["a value that does not fit", ["settings", "zone_claims", "whatever"], "", /zone_claims cannot be whatever/],
    ["a setting of the panel's own", ["settings", "setup.completed_at", "null"], "", /no setting/],
  ])("says a sentence and exits 1 for %s", async (_what, args, input, sentence) => {
    const { code, error } = await command(panel.dataDir, args, input);
    expect(error).toMatch(sentence);
    expect(error).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  });

  test("promotes and demotes, says what it did, and it bites at the next request", async () => {
    const person = await panel.person("Climber");
    expect(await person.call("GET", "/account")).toMatchObject({ body: { staff: false } });
    expect(await command(panel.dataDir, ["promote", person.email])).toMatchObject({
      code: 0,
      out: `${person.email} now has the role rootAdmin.\n`,
    });
    expect(await person.call("GET", "/account")).toMatchObject({ body: { staff: true } });
    expect((await command(panel.dataDir, ["promote", person.email])).out).toMatch(/already/);
    expect((await person.call("GET", "/admin/users")).status).toBe(200);
    expect(await command(panel.dataDir, ["demote", person.email])).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^climber@example\.org no longer has the role rootAdmin\.\nThe account now has no role, and so what default gives: org:create, /,
      ),
    });
    expect((await person.call("GET", "/admin/users")).status).toBe(403);
    expect((await person.call<{ items: unknown[] }>("GET", "/organisations")).status).toBe(200);
    const { db } = await import("#db/client.ts");
    const noted = db()
      .$client.prepare(
        "select action, actor_type, before, after from audit_log where target_id = ? and action like 'panel.%' order by id",
      )
      .all(person.id);
    expect(noted).toMatchObject([
      { action: "panel.promote", actor_type: "system", after: expect.stringContaining('"*"') },
      {
        action: "panel.demote",
        actor_type: "system",
        before: expect.stringContaining('"*"'),
        after: expect.stringContaining("org:create"),
      },
    ]);
  });

  test("the last who holds everything keeps it", async () => {
    expect(await command(panel.dataDir, ["demote", root.email])).toMatchObject({
      code: 1,
      error: expect.stringMatching(/Nobody who can sign in/),
    });
    expect((await root.call("GET", "/admin/users")).status).toBe(200);
    const suspended = await panel.person("Suspended", "root");
    const { db } = await import("#db/client.ts");
    db().$client.prepare("update users set suspended_at = 1 where id = ?").run(suspended.id);
    expect((await command(panel.dataDir, ["demote", root.email])).code, "one who cannot sign in does not count").toBe(
      1,
    );
    expect((await command(panel.dataDir, ["demote", suspended.email])).code).toBe(0);
  });

  test("two processes that demote the last two at once leave one", async () => {
    const kept = await keptPanel();
    const both = [EMAIL, "bea@example.org"];
    try {
      await kept.inside(async ({ transaction }) => {
        const { insertAccount } = await import("#lib/users/users.ts");
        const bea = { name: "Bea", email: "bea@example.org", passwordHash: "$2b$04$not.a.hash.that.anything.matches" };
        transaction((tx) => insertAccount(tx, bea, panel.system));
      });
      for (let round = 0; round < 2; round++) {
        await kept.inside(async ({ transaction }) => {
          const { giveRole, roleByName } = await import("#lib/roles/roles.ts");
          const { accountByEmail } = await import("#lib/users/users.ts");
          transaction((tx) => {
            for (const email of both)
              giveRole(tx, accountByEmail(email, tx)?.id ?? "", roleByName("rootAdmin", tx)?.id ?? "");
          });
        });
        expect(holders(kept.dataDir)).toHaveLength(2);
        const ends = await Promise.all(both.map((email) => kept.command(["demote", email])));
        expect(ends.map(({ code }) => code).toSorted()).toEqual([0, 1]);
        expect(ends.find(({ code }) => code === 1)?.error).toMatch(/Nobody who can sign in/);
        expect(holders(kept.dataDir)).toHaveLength(1);
      }
    } finally {
      kept.remove();
    }
  });
});

function holders(dataDir: string): unknown[] {
  const database = new Database(path.join(dataDir, "panel.db"), { readonly: true });
  try {
    return database
      .prepare("select user_id from user_roles r join roles on roles.id = r.role_id where roles.name = 'rootAdmin'")
      .all();
  } finally {
    database.close();
  }
}
