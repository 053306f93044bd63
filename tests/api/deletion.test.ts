/** Accounts that are to be deleted: shut at once, kept if somebody says so in time, and then gone with all that is theirs. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { signIn } from "../support/sign-in.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

const PASSWORD = "a harbour in the fog";
const DAY = 86_400_000;
let panel: Panel;
let root: Person;
let sql: Sql;
let sequence = 0;

beforeAll(async () => {
  panel = await startPanel();
  root = await panel.person("Root", "root");
  sql = await sqlOf();
});
afterAll(() => panel.close());

async function somebody() {
  const email = `leaving.${++sequence}@example.org`;
  const made = await root.call<{ id: string }>("POST", "/admin/users", { name: "Leaving", email, password: PASSWORD });
  const { cookie = "" } = await signIn(email, PASSWORD, { address: `192.0.2.${sequence}` });
  const call = <T>(method: string, path: string, body?: unknown) =>
    panel.call<T>(method, path, body, { cookie: cookie ?? "" });
  return { id: made.body.id, email, call };
}

const dueAt = (id: string) =>
  sql.get<{ at: number | null }>("select deletion_due_at as at from users where id = ?", id)?.at;

/** As if the days had gone by. */
async function pass(id: string): Promise<void> {
  sql.run("update users set deletion_due_at = ? where id = ?", Date.now() - 1, id);
  sql.run(
    "insert into jobs (id, kind, payload, due_at, created_at) values (?, 'accounts.delete', '{}', 0, 0)",
    `due-${++sequence}`,
  );
  await runJobs();
}

describe("one's own account", () => {
  test("asks for its address, and signs out everywhere at once, tokens included", async () => {
    const person = await somebody();
    const { cookie: other } = await signIn(person.email, PASSWORD, { address: "192.0.2.200" });
    const { secret } = (
      await person.call<{ secret: string }>("POST", "/account/tokens", { name: "A script", mode: "full" })
    ).body;
    expect(await person.call("DELETE", "/account", { email: "somebody.else@example.org" })).toMatchObject({
      status: 422,
      body: { fields: { email: expect.any(String) } },
    });
    expect(dueAt(person.id)).toBeNull();
    const before = Date.now();
    const closed = await person.call<{ deletionDueAt: number }>("DELETE", "/account", { email: person.email });
    expect(closed.status).toBe(200);
    expect(closed.body.deletionDueAt).toBeGreaterThanOrEqual(before + 14 * DAY);
    expect((await person.call("GET", "/account")).status).toBe(401);
    expect((await panel.call("GET", "/account", undefined, { cookie: other ?? "" })).status).toBe(401);
    expect((await panel.call("GET", "/account", undefined, { authorization: `Bearer ${secret}` })).status).toBe(401);
    expect((await signIn(person.email, PASSWORD, { address: "192.0.2.201" })).status).toBe(401);
  });

  test("in a session that has lasted a while, only after a confirmation", async () => {
    const person = await somebody();
    sql.run("update sessions set confirmed_at = 0 where user_id = ?", person.id);
    expect(await person.call("DELETE", "/account", { email: person.email })).toMatchObject({
      status: 403,
      body: { code: "confirmation_required" },
    });
  });

  test("not while it owns an organisation, and not as one who holds everything", async () => {
    const person = await somebody();
    await person.call("POST", "/organisations", { name: "Harbour works", handle: `harbour-${sequence}` });
    expect(await person.call("DELETE", "/account", { email: person.email })).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining("Harbour works") },
    });
    await panel.person("Another root", "root");
    expect(await root.call("DELETE", "/account", { email: root.email })).toMatchObject({
      status: 409,
      body: { code: "last_root" },
    });
    expect([dueAt(person.id), dueAt(root.id)]).toEqual([null, null]);
  });
});

describe("by staff", () => {
  test("it can be kept until it is due", async () => {
    const person = await somebody();
    expect(await root.call("DELETE", `/admin/users/${person.id}`)).toMatchObject({
      status: 200,
      body: { changed: true },
    });
    expect((await person.call("GET", "/account")).status).toBe(401);
    expect((await root.call("POST", `/admin/users/${person.id}/reset-link`)).status).toBe(409);
    expect((await root.call("POST", `/admin/users/${person.id}/keep`)).body).toMatchObject({ changed: true });
    expect((await signIn(person.email, PASSWORD, { address: "192.0.2.202" })).status).toBe(200);
    await pass("nobody");
    expect(sql.get("select 1 as there from users where id = ?", person.id)).toEqual({ there: 1 });
  });

  test("nobody deletes an account that holds more than they do, and the last that holds everything stays", async () => {
    const clerk = await panel.person("Clerk", ["users:delete", "soc:read"]);
    expect(await clerk.call("DELETE", `/admin/users/${root.id}`)).toMatchObject({ status: 403 });
    expect(dueAt(root.id)).toBeNull();
  });
});

describe("when it is due", () => {
  test("everything of the account is gone, and the log still says who it was", async () => {
    const person = await somebody();
    const owner = await somebody();
    const organisation = `crew-${sequence}`;
    await owner.call("POST", "/organisations", { name: "Crew", handle: organisation });
    await root.call("POST", `/organisations/${organisation}/members`, { email: person.email, role: "admin" });
    await person.call("POST", `/organisations/${organisation}/members`, { email: "x@example.org", role: "member" });
    await root.call("POST", `/organisations/${organisation}/dns/zones`, {
      name: `crew${sequence}.example`,
      connection: "local",
    });
    await root.call(
      "PUT",
      `/organisations/${organisation}/dns/zones/crew${sequence}.example/permissions/${person.id}`,
      {
        level: "full",
      },
    );
    await root.call("DELETE", `/admin/users/${person.id}`);
    await pass(person.id);
    for (const { name } of sql.all<{ name: string }>("select name from sqlite_master where type = 'table'")) {
      if (name === "audit_log" || name === "zone_changes") continue;
      const rows = JSON.stringify(sql.all(`select * from "${name}"`));
      expect(rows.includes(person.id) || rows.includes(person.email), name).toBe(false);
    }
    expect(
      sql.get("select action, target_label from audit_log where target_id = ? order by id desc limit 1", person.id),
    ).toEqual({ action: "accounts.delete", target_label: person.email });
    expect((await owner.call("GET", `/organisations/${organisation}`)).status).toBe(200);
    // The address is free again.
    const again = await root.call("POST", "/admin/users", { name: "New", email: person.email, password: PASSWORD });
    expect(again.status).toBe(201);
  });

  test("it stays while it owns an organisation that it was handed in between", async () => {
    const [owner, person] = [await somebody(), await somebody()];
    const handle = `handed-${sequence}`;
    await owner.call("POST", "/organisations", { name: "Handed", handle });
    await root.call("POST", `/organisations/${handle}/members`, { email: person.email, role: "member" });
    await root.call("DELETE", `/admin/users/${person.id}`);
    await owner.call("POST", `/organisations/${handle}/owner`, { user: person.id });
    await pass(person.id);
    expect(sql.get("select 1 as there from users where id = ?", person.id)).toEqual({ there: 1 });
  });
});
