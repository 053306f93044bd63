/** Roles over REST: what they grant and to whom, what a change comes to, and who may make it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalogue } from "#lib/access/permissions.ts";
import { defaultRoleGrants } from "#lib/access/roles.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { panelCommand } from "../support/server.ts";
import { unmasked } from "../support/unmasked.ts";

interface Named {
  id: string;
  name: string;
}
interface Role extends Named {
  builtIn: boolean;
  parent: Named | null;
  requiresMfa: boolean;
  grants: string[];
  members: number;
  withoutRole: number;
  effective: { grant: string; from: Named[] }[];
  ancestors: Named[];
  descendants: Named[];
  missing: string[];
}
interface Effect {
  applied: boolean;
  role: Role | null;
  roles: (Named & { gained: string[]; lost: string[] })[];
  accounts: { roles: string[]; accounts: number; gained: string[]; lost: string[]; fallsToDefault: boolean }[];
  says: string[];
}
interface Entry {
  action: string;
  target_type: string;
  target_label: string;
  outcome: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

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

/** A role of its own name. */
async function role(grants: string[], parent: string | null = null): Promise<Role> {
  const made = await root.call<Role>("POST", "/admin/roles", { name: `Role ${++sequence}`, grants, parent });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body;
}

/** An account with these roles and no others. */
async function holder(...roles: Named[]): Promise<Person> {
  const person = await panel.person(`Holder ${++sequence}`);
  for (const { id } of roles) await root.call("POST", `/admin/roles/${id}/members`, { user: person.id });
  return person;
}

const staff = (...grants: string[]) => panel.person(`Staff ${++sequence}`, grants);

const entries = (action: string): Entry[] =>
  sql("select * from audit_log where action = ? order by id", action).map((row) => ({
    ...(row as unknown as Entry),
    before: JSON.parse(String(row.before ?? "null")),
    after: JSON.parse(String(row.after ?? "null")),
  }));

const granted = async (person: Person) =>
  (await root.call<{ effective: { grant: string }[] }>("GET", `/admin/users/${person.id}/grants`)).body.effective.map(
    ({ grant }) => grant,
  );

describe("the catalogue", () => {
  test("is whole for those who may see roles, and one's own grants for everybody else", async () => {
    const ask = async (person: Person) =>
      (await person.call<{ items: { value: string }[] }>("GET", "/permissions")).body.items.map(({ value }) => value);
    expect(await ask(await staff("roles:read"))).toEqual(catalogue.map(({ value }) => value));
    expect(await ask(root)).toContain("*");
    expect((await ask(await panel.person("Ordinary"))).toSorted()).toEqual(defaultRoleGrants.toSorted());
    expect(await ask(await staff("nodes:*"))).toEqual(
      catalogue.map(({ value }) => value).filter((v) => v.startsWith("nodes:")),
    );
    expect((await panel.call("GET", "/permissions")).status).toBe(401);
  });
});

