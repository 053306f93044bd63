/** Accounts that are to be deleted: shut at once, kept if somebody says so in time, and then gone with all that is theirs. */
import bcrypt from "bcryptjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { lastToken, outboxOf } from "../support/outbox.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { signIn } from "../support/sign-in.ts";
import { insertServer, type Sql, sqlOf } from "../support/stage.ts";

const PASSWORD = "a harbour in the fog";
/** Quick to compare with. */
const passwordHash = bcrypt.hashSync(PASSWORD, 4);
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
  const { id, call } = await panel.person(`Leaving ${sequence}`);
  sql.run("update users set password_hash = ? where id = ?", passwordHash, id);
  return { id, email, call };
}

const dueAt = (id: string) =>
  sql.get<{ at: number | null }>("select deletion_due_at as at from users where id = ?", id)?.at;

const deletionOf = (id: string) =>
  sql.get<{ id: string; state: string; message: string }>(
    "select * from deletions where user_id = ? order by id desc",
    id,
  );

/** As if the days had gone by. */
async function pass(id: string): Promise<void> {
  sql.run("update users set deletion_due_at = ? where id = ?", Date.now() - 1, id);
  sql.run("update deletions set due_at = ? where user_id = ?", Date.now() - 1, id);
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
    const { token } = (
      await person.call<{ token: string }>("POST", "/account/tokens", { name: "A script", mode: "full" })
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
    expect((await panel.call("GET", "/account", undefined, { authorization: `Bearer ${token}` })).status).toBe(401);
  });

  test("signing in keeps it: not before the password is right, and not once it is due", async () => {
    const person = await somebody();
    await person.call("DELETE", "/account", { email: person.email });
    expect((await signIn(person.email, "another one", { address: "192.0.2.201" })).status).toBe(401);
    expect(dueAt(person.id)).not.toBeNull();
    expect((await signIn(person.email, PASSWORD, { address: "192.0.2.201" })).status).toBe(200);
    expect(dueAt(person.id)).toBeNull();
    expect(deletionOf(person.id)).toMatchObject({ state: "cancelled" });
    await pass("nobody");
    expect(sql.get("select 1 as there from users where id = ?", person.id)).toEqual({ there: 1 });
    const late = await somebody();
    await late.call("DELETE", "/account", { email: late.email });
    sql.run("update users set deletion_due_at = ? where id = ?", Date.now() - 1, late.id);
    expect((await signIn(late.email, PASSWORD, { address: "192.0.2.203" })).status).toBe(401);
  });

  test("a forgotten password is set anew by the mail, which keeps nothing; signing in with it does", async () => {
    const person = await somebody();
    await person.call("DELETE", "/account", { email: person.email });
    await panel.call("POST", "/password-reset", { email: person.email });
    await runJobs();
    const mail = (await outboxOf(person.email)).find(({ template }) => template === "reset");
    expect(mail?.text).toMatch(/is to be deleted on \d{4}-\d\d-\d\d.*sign in with it before then/);
    const password = "a lantern above the quay";
    const token = await lastToken(person.email);
    expect((await panel.call("POST", "/password-reset/complete", { token, password })).status).toBe(200);
    expect(dueAt(person.id)).not.toBeNull();
    expect((await signIn(person.email, password, { address: "192.0.2.206" })).status).toBe(200);
    expect(dueAt(person.id)).toBeNull();
  });

  test("nobody gets such a mail whose account staff closed, or once it is due; a link from before opens neither", async () => {
    const [closed, late] = [await somebody(), await somebody()];
    await root.call("DELETE", `/admin/users/${closed.id}`);
    await late.call("DELETE", "/account", { email: late.email });
    await panel.call("POST", "/password-reset", { email: late.email });
    await runJobs();
    const token = await lastToken(late.email);
    sql.run("update users set deletion_due_at = ? where id = ?", Date.now() - 1, late.id);
    expect(
      (await panel.call("POST", "/password-reset/complete", { token, password: "a lantern above the quay" })).status,
    ).toBe(403);
    sql.run("delete from mails where template = 'reset'");
    for (const { email } of [closed, late]) await panel.call("POST", "/password-reset", { email });
    await runJobs();
    expect(sql.all("select 1 from mails where template = 'reset'")).toEqual([]);
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
    // It was not their own wish, so they cannot undo it.
    expect((await signIn(person.email, PASSWORD, { address: "192.0.2.204" })).status).toBe(401);
    expect((await root.call("POST", `/admin/users/${person.id}/reset-link`)).status).toBe(409);
    expect((await root.call("POST", `/admin/users/${person.id}/keep`)).body).toMatchObject({ changed: true });
    expect((await signIn(person.email, PASSWORD, { address: "192.0.2.202" })).status).toBe(200);
    await pass("nobody");
    expect(sql.get("select 1 as there from users where id = ?", person.id)).toEqual({ there: 1 });
  });

  test("they see what it owns, and say what becomes of it; only who may delete is told", async () => {
    const [person, heir] = [await somebody(), await somebody()];
    const handle = `chosen-${sequence}`;
    await person.call("POST", "/organisations", { name: "Chosen", handle });
    await root.call("POST", `/organisations/${handle}/members`, { email: heir.email, role: "admin" });
    interface Opened {
      leaving: { organisations: { id: string; name: string; admins: { id: string; email: string }[] }[] } | null;
    }
    const open = async (as: Person) => (await as.call<Opened>("GET", `/admin/users/${person.id}`)).body.leaving;
    expect(await open(await panel.person(`Looker ${sequence}`, ["users:read"]))).toBeNull();
    const owned = (await open(root))?.organisations;
    expect(owned).toMatchObject([{ name: "Chosen", admins: [{ id: heir.id, email: "l•••@e•••.org" }] }]);
    const remove = (choices?: unknown) => root.call("DELETE", `/admin/users/${person.id}`, { choices });
    expect(await remove()).toMatchObject({ status: 409, body: { message: expect.stringContaining("Chosen") } });
    expect((await remove([{ organisation: owned?.[0]?.id, handOverTo: heir.id }])).status).toBe(200);
    await pass(person.id);
    expect(
      sql.get(
        "select role from organisation_members m join organisations o on o.id = m.organisation_id where handle = ? and user_id = ?",
        handle,
        heir.id,
      ),
    ).toEqual({ role: "owner" });
  });

  test("of many at once they see what each owns: of each just what its own page says", async () => {
    const [plain, owner, hoster, heir] = [await somebody(), await somebody(), await somebody(), await somebody()];
    for (const name of ["Second", "First"]) {
      const handle = `${name.toLowerCase()}-${sequence}`;
      await owner.call("POST", "/organisations", { name, handle });
      await root.call("POST", `/organisations/${handle}/members`, { email: heir.email, role: "admin" });
      await root.call("POST", `/organisations/${handle}/members`, { email: plain.email, role: "member" });
    }
    const zone = { name: `many${sequence}.example`, connection: "local" };
    await root.call("POST", `/organisations/first-${sequence}/dns/zones`, zone);
    const organisation = sql.get<{ id: string }>("select id from organisations where handle = ?", `first-${sequence}`);
    const server = insertServer(sql, organisation?.id ?? "");
    sql.run("update servers set organisation_id = null, user_id = ? where id = ?", hoster.id, server);
    const users = [plain, owner, hoster, heir].map(({ id }) => id);
    const leaving = (who: Person, ids: string[]) =>
      who.call<{ items: { id: string; organisations: unknown[]; servers: number }[] }>("POST", "/admin/leaving", {
        users: ids,
      });
    const { items } = (await leaving(root, [...users, "nobody", owner.id])).body;
    expect(items.map(({ id, servers }) => [id, servers])).toEqual([
      [owner.id, 0],
      [hoster.id, 1],
    ]);
    expect(items[0]?.organisations).toMatchObject([
      { name: "First", members: 2, zones: 1, admins: [{ id: heir.id, email: "l•••@e•••.org" }] },
      { name: "Second", members: 2, zones: 0, admins: [{ id: heir.id }] },
    ]);
    for (const { id, organisations } of items) {
      const { body } = await root.call<{ leaving: { organisations: unknown[] } }>("GET", `/admin/users/${id}`);
      expect(organisations).toEqual(body.leaving.organisations);
    }
    expect((await leaving(await panel.person("Looks alone", ["users:read"]), users)).status).toBe(403);
    expect((await leaving(root, [])).body).toMatchObject({ fields: { users: "Name at least one account." } });
  });

  test("nobody deletes an account that holds more than they do, and the last that holds everything stays", async () => {
    const clerk = await panel.person("Clerk", ["users:delete", "soc:read"]);
    expect(await clerk.call("DELETE", `/admin/users/${root.id}`)).toMatchObject({ status: 403 });
    expect(dueAt(root.id)).toBeNull();
  });
});

