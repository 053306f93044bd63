/** What leaves the audit log, and when: what is old enough, and the names of those whose accounts are gone; nothing else, by no door. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { killedAt } from "../support/killed.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { insertServer, type Sql, sqlOf } from "../support/stage.ts";

const DAY = 86_400_000;
const environment = { ZONEGATE_TEST_HOOKS: "1" };
let panel: Panel;
let root: Person;
let sql: Sql;
let sequence = 0;

beforeAll(async () => {
  panel = await startPanel(environment);
  root = await panel.person("Root", "root");
  sql = await sqlOf();
});
afterAll(() => panel.close());

const entry = (at: number, action = "test.act") =>
  sql.run(
    "insert into audit_log (id, at, actor_type, actor_label, action, target_type, target_label, outcome) values (?, ?, 'system', 's', ?, 't', 'l', 'done')",
    `entry-${++sequence}`,
    at,
    action,
  );
const ageOf = (days: number) => Date.now() - days * DAY;
const count = (where: string) => sql.get<{ n: number }>(`select count(*) as n from audit_log where ${where}`)?.n ?? 0;
const due = () =>
  sql.run(
    "insert into jobs (id, kind, payload, due_at, created_at) values (?, 'audit.retention', '{}', 0, 0)",
    `shorten-${++sequence}`,
  );
const keep = (value: string | null) => {
  sql.run("delete from settings where key = 'logs.audit_days'");
  if (value !== null) sql.run("insert into settings (key, value, updated_at) values ('logs.audit_days', ?, 0)", value);
};

describe("the database itself", () => {
  test.each([
    ["nothing is set", null, 365],
    ["a hundred days are", "100", 100],
    ["fewer than it takes are", "1", 90],
    ["no number is", '"x"', 90],
    ["less than nothing is", "-5", 90],
  ])("where %s lets go of what is older, and of nothing younger", (_, value, days) => {
    keep(value);
    entry(ageOf(days) - 60_000, "test.old");
    entry(ageOf(days) + 60_000, "test.young");
    expect(() => sql.run("delete from audit_log where action = 'test.young'")).toThrow(/never shortened/);
    expect(() => sql.run("delete from audit_log")).toThrow(/never shortened/);
    sql.run("delete from audit_log where action = 'test.old'");
    expect(count("action = 'test.old'")).toBe(0);
    expect(count("action = 'test.young'")).toBeGreaterThan(0);
    keep(null);
  });

  test("keeps as long by default as the setting says that it does", async () => {
    const { catalogue } = await import("#lib/settings/catalogue.ts");
    expect(catalogue["logs.audit_days"].schema.parse(undefined)).toBe(365);
    const set = await root.call("PATCH", "/admin/settings", { "logs.audit_days": 89 });
    expect(set.status).toBe(422);
  });
});

test("what is old goes, a few hundred at a time, also after a kill; the log says how much", async () => {
  const old = 450;
  for (let n = 0; n < old; n++) entry(ageOf(366) - n, "test.bulk");
  for (let n = 0; n < 5; n++) entry(ageOf(364), "test.bulk");
  due();
  await killedAt("shortening", panel, environment, "due-jobs.ts");
  const left = count("action = 'test.bulk'");
  expect(left).toBeGreaterThan(5);
  expect(left).toBeLessThan(old + 5);
  sql.run("update jobs set due_at = 0 where state = 'running'");
  await runJobs();
  expect(count("action = 'test.bulk'")).toBe(5);
  const said = sql.all<{ after: string }>("select after from audit_log where action = 'audit.retention'");
  const total = said.map(({ after }) => (JSON.parse(after) as { entries: number }).entries).reduce((a, b) => a + b, 0);
  expect(total).toBeGreaterThanOrEqual(old);
});

test("a longer time is kept where it is set", async () => {
  keep("400");
  entry(ageOf(390), "test.kept");
  due();
  await runJobs();
  expect(count("action = 'test.kept'")).toBe(1);
  keep(null);
});

test("whose account is gone is named nowhere, in what they did and in what was done to them; of nobody else anything changes", async () => {
  const email = "vanishing@example.org";
  const person = await panel.person("Vanishing");
  const other = await panel.person("Staying here");
  const handle = "vanishing-works";
  await person.call("PATCH", "/account", { name: "Vanishing Person" });
  await person.call("POST", "/organisations", { name: "Works", handle });
  await root.call("POST", `/organisations/${handle}/members`, { email: other.email, role: "admin" });
  const zone = `/organisations/${handle}/dns/zones`;
  await root.call("POST", zone, { name: "vanishing.example", connection: "local" });
  const www = { name: "www", type: "A", ttl: 60, content: "192.0.2.1" };
  expect((await person.call("POST", `${zone}/vanishing.example/records`, www)).status).toBe(201);
  await other.call("POST", `${zone}/vanishing.example/records`, { ...www, name: "other" });
  await root.call("PATCH", `/admin/users/${person.id}`, { name: "Vanishing Otherwise" });
  const organisation = sql.get<{ id: string }>("select id from organisations where handle = ?", handle)?.id;
  // Steps from when they still said from where they were written; zone changes do so until their author is gone.
  const from = "203.0.113.77";
  sql.run("update zone_changes set actor = json_set(actor, '$.address', ?)", from);
  const server = insertServer(sql, organisation ?? "");
  const authors = [person, other].map(({ id }) =>
    JSON.stringify({ id, token: null, mfa: "open", action: "x", address: from, requestId: `asked-${id}` }),
  );
  sql.run(
    "insert into server_schedules (id, server_id, name, cron, created_at, updated_at) values ('theirs', ?, 'n', '* * * * *', 0, 0)",
    server,
  );
  for (const [position, author] of authors.entries())
    sql.run(
      "insert into schedule_steps (id, schedule_id, position, kind, payload, author, author_id) values (?, 'theirs', ?, 'command', 'say', ?, ?)",
      `theirs-${position}`,
      position,
      author,
      [person.id, other.id][position],
    );
  sql.run(
    "insert into schedule_runs (id, schedule_id, steps, state, started_at) values ('theirs', 'theirs', ?, 'done', 0)",
    JSON.stringify(authors.map((author) => ({ kind: "command", payload: "say", wait: 0, goesOn: 0, author }))),
  );
  await root.call("GET", `/admin/tabs/users/csv?${new URLSearchParams({ query: `q=${encodeURIComponent(email)}` })}`);
  const choices = [{ organisation, handOverTo: other.id }];
  expect((await person.call("DELETE", "/account", { email, choices })).status).toBe(200);
  // An address that ends like theirs is somebody else's.
  await root.call("POST", `/organisations/${handle}/members`, { email: `un${email}`, role: "member" });
  await root.call("POST", `/organisations/${handle}/members`, { email: `${email}.example`, role: "member" });
  const others = () =>
    JSON.stringify(
      sql.all(
        "select * from audit_log where actor_id is not ? and target_id is not ? and action <> 'staff.csv' order by rowid",
        person.id,
        person.id,
      ),
    );
  const before = others();
  const acts = count(`actor_id = '${person.id}'`);
  expect(acts).toBeGreaterThan(3);

  sql.run("update users set deletion_due_at = ? where id = ?", Date.now() - 1, person.id);
  sql.run("update deletions set due_at = ? where user_id = ?", Date.now() - 1, person.id);
  sql.run("insert into jobs (id, kind, payload, due_at, created_at) values ('d', 'accounts.delete', '{}', 0, 0)");
  await runJobs();
  expect(sql.all("select 1 from users where id = ?", person.id)).toEqual([]);
  for (const table of ["audit_log", "zone_changes", "jobs"]) {
    const kept = JSON.stringify(sql.all(`select * from ${table}`));
    expect(kept, table).not.toMatch(/\bvanishing(@|%40)example\.org(?!\.)|Vanishing (Person|Otherwise)/i);
  }
  const placed = [
    ...sql.all<{ who: string; author: string }>("select author_id as who, author from schedule_steps"),
    ...(JSON.parse(sql.get<{ steps: string }>("select steps from schedule_runs")?.steps ?? "[]") as {
      author: string;
    }[]),
    ...sql.all<{ author: string }>("select actor as author from zone_changes where actor_id is not null"),
  ].map(({ author }) => JSON.parse(author) as { id: string; address: string | null; requestId: string | null });
  for (const { id, address, requestId } of placed)
    expect([address === from, requestId !== null], id).toEqual(id === person.id ? [false, false] : [true, true]);
  expect(placed.filter(({ id }) => id === person.id).length).toBeGreaterThanOrEqual(3);
  // Their acts still belong together.
  expect(count(`actor_id = '${person.id}' and actor_label = 'deleted account'`)).toBe(acts);
  expect(others().startsWith(before.slice(0, -1))).toBe(true);
  expect(sql.all("select actor_label from zone_changes where actor_id = ?", other.id)).toEqual([
    { actor_label: other.email },
  ]);
});

test("an account that went before names were taken out, or where that came to no end, is named no more the night after", async () => {
  const [id, email, at] = ["gone-long-ago", "long.ago@example.org", ageOf(40)];
  const note = (action: string, actor: string | null, label: string, target: string, when = at) =>
    sql.run(
      "insert into audit_log (id, at, actor_type, actor_id, actor_label, action, target_type, target_id, target_label, outcome) values (?, ?, 'user', ?, ?, ?, 'account', ?, ?, 'done')",
      `ago-${++sequence}`,
      when,
      actor,
      label,
      action,
      target,
      email,
    );
  note("users.rename", id, email, id, at - DAY);
  note("accounts.delete", null, "panel", id);
  // Somebody else has the address by now.
  const heir = await panel.person("Heir");
  sql.run("update users set email = ? where id = ?", email, heir.id);
  note("users.rename", heir.id, email, heir.id, at + DAY);
  const night = async () => {
    const job = `night-${++sequence}`;
    sql.run(
      "insert into jobs (id, kind, payload, due_at, created_at) values (?, 'accounts.still-named', '{}', 0, 0)",
      job,
    );
    await runJobs();
  };
  await night();
  expect(sql.all("select distinct actor_label, target_label from audit_log where target_id = ?", id)).toEqual([
    { actor_label: "deleted account", target_label: "deleted account" },
    { actor_label: "panel", target_label: "deleted account" },
  ]);
  expect(count(`target_id = '${heir.id}' and target_label = '${email}'`)).toBe(1);
  await night();
  expect(sql.all("select 1 from jobs where kind = 'accounts.name-no-more'")).toEqual([]);
});

test("an entry is otherwise never changed, and of an account that is there nobody takes the name away", async () => {
  const there = await panel.person("There still");
  await there.call("PATCH", "/account", { name: "There" });
  const theirs = "where id = (select max(id) from audit_log where actor_id = ?)";
  for (const change of [
    "actor_label = 'deleted account'",
    "target_label = 'deleted account'",
    "before = null",
    "after = '{}'",
    "action = 'x'",
    "at = 1",
    "outcome = 'refused'",
  ])
    expect(() => sql.run(`update audit_log set ${change} ${theirs}`, there.id), change).toThrow(/never changed/);
  const gone = "where id = (select max(id) from audit_log where actor_label = 'deleted account')";
  // Also while the job runs that takes names away.
  sql.run(
    "insert into jobs (id, kind, payload, state, due_at, created_at) values ('running', 'accounts.name-no-more', ?, 'running', 9e15, 0)",
    JSON.stringify({ user: "gone", email: "gone@example.org", at: Date.now() }),
  );
  for (const change of ["actor_label = 'somebody else'", "action = 'x'", "at = 1", "actor_id = 'x'", "address = '::1'"])
    expect(() => sql.run(`update audit_log set ${change} ${gone}`), change).toThrow(/never changed/);
});