describe("looking at roles", () => {
  test("roles:read and roles:create both open the list, and nothing less does", async () => {
    for (const permission of ["roles:read", "roles:create"])
      expect((await (await staff(permission)).call("GET", "/admin/roles")).status, permission).toBe(200);
    expect(await (await staff("roles:write", "users:read")).call("GET", "/admin/roles")).toMatchObject({
      status: 403,
      body: { missing: "roles:read or roles:create" },
    });
  });

  test("the list is searched by name and grant, counts members, and knows whom default is for", async () => {
    const found = await role(["findable:thing"]);
    await holder(found);
    const ask = async (query: string) =>
      (await root.call<{ items: Role[]; total: number }>("GET", `/admin/roles?${query}`)).body;
    expect(await ask("q=findable:th")).toMatchObject({
      total: 1,
      items: [{ id: found.id, members: 1, builtIn: false }],
    });
    expect((await ask("q=findable_th")).total).toBe(0);
    const fallback = (await ask("q=default")).items.find(({ name }) => name === "default");
    const [without] = sql("select count(*) as n from users where id not in (select user_id from user_roles)");
    expect(fallback).toMatchObject({ builtIn: true, withoutRole: without?.n });
    expect((await ask("sort=-members&perPage=1")).items).toHaveLength(1);
    expect((await ask("kind=builtIn&sort=-name")).items.map(({ name }) => name)).toEqual(["rootAdmin", "default"]);
    expect((await ask("kind=made")).items.some(({ builtIn }) => builtIn)).toBe(false);
  });

  test("the list and those who have a role are read part by part, by a place and not by a number", async () => {
    const made = await role(["a:parts"]);
    for (let n = 0; n < 3; n++) await holder(made);
    interface Part {
      items: { id: string; name: string; email: string }[];
      total: number;
      next: string | null;
    }
    const all = async (path: string) => {
      const names: string[] = [];
      for (let at: string | null = ""; at !== null; ) {
        const part: Part = (await root.call<Part>("GET", `${path}&perPage=2${at && `&at=${at}`}`)).body;
        expect(part.items.length).toBeLessThanOrEqual(2);
        names.push(...part.items.map(({ id }) => id));
        at = part.next;
      }
      return names;
    };
    const ids = (text: string, ...values: unknown[]) => sql(text, ...values).map(({ id }) => id);
    expect(await all("/admin/roles?sort=name")).toEqual(ids("select id from roles order by lower(name)"));
    expect(await all(`/admin/roles/${made.id}/members?sort=-email`)).toEqual(
      ids(
        "select id from users where id in (select user_id from user_roles where role_id = ?) order by email desc",
        made.id,
      ),
    );
    const [one] = sql(
      "select id, email from users where id in (select user_id from user_roles where role_id = ?)",
      made.id,
    );
    const found = await root.call<Part>("GET", `/admin/roles/${made.id}/members?q=${one?.email}`);
    expect(found.body).toMatchObject({ total: 1, items: [{ id: one?.id }] });
    expect((await root.call<Part>("GET", `/admin/roles/${made.id}/members?q=root@example.org`)).body.total).toBe(0);
  });

  test("those who have a role are hidden in privacy mode, also in what a change comes to", async () => {
    const made = await role(["a:private"]);
    const person = await holder(made);
    const told = await root.call("GET", `/admin/roles/${made.id}/members`);
    expect(told.body).toMatchObject({
      items: [{ id: person.id, email: "h•••@e•••.org", name: expect.stringMatching(/^H••• \d•••$/) }],
    });
    const taken = await root.call("DELETE", `/admin/roles/${made.id}/members/${person.id}`, { dryRun: true });
    for (const { body } of [told, taken]) expect(JSON.stringify(body)).not.toMatch(/Holder|holder\./);
    const seen = await unmasked(panel, root).call("GET", `/admin/roles/${made.id}/members`);
    expect(seen.body).toMatchObject({ items: [{ email: person.email }] });
  });

  test("default, and what it inherits from, says that only full access changes it", async () => {
    const above = await role([]);
    const clerk = await staff("roles:read", "roles:write", "permissions:assign", ...defaultRoleGrants);
    const missing = async (ref: string) => (await clerk.call<Role>("GET", `/admin/roles/${ref}`)).body.missing;
    expect(await missing("default")).toEqual(["*"]);
    expect(await missing(above.id)).toEqual([]);
    expect((await clerk.call("PUT", "/admin/roles/default/grants", { grants: [], dryRun: true })).status).toBe(403);
  });

  test("a role says what it inherits, from where, and who inherits from it; by id or by name", async () => {
    const top = await role(["a:top"]);
    const middle = await role(["a:middle", "a:top"], top.id);
    const bottom = await role(["a:bottom"], middle.name);
    const opened = (await root.call<Role>("GET", `/admin/roles/${encodeURIComponent(middle.name)}`)).body;
    expect(opened).toMatchObject({
      id: middle.id,
      parent: { id: top.id },
      grants: ["a:middle", "a:top"],
      effective: [
        { grant: "a:middle", from: [{ id: middle.id }] },
        { grant: "a:top", from: [{ id: middle.id }, { id: top.id }] },
      ],
      ancestors: [{ id: top.id }],
      descendants: [{ id: bottom.id }],
      missing: [],
    });
    const person = await staff("roles:read", "a:middle");
    expect((await person.call<Role>("GET", `/admin/roles/${middle.id}`)).body.missing).toEqual(
      ["a:middle", "a:top", "a:bottom"].filter((grant) => grant !== "a:middle"),
    );
    expect((await root.call("GET", "/admin/roles/nothing")).status).toBe(404);
  });

  test("an account's grants name the roles that give them; a cycle in the database is walked once", async () => {
    const one = await role(["c:one"]);
    const two = await role(["c:two"], one.id);
    sql("update roles set parent_id = ? where id = ?", two.id, one.id);
    const person = await holder(one);
    expect((await root.call("GET", `/admin/users/${person.id}/grants`)).body).toMatchObject({
      roles: [{ id: one.id }],
      byDefault: false,
      effective: [
        { grant: "c:one", from: [{ id: one.id }] },
        { grant: "c:two", from: [{ id: two.id }] },
      ],
    });
    sql("update roles set parent_id = null where id = ?", one.id);
    const nobody = await panel.person(`Roleless ${++sequence}`);
    expect((await root.call("GET", `/admin/users/${nobody.id}/grants`)).body).toMatchObject({
      roles: [],
      byDefault: true,
      effective: expect.arrayContaining([
        { grant: "org:create", from: [expect.objectContaining({ name: "default" })] },
      ]),
    });
  });
});