describe("when it is due", () => {
  test("everything of the account is gone, and the log says that it was deleted", async () => {
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
    const zones = [{ name: `crew${sequence}.example`, text: "www 300 IN A 192.0.2.1\n" }];
    const bundle = await person.call("POST", `/organisations/${organisation}/dns/import`, {
      mode: "merge",
      zones,
    });
    expect(bundle.status).toBe(202);
    await root.call("DELETE", `/admin/users/${person.id}`);
    await pass(person.id);
    for (const { name } of sql.all<{ name: string }>("select name from sqlite_master where type = 'table'")) {
      const rows = JSON.stringify(sql.all(`select * from "${name}"`));
      expect(rows.includes(person.email), name).toBe(false);
      if (name !== "audit_log" && name !== "zone_changes") expect(rows.includes(person.id), name).toBe(false);
    }
    expect(
      sql.get("select action, target_label from audit_log where target_id = ? order by id desc limit 1", person.id),
    ).toEqual({ action: "accounts.delete", target_label: "deleted account" });
    expect((await owner.call("GET", `/organisations/${organisation}`)).status).toBe(200);
    // The address is free again.
    const again = await root.call("POST", "/admin/users", { name: "New", email: person.email, password: PASSWORD });
    expect(again.status).toBe(201);
  });

  test("what stays of others that it had a hand in does not name it", async () => {
    const person = await somebody();
    const owner = await somebody();
    const path = `/organisations/hands-${sequence}`;
    const made = { name: "Hands", handle: path.split("/").at(-1) };
    const { id } = (await owner.call<{ id: string }>("POST", "/organisations", made)).body;
    await root.call("POST", `${path}/members`, { email: person.email, role: "admin" });
    const name = `hands${sequence}.example`;
    await root.call("POST", `${path}/dns/zones`, { name, connection: "local" });
    expect((await person.call("DELETE", `${path}/dns/zones/${name}`, { name })).status).toBe(200);
    const server = insertServer(sql, id);
    sql.run(
      "insert into server_schedules (id, server_id, name, cron, timezone, created_at, updated_at) values ('s', ?, 's', '0 0 * * *', 'UTC', 0, 0)",
      server,
    );
    const runs = [person.email, `${person.email} (token zg_abc)`, `${person.email}.au`];
    for (const by of runs)
      sql.run(
        "insert into schedule_runs (id, schedule_id, steps, state, by_label, started_at) values (?, 's', '[]', 'done', ?, 1)",
        by,
        by,
      );
    await root.call("DELETE", `/admin/users/${person.id}`);
    await pass(person.id);
    const by = (await owner.call<{ items: { by: string }[] }>("GET", `${path}/dns/deleted-zones`)).body.items;
    expect(by).toMatchObject([{ by: "deleted account" }]);
    expect(sql.all("select by_label as by from schedule_runs order by length(id)")).toEqual([
      { by: "deleted account" },
      { by: runs[2] },
      { by: "deleted account" },
    ]);
  });

  test("it is handed no organisation any more, and stays while it owns one however that came", async () => {
    const [owner, person] = [await somebody(), await somebody()];
    const handle = `handed-${sequence}`;
    await owner.call("POST", "/organisations", { name: "Handed", handle });
    await root.call("POST", `/organisations/${handle}/members`, { email: person.email, role: "member" });
    await root.call("DELETE", `/admin/users/${person.id}`);
    expect((await owner.call("POST", `/organisations/${handle}/owner`, { user: person.id })).status).toBe(409);
    sql.run("delete from organisation_members where user_id = ?", owner.id);
    sql.run("update organisation_members set role = 'owner' where user_id = ?", person.id);
    await pass(person.id);
    expect(sql.get("select 1 as there from users where id = ?", person.id)).toEqual({ there: 1 });
  });
});