describe("making and changing a role", () => {
  test.each([
    ["a grant that is none", { grants: ["a:b", "A:b"] }, "grants.1", /lower case/],
    ["a wildcard in the middle", { grants: ["a:*:b"] }, "grants.0", /last segment/],
    ["a grant twice", { grants: ["a:b", "c", "a:b"] }, "grants.2", /twice/],
    ["no name", { name: " " }, "name", /Enter a name/],
    ["a built-in's name", { name: "RootAdmin" }, "name", /built-in/],
    ["a name like an id", { name: "01a1feb6-f2d6-7000-9f07-4d6ffbb66314" }, "name", /like an id/],
    ["a parent that is none", { parent: "nobody" }, "parent", /no such role/],
  ])("%s is refused at its field", async (_what, wrong, field, sentence) => {
    const answer = await root.call<{ fields: Record<string, string> }>("POST", "/admin/roles", {
      name: `Wrong ${++sequence}`,
      ...wrong,
    });
    expect(answer.status).toBe(422);
    expect(answer.body.fields[field]).toMatch(sentence);
  });

  test("a name is one in any case; two at once make one", async () => {
    const made = await role([]);
    expect((await root.call("POST", "/admin/roles", { name: made.name.toUpperCase() })).status).toBe(409);
    const both = await Promise.all(["Twins", "TWINS"].map((name) => root.call("POST", "/admin/roles", { name })));
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  });

  test("values outside the catalogue are kept in order, and reordering needs no ceiling", async () => {
    const made = await role(["z:own", "nodes:*", "a.b-c"]);
    expect(made.grants).toEqual(["z:own", "nodes:*", "a.b-c"]);
    const orderer = await staff("roles:write");
    const order = (grants: string[]) => orderer.call<Role>("PUT", `/admin/roles/${made.id}/order`, { grants });
    expect((await order(["a.b-c", "z:own", "nodes:*"])).body.grants).toEqual(["a.b-c", "z:own", "nodes:*"]);
    for (const grants of [["a.b-c"], ["a.b-c", "z:own", "nodes:*", "*"], ["a.b-c", "z:own", "nodes:read"]])
      expect((await order(grants)).status).toBe(409);
    expect(await orderer.call("PUT", `/admin/roles/${made.id}/grants`, { grants: [] })).toMatchObject({ status: 403 });
  });

  test("each part needs its own permission", async () => {
    const made = await role([]);
    const all = ["roles:create", "roles:write", "roles:delete", "roles:assign", "permissions:assign"];
    const target = await holder(made);
    const calls: [string, string, string, unknown][] = [
      ["roles:create", "POST", "/admin/roles", { name: `Each ${++sequence}` }],
      ["roles:write", "PATCH", `/admin/roles/${made.id}`, { description: "Changed" }],
      ["permissions:assign", "PUT", `/admin/roles/${made.id}/grants`, { grants: [] }],
      ["roles:assign", "POST", `/admin/roles/${made.id}/members`, { user: target.id }],
      ["roles:delete", "DELETE", `/admin/roles/${made.id}`, {}],
    ];
    for (const [permission, method, path, body] of calls) {
      const without = await staff(...all.filter((other) => other !== permission), ...defaultRoleGrants);
      expect(await without.call(method, path, body), permission).toMatchObject({
        status: 403,
        body: { missing: permission },
      });
    }
    for (const [permission, method, path, body] of calls) {
      const only = await staff(permission, ...defaultRoleGrants);
      expect((await only.call(method, path, body)).status, permission).toBeLessThan(300);
    }
    const creator = await staff("roles:create", "a:b");
    expect(
      await creator.call("POST", "/admin/roles", { name: `With grants ${++sequence}`, grants: ["a:b"] }),
    ).toMatchObject({ status: 403, body: { missing: "permissions:assign" } });
  });

  test("a clone has the grants and the parent, and nobody has it", async () => {
    const top = await role(["k:top"]);
    const made = await role(["k:one", "k:two"], top.id);
    await holder(made);
    const clone = await root.call<Role>("POST", `/admin/roles/${made.id}/clone`, { name: `Clone ${++sequence}` });
    expect(clone).toMatchObject({
      status: 201,
      body: { grants: ["k:one", "k:two"], parent: { id: top.id }, members: 0 },
    });
  });

  test("a parent that would close a cycle is refused", async () => {
    const one = await role([]);
    const two = await role([], one.id);
    for (const parent of [one.id, two.id])
      expect(await root.call("PATCH", `/admin/roles/${one.id}`, { parent })).toMatchObject({
        status: 422,
        body: { fields: { parent: expect.stringMatching(/inherits from/) } },
      });
  });

  test("a dry run tells what will be and does nothing; the change tells what is", async () => {
    const made = await role(["d:one"]);
    const child = await role([], made.id);
    await holder(child);
    await holder(child);
    const change = (dryRun: boolean) =>
      root.call<Effect>("PUT", `/admin/roles/${made.id}/grants`, { grants: ["d:two"], dryRun });
    const before = JSON.stringify(sql("select * from role_grants"));
    const audits = entries("roles.grant").length;
    const told = (await change(true)).body;
    expect(told).toMatchObject({
      applied: false,
      role: { grants: ["d:two"] },
      roles: [
        { id: made.id, gained: ["d:two"], lost: ["d:one"] },
        { id: child.id, gained: ["d:two"], lost: ["d:one"] },
      ],
      accounts: [{ roles: [child.name], accounts: 2, gained: ["d:two"], lost: ["d:one"], fallsToDefault: false }],
    });
    expect(told.says).toContain(`2 accounts with ${child.name} will then have d:two and will no longer have d:one.`);
    expect(JSON.stringify(sql("select * from role_grants"))).toBe(before);
    expect(entries("roles.grant")).toHaveLength(audits);
    const done = (await change(false)).body;
    expect(done).toMatchObject({ applied: true, roles: told.roles, accounts: told.accounts });
    expect(done.says).toContain(`2 accounts with ${child.name} now have d:two and no longer have d:one.`);
    expect(entries("roles.grant").at(-1)).toMatchObject({
      target_label: made.name,
      before: { grants: ["d:one"] },
      after: { grants: ["d:two"] },
    });
  });

  test("it bites at the next request", async () => {
    const made = await role([]);
    const person = await holder(made);
    expect((await person.call("GET", "/admin/users")).status).toBe(403);
    await root.call("PUT", `/admin/roles/${made.id}/grants`, { grants: ["users:read"] });
    expect((await person.call("GET", "/admin/users")).status).toBe(200);
    await root.call("PUT", `/admin/roles/${made.id}/grants`, { grants: [] });
    expect((await person.call("GET", "/admin/users")).status).toBe(403);
  });
});

describe("ceilings", () => {
  test("over the role itself, before and after", async () => {
    const actor = await staff("permissions:assign", "roles:create", "c:one");
    const above = await role(["c:one", "c:two"]);
    expect(await actor.call("PUT", `/admin/roles/${above.id}/grants`, { grants: ["c:one"] })).toMatchObject({
      status: 403,
      body: { missing: "c:two" },
    });
    const below = await role(["c:one"]);
    expect(await actor.call("PUT", `/admin/roles/${below.id}/grants`, { grants: ["c:*"] })).toMatchObject({
      status: 403,
      body: { missing: "c:*" },
    });
    expect((await actor.call("PUT", `/admin/roles/${below.id}/grants`, { grants: [] })).status).toBe(200);
    expect(await actor.call("POST", "/admin/roles", { name: `Child ${++sequence}`, parent: above.id })).toMatchObject({
      status: 403,
      body: { missing: "c:two" },
    });
  });

  test("over roles that inherit from it, and over everybody who has any of them", async () => {
    const actor = await staff("roles:write", "roles:delete", "permissions:assign", "c:one");
    const parent = await role(["c:one"]);
    await role(["c:two"], parent.id);
    const held = await role(["c:one"]);
    await holder(held, await role(["c:three"]));
    for (const [target, missing] of [
      [parent, "c:two"],
      [held, "c:three"],
    ] as const) {
      for (const [method, path, body] of [
        ["PUT", `/admin/roles/${target.id}/grants`, { grants: [] }],
        ["PATCH", `/admin/roles/${target.id}`, { name: `Renamed ${++sequence}` }],
        ["DELETE", `/admin/roles/${target.id}`, {}],
      ] as const)
        expect(await actor.call(method, path, body), `${method} ${missing}`).toMatchObject({
          status: 403,
          body: { missing },
        });
    }
  });

  test("over an account when a role is given or taken, and nobody raises themselves", async () => {
    const actor = await staff("roles:assign", "c:one", ...defaultRoleGrants);
    const [one, two] = [await role(["c:one"]), await role(["c:two"])];
    const plain = await panel.person(`Plain ${++sequence}`);
    const strong = await holder(two);
    const give = (user: Person, given: Role) =>
      actor.call("POST", `/admin/roles/${given.id}/members`, { user: user.id });
    expect((await give(plain, one)).status).toBe(200);
    expect(await give(plain, two)).toMatchObject({ status: 403, body: { missing: "c:two" } });
    expect(await give(actor, two)).toMatchObject({ status: 403 });
    expect(await give(strong, one)).toMatchObject({ status: 403 });
    expect(await actor.call("PUT", `/admin/users/${strong.id}/roles`, { roles: [] })).toMatchObject({ status: 403 });
    expect((await actor.call("PUT", `/admin/users/${actor.id}/roles`, { roles: ["rootAdmin"] })).status).toBe(403);
    expect(await granted(strong)).toEqual(["c:two"]);
  });

  test("giving everything asks for a fresh sign-in, by whatever way", async () => {
    const stale = await panel.person(`Stale ${++sequence}`, "root");
    sql("update sessions set confirmed_at = 0 where user_id = ?", stale.id);
    const made = await role([]);
    const person = await holder(made);
    const calls: [string, string, unknown][] = [
      ["PUT", `/admin/roles/${made.id}/grants`, { grants: ["*"] }],
      ["PATCH", `/admin/roles/${made.id}`, { parent: "rootAdmin" }],
      ["POST", "/admin/roles", { name: `All ${++sequence}`, grants: ["*"] }],
      ["POST", "/admin/roles/rootAdmin/clone", { name: `All ${++sequence}` }],
      ["POST", "/admin/roles/rootAdmin/members", { user: person.id }],
      ["PUT", `/admin/users/${person.id}/roles`, { roles: ["rootAdmin"] }],
    ];
    for (const [method, path, body] of calls)
      expect(await stale.call(method, path, body), path).toMatchObject({
        status: 403,
        body: { code: "confirmation_required" },
      });
    expect((await stale.call("PUT", `/admin/roles/${made.id}/grants`, { grants: ["x:*"] })).status).toBe(200);
    expect(await granted(person)).toEqual(["x:*"]);
  });

  test("what is refused leaves an entry that says so, twenty at most", async () => {
    const actor = await staff("roles:assign");
    for (let n = 0; n < 25; n++)
      await actor.call("POST", "/admin/roles/rootAdmin/members", { user: root.id, dryRun: n % 2 === 0 });
    const refused = entries("roles.addOne").filter(
      ({ outcome, target_label }) => outcome === "refused" && target_label === root.email,
    );
    expect(refused).toHaveLength(20);
    expect(refused[0]).toMatchObject({
      target_type: "account",
      after: { code: "forbidden", missing: expect.any(String) },
    });
    const nobody = await panel.person(`Nobody ${++sequence}`);
    await nobody.call("DELETE", "/admin/roles/default");
    expect(entries("roles.remove").at(-1)).toMatchObject({
      outcome: "refused",
      target_type: "role",
      target_label: "default",
    });
  });
});