describe("what it owns", () => {
  async function owner() {
    const person = await somebody();
    const handle = `fleet-${sequence}`;
    await person.call("POST", "/organisations", { name: "Fleet", handle });
    const zone = `fleet${sequence}.example`;
    expect(
      (await root.call("POST", `/organisations/${handle}/dns/zones`, { name: zone, connection: "local" })).status,
    ).toBe(201);
    const id = sql.get<{ id: string }>("select id from organisations where handle = ?", handle)?.id ?? "";
    return { person, handle, zone: `${zone}.`, id };
  }
  const leave = (person: Awaited<ReturnType<typeof somebody>>, choices: unknown) =>
    person.call<{ code: string }>("DELETE", "/account", { email: person.email, choices });
  const zones = (organisation: string) =>
    sql.all<{ name: string }>("select name from zones where organisation_id = ?", organisation);

  test("is shown before, and an admin has it afterwards", async () => {
    const { person, handle, id, zone } = await owner();
    const heir = await somebody();
    const member = await somebody();
    await root.call("POST", `/organisations/${handle}/members`, { email: heir.email, role: "admin" });
    await root.call("POST", `/organisations/${handle}/members`, { email: member.email, role: "member" });
    expect((await person.call("GET", "/account/deletion")).body).toMatchObject({
      days: 14,
      effects: { organisations: [{ id, name: "Fleet", members: 2, zones: 1, admins: [{ id: heir.id }] }] },
    });
    // Nobody but an admin, and not nobody.
    expect((await leave(person, [])).status).toBe(409);
    expect((await leave(person, [{ organisation: id, handOverTo: member.id }])).status).toBe(409);
    expect((await leave(person, [{ organisation: id, handOverTo: heir.id }])).status).toBe(200);
    await pass(person.id);
    expect(sql.get("select role from organisation_members where user_id = ?", heir.id)).toEqual({ role: "owner" });
    expect(zones(id)).toEqual([{ name: zone }]);
    expect(sql.get("select 1 as there from users where id = ?", person.id)).toBeUndefined();
  });

  test("waits where the heir has gone, says so, and goes on once staff have chosen again", async () => {
    const { person, handle, id } = await owner();
    const heir = await somebody();
    await root.call("POST", `/organisations/${handle}/members`, { email: heir.email, role: "admin" });
    await leave(person, [{ organisation: id, handOverTo: heir.id }]);
    await root.call("DELETE", `/organisations/${handle}/members/${heir.id}`);
    await pass(person.id);
    expect(deletionOf(person.id)).toMatchObject({ state: "waiting", message: expect.stringContaining("Fleet") });
    expect(zones(id)).toHaveLength(1);
    const deletion = deletionOf(person.id)?.id;
    const clerk = await panel.person(`Clerk ${sequence}`, ["deletions:write", "users:delete", "soc:read"]);
    expect((await clerk.call("GET", `/admin/deletions/${deletion}`)).body).toMatchObject({
      effects: { organisations: [{ id, zones: 1 }] },
    });
    // Somebody with less than the account has does not decide about it.
    expect(
      (
        await clerk.call("PUT", `/admin/deletions/${deletion}/choices`, {
          choices: [{ organisation: id, handOverTo: null }],
        })
      ).status,
    ).toBe(403);
    const choose = await root.call("PUT", `/admin/deletions/${deletion}/choices`, {
      choices: [{ organisation: id, handOverTo: null }],
    });
    expect(choose.status).toBe(200);
    await pass(person.id);
    expect(sql.get("select 1 as there from users where id = ?", person.id)).toBeUndefined();
    expect(zones(id)).toEqual([]);
  });

  test("waits while the heir is suspended: nobody could look after it", async () => {
    const { person, handle, id } = await owner();
    const heir = await somebody();
    await root.call("POST", `/organisations/${handle}/members`, { email: heir.email, role: "admin" });
    await leave(person, [{ organisation: id, handOverTo: heir.id }]);
    await root.call("POST", `/admin/users/${heir.id}/suspend`, { reason: "Was not what they said" });
    await pass(person.id);
    expect(deletionOf(person.id)).toMatchObject({ state: "waiting", message: expect.stringContaining("suspended") });
    await root.call("POST", `/admin/users/${heir.id}/unsuspend`);
    await pass(person.id);
    expect(sql.get("select role from organisation_members where user_id = ?", heir.id)).toEqual({ role: "owner" });
  });

  test("is named by its id, and by nothing that is longer", async () => {
    const person = await somebody();
    const long = "x".repeat(4000);
    for (const choice of [
      { organisation: long, handOverTo: null },
      { organisation: "x", handOverTo: long },
    ])
      expect((await leave(person, [choice])).status).toBe(422);
  });

  test("goes with its zones, which can be brought back for their own time; members are told, and it goes after that", async () => {
    const { person, handle, id } = await owner();
    const member = await somebody();
    await root.call("POST", `/organisations/${handle}/members`, { email: member.email, role: "member" });
    await leave(person, [{ organisation: id, handOverTo: null }]);
    expect(
      sql.get("select 1 as told from mails where recipient = ? and template = 'organisation-ending'", member.email),
    ).toEqual({
      told: 1,
    });
    await pass(person.id);
    expect(sql.get("select 1 as there from users where id = ?", person.id)).toBeUndefined();
    expect(zones(id)).toEqual([]);
    expect(sql.get("select state, user_id from deletions where choices like ?", `%${id}%`)).toEqual({
      state: "closing",
      user_id: null,
    });
    expect((await member.call("GET", `/organisations/${handle}`)).status).toBe(200);
    sql.run("delete from deleted_zones where organisation_id = ?", id);
    await pass("nobody");
    expect((await member.call("GET", `/organisations/${handle}`)).status).toBe(404);
  });

  test("somebody who joined meanwhile is not surprised", async () => {
    const { person, handle, id } = await owner();
    await leave(person, [{ organisation: id, handOverTo: null }]);
    const late = await somebody();
    await root.call("POST", `/organisations/${handle}/members`, { email: late.email, role: "member" });
    sql.run("update organisation_members set created_at = ? where user_id = ?", Date.now() + 1000, late.id);
    await pass(person.id);
    expect(deletionOf(person.id)).toMatchObject({ state: "waiting", message: expect.stringContaining("joined") });
  });
});