describe("the last role of an account", () => {
  test("taken away gives what default gives: checked, told, and in the audit log as such", async () => {
    const made = await role(["l:one"]);
    const person = await holder(made);
    const weak = await staff("roles:assign", "l:one");
    expect(await weak.call("DELETE", `/admin/roles/${made.id}/members/${person.id}`)).toMatchObject({
      status: 403,
      body: { missing: expect.stringContaining("org:create") },
    });
    const actor = await staff("roles:assign", "l:one", ...defaultRoleGrants);
    const told = await actor.call<Effect & { fallsToDefault: boolean }>(
      "DELETE",
      `/admin/roles/${made.id}/members/${person.id}`,
      {
        dryRun: true,
      },
    );
    expect(told.body).toMatchObject({
      applied: false,
      fallsToDefault: true,
      gained: [...defaultRoleGrants],
      lost: ["l:one"],
    });
    expect(told.body.says[0]).toMatch(
      /will then have no role, and so what default gives: org:create, .*; will no longer have l:one\.$/,
    );
    expect(await granted(person)).toEqual(["l:one"]);
    expect((await actor.call("DELETE", `/admin/roles/${made.id}/members/${person.id}`)).status).toBe(200);
    expect(await granted(person)).toEqual([...defaultRoleGrants]);
    expect(entries("roles.removeOne").at(-1)).toMatchObject({
      target_label: person.email,
      before: { roles: [made.name], grants: ["l:one"] },
      after: { roles: [], fallsTo: "default", gained: [...defaultRoleGrants] },
    });
  });

  test("gone with its role: children go to the grandparent, holders fall to default, an entry each", async () => {
    const top = await role(["g:top"]);
    const made = await role(["g:made"], top.id);
    const child = await role(["g:child"], made.id);
    const [alone, also] = [await holder(made), await holder(made, child)];
    const weak = await staff("roles:delete", "g:*");
    expect(await weak.call("DELETE", `/admin/roles/${made.id}`)).toMatchObject({ status: 403 });
    const told = (await root.call<Effect>("DELETE", `/admin/roles/${made.id}`, { dryRun: true })).body;
    expect(told.accounts).toContainEqual(
      expect.objectContaining({ roles: [made.name], accounts: 1, fallsToDefault: true, lost: ["g:made", "g:top"] }),
    );
    expect((await root.call("DELETE", `/admin/roles/${made.id}`)).body).toMatchObject({ applied: true, role: null });
    expect((await root.call<Role>("GET", `/admin/roles/${child.id}`)).body).toMatchObject({ parent: { id: top.id } });
    expect(await granted(alone)).toEqual([...defaultRoleGrants]);
    expect(await granted(also)).toEqual(["g:child", "g:top"]);
    const left = entries("roles.remove").filter(({ outcome }) => outcome === "done");
    expect(left.slice(-4).map(({ target_type, target_label }) => [target_type, target_label])).toEqual([
      ["role", made.name],
      ["role", child.name],
      ["account", alone.email],
      ["account", also.email],
    ]);
    expect(left.at(-2)?.after).toMatchObject({ roles: [], fallsTo: "default" });
    expect(left.at(-1)?.after).not.toHaveProperty("fallsTo");
  });
});

describe("many unused ones at once", () => {
  test("of each what came of it: what is in use by then, built in, gone or beyond one's ceiling stays, and only what went is in the log", async () => {
    const [plain, given, parent, strong] = [
      await role(["u:a"]),
      await role(["u:b"]),
      await role(["u:c"]),
      await role(["s:x"]),
    ];
    const child = await role(["u:d"], parent.id);
    const person = await holder(given);
    const clerk = await staff("roles:delete", "roles:read", "u:*");
    const builtIn = (await root.call<Role>("GET", "/admin/roles/default")).body;
    const before = entries("roles.remove").length;
    const answers = [];
    for (const { id } of [plain, given, parent, strong, builtIn, { id: "nothing" }, plain, child])
      answers.push((await clerk.call("DELETE", `/admin/roles/${id}`, { unused: true })).status);
    expect(answers).toEqual([200, 409, 409, 403, 403, 404, 404, 200]);
    expect(
      entries("roles.remove")
        .slice(before)
        .filter(({ outcome }) => outcome === "done")
        .map(({ target_label }) => target_label),
    ).toEqual([plain.name, child.name]);
    expect(await granted(person)).toEqual(["u:b"]);
    // Nothing inherits from it any more.
    expect((await clerk.call("DELETE", `/admin/roles/${parent.id}`, { unused: true, dryRun: true })).status).toBe(200);
  });
});