describe("staff", () => {
  test("expedite within their ceiling and cancel with another permission", async () => {
    const person = await somebody();
    await person.call("DELETE", "/account", { email: person.email });
    const deletion = deletionOf(person.id)?.id;
    const clerk = await panel.person(`Expeditor ${sequence}`, ["deletions:write"]);
    expect((await clerk.call("POST", `/admin/deletions/${deletion}/expedite`)).status).toBe(403);
    expect((await clerk.call("POST", `/admin/deletions/${deletion}/cancel`)).status).toBe(403);
    expect(
      sql.all("select target_type, target_id, outcome from audit_log where actor_id = ? order by at, id", clerk.id),
    ).toEqual([1, 2].map(() => ({ target_type: "account", target_id: person.id, outcome: "refused" })));
    expect((await root.call("POST", `/admin/deletions/${deletion}/expedite`)).status).toBe(200);
    await runJobs();
    expect(sql.get("select 1 as there from users where id = ?", person.id)).toBeUndefined();
    expect((await root.call("POST", `/admin/deletions/${deletion}/expedite`)).status).toBe(409);
    const kept = await somebody();
    await kept.call("DELETE", "/account", { email: kept.email });
    expect((await root.call("POST", `/admin/deletions/${deletionOf(kept.id)?.id}/cancel`)).status).toBe(200);
    expect((await signIn(kept.email, PASSWORD, { address: "192.0.2.210" })).status).toBe(200);
  });
});