describe("the built-in roles", () => {
  test("rootAdmin keeps its name, its grant and its place; default keeps its name and stays", async () => {
    const other = await role([]);
    for (const [method, path, body] of [
      ["PATCH", "/admin/roles/rootAdmin", { name: "Other" }],
      ["PATCH", "/admin/roles/rootAdmin", { parent: other.id }],
      ["PUT", "/admin/roles/rootAdmin/grants", { grants: [] }],
      ["PUT", "/admin/roles/rootAdmin/grants", { grants: ["users:*"] }],
      ["DELETE", "/admin/roles/rootAdmin", {}],
      ["PATCH", "/admin/roles/default", { name: "Other" }],
      ["DELETE", "/admin/roles/default", {}],
      ["PATCH", `/admin/roles/${other.id}`, { name: "default" }],
      ["PATCH", `/admin/roles/${other.id}`, { name: "ROOTADMIN" }],
    ] as const) {
      const { status } = await root.call(method, path, body);
      expect([403, 422], `${method} ${path} ${JSON.stringify(body)}`).toContain(status);
    }
  });

  test("default holds only what reaches one's own things, also through what it inherits", async () => {
    const grants = (values: string[]) => root.call("PUT", "/admin/roles/default/grants", { grants: values });
    for (const value of ["*", "org:*", "users:read", "servers:read", "own:thing"])
      expect(await grants([...defaultRoleGrants, value]), value).toMatchObject({
        status: 422,
        body: { fields: { grants: expect.any(String) } },
      });
    const strong = await role(["users:read"]);
    expect(await root.call("PATCH", "/admin/roles/default", { parent: strong.id })).toMatchObject({
      status: 422,
      body: { fields: { parent: expect.any(String) } },
    });
    const mild = await role(["org:create"]);
    expect((await root.call("PATCH", "/admin/roles/default", { parent: mild.id })).status).toBe(200);
    expect((await root.call("PUT", `/admin/roles/${mild.id}/grants`, { grants: ["users:read"] })).status).toBe(422);
    const almost = await staff(...catalogue.map(({ value }) => value).filter((value) => value !== "*"), "roles:*");
    expect(await almost.call("PUT", `/admin/roles/${mild.id}/grants`, { grants: ["ai:use"] })).toMatchObject({
      status: 403,
      body: { missing: "*" },
    });
    expect(await almost.call("PUT", "/admin/roles/default/grants", { grants: [] })).toMatchObject({
      status: 403,
      body: { missing: "*" },
    });
    expect((await root.call("PATCH", "/admin/roles/default", { parent: null })).status).toBe(200);
  });

  test("a second factor is asked for by those who have shown one themselves", async () => {
    expect(await root.call("PATCH", "/admin/roles/rootAdmin", { requiresMfa: true })).toMatchObject({
      status: 403,
      body: { code: "second_factor_required", fields: { requiresMfa: expect.any(String) } },
    });
    expect((await root.call("GET", "/admin/roles")).status).toBe(200);
    const made = await role([]);
    const person = await holder(made);
    expect((await root.call("PATCH", `/admin/roles/${made.id}`, { requiresMfa: true })).status).toBe(200);
    expect(await person.call("GET", "/organisations")).toMatchObject({
      status: 403,
      body: { code: "second_factor_required" },
    });
    sql("update sessions set mfa = 1 where user_id = ?", root.id);
    expect((await root.call("PATCH", "/admin/roles/rootAdmin", { requiresMfa: true })).status).toBe(200);
    expect((await root.call("PATCH", "/admin/roles/rootAdmin", { requiresMfa: false })).status).toBe(200);
    sql("update sessions set mfa = 0 where user_id = ?", root.id);
  });
});

describe("npm run panel -- role", () => {
  test("makes, grants, revokes, re-parents, lists and deletes, and says what came of it", async () => {
    const run = (...args: string[]) => panelCommand(panel.dataDir, ["role", ...args]);
    const name = `From the shell ${++sequence}`;
    expect(await run("create", name, "s:one")).toMatchObject({ code: 0, out: `There is now a role ${name}.\n` });
    const person = await holder((await root.call<Role>("GET", `/admin/roles/${encodeURIComponent(name)}`)).body);
    expect((await run("grant", name, "s:two", "s:one")).out).toContain(`1 account with ${name} now has s:two.`);
    expect((await run("revoke", name, "s:one")).out).toContain("no longer has s:one");
    const top = await role(["s:top"]);
    expect((await run("parent", name, top.name)).out).toContain("now has s:top");
    expect(await granted(person)).toEqual(["s:two", "s:top"]);
    expect((await run("list", name)).out).toContain(`s:top\tfrom ${top.name}`);
    expect((await run("list")).out).toContain("rootAdmin\t");
    expect((await run("parent", name, "--none")).out).toContain("no longer has s:top");
    expect((await run("delete", name)).out).toMatch(/now has no role, and so what default gives/);
    expect(await granted(person)).toEqual([...defaultRoleGrants]);
    expect(
      sql("select distinct action from audit_log where action like 'panel.role.%' order by action").map(
        ({ action }) => action,
      ),
    ).toEqual(["panel.role.create", "panel.role.delete", "panel.role.grant", "panel.role.parent", "panel.role.revoke"]);
  });

  test.each([
    ["no act", [], /What about roles/],
    ["a role that is none", ["grant", "wizard", "a:b"], /no such role/],
    ["a grant that is none", ["grant", "default", "A:b"], /lower case/],
    ["emptying rootAdmin", ["revoke", "rootAdmin", "*"], /always/],
    ["staff rights for everybody", ["grant", "default", "users:read"], /Everybody without a role/],
    ["no parent", ["parent", "default"], /Which parent/],
  ])("says a sentence and exits 1 for %s", async (_what, args, sentence) => {
    const { code, error } = await panelCommand(panel.dataDir, ["role", ...args]);
    expect(error).toMatch(sentence);
    expect(error).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  });
});
