/** A database of an earlier panel, with zones, records, history and levels, as this version finds it. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Db, open } from "#db/client.ts";
import { migrate } from "#db/migrate.ts";

/** The last migration before the mirror had generations. */
const BEFORE = 6;
/** The last that kept what deleted zones held in a table of its own. */
const DELETED_APART = 36;
/** The last that did not know up to where the rows of a zone are in order. */
const IN_NO_ORDER = 38;
/** The last that kept addresses of accounts that are gone where nobody looked for them. */
const STILL_NAMED = 40;
const folder = mkdtempSync(path.join(tmpdir(), "zonegate-upgrade-"));
let db: Db;

beforeAll(() => {
  db = open(path.join(folder, "panel.db"));
  migrate(db, earlier(BEFORE));
  fill();
  migrate(db, earlier(DELETED_APART));
  deleteOne();
  migrate(db, earlier(IN_NO_ORDER));
  addLate();
  migrate(db, earlier(STILL_NAMED));
  nameTheGone();
  migrate(db);
});
afterAll(() => {
  db.$client.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The migrations as they were then. */
function earlier(last: number): string {
  const root = path.join(folder, `earlier-${last}`);
  mkdirSync(root);
  cpSync("drizzle", path.join(root, "drizzle"), { recursive: true });
  const file = path.join(root, "drizzle", "meta", "_journal.json");
  const journal = JSON.parse(readFileSync(file, "utf8")) as { entries: { idx: number }[] };
  writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.filter(({ idx }) => idx <= last) }));
  return root;
}

/** What belongs before what is there, and then after it. */
function addLate(): void {
  const insert = db.$client.prepare(
    "insert into rrset_rows (generation, sort_key, type, name, ttl, records, record_count) select generation, ?, 'A', ? || name, 60, '[]', 0 from zones where id = 'late'",
  );
  db.$client
    .prepare(
      "insert into zones (id, organisation_id, connection, name, origin, status, created_at) values ('late', 'org', 'local', 'late.example.', 'created', 'active', 1)",
    )
    .run();
  for (const label of ["m", "n", "a", "z"]) insert.run(label, `${label}.`);
}

function fill(): void {
  const run = (text: string, ...values: unknown[]) => db.$client.prepare(text).run(...values);
  run("insert into users (id, name, email, created_at, updated_at) values ('ada', 'Ada', 'ada@example.org', 1, 1)");
  run("insert into organisations (id, handle, name, created_at) values ('org', 'org', 'Org', 1)");
  for (const zone of ["one", "two"]) {
    run(
      "insert into zones (id, organisation_id, connection, name, external_id, origin, status, created_at) values (?, 'org', 'local', ?, ?, 'created', 'active', 1)",
      zone,
      `${zone}.example.`,
      zone,
    );
    for (const [name, type, contents] of [
      ["www", "A", ["192.0.2.1", "192.0.2.2"]],
      ["mail", "TXT", ['"a lantern above the quay"']],
    ] as const)
      run(
        "insert into rrsets (zone_id, sort_key, type, name, ttl, records, record_count) values (?, ?, ?, ?, 60, ?, ?)",
        zone,
        name,
        type,
        `${name}.${zone}.example.`,
        JSON.stringify(contents.map((content, place) => ({ id: `${zone} ${name} ${place}`, content }))),
        contents.length,
      );
    run(
      "insert into zone_changes (id, zone_id, kind, state, plan, actor_type, actor_label, actor, created_at, revision) values (?, ?, 'change', 'applied', '[]', 'user', 'ada@example.org', '{}', 1, 1)",
      `change-${zone}`,
      zone,
    );
    run(
      "insert into zone_permissions (zone_id, user_id, can_view, can_modify, can_delete, created_at) values (?, 'ada', 1, 1, 0, 1)",
      zone,
    );
  }
}

/** A third zone, deleted as it was done then: one of its names has two records. */
function deleteOne(): void {
  const run = (text: string, ...values: unknown[]) => db.$client.prepare(text).run(...values);
  run(
    "insert into deleted_zones (id, organisation_id, connection, name, origin, deleted_at, description, revision, record_count, permissions, created_at, actor_label, at) values ('gone', 'org', 'local', 'gone.example.', 'created', 'provider', '', 4, 3, '[]', 1, 'ada@example.org', ?)",
    Date.now(),
  );
  for (const [key, type, name, contents] of [
    ["", "TXT", "gone.example.", ['"a kettle" " on the stove"']],
    ["www", "A", "www.gone.example.", ["192.0.2.1", "192.0.2.2"]],
  ] as const)
    run(
      "insert into deleted_rrsets (zone_id, sort_key, type, name, ttl, records) values ('gone', ?, ?, ?, 60, ?)",
      key,
      type,
      name,
      JSON.stringify(contents.map((content) => ({ content }))),
    );
}

const CSV = [
  ["of-gone", "q=former%40example.org&sort=-createdAt&state=a&state=b"],
  ["of-ada", "?q=Ada%40example.org"],
  ["of-eve", "q=eve%40example.org"],
  ["plain", "q=na%C3%AFve+caf%c3%a9%20100%&state=&x%5B%5D=%26%3D"],
  ["empty", ""],
  ["later", "q=later%2Btag%40example.org"],
] as const;
/** When the account `gone` was deleted, and its name taken out where it was found. */
const WENT = 1000;
const authorOf = (id: string) =>
  JSON.stringify({ id, token: null, mfa: "open", action: "x", address: "203.0.113.7", requestId: `asked-${id}` });

/** What earlier versions left of an account that is gone, beside the like of Ada's, who was `eve@example.org` before. */
function nameTheGone(): void {
  const run = (text: string, ...values: unknown[]) => db.$client.prepare(text).run(...values);
  const note = (
    id: string,
    at: number,
    action: string,
    target: [string, string, string],
    before: unknown,
    after: unknown,
  ) =>
    run(
      "insert into audit_log (id, at, actor_type, actor_id, actor_label, action, target_type, target_id, target_label, outcome, before, after) values (?, ?, 'user', 'ada', 'ada@example.org', ?, ?, ?, ?, 'done', ?, ?)",
      id,
      at,
      action,
      ...target,
      JSON.stringify(before),
      JSON.stringify(after),
    );
  for (const [id, query] of CSV)
    note(id, id === "later" ? WENT + 1 : 1, "staff.csv", ["tab", "users", "Users"], null, { query, privacy: "hidden" });
  note("told", 1, "staff.csv", ["tab", "users", "Users"], null, { query: { q: "kept" }, privacy: "hidden" });
  note("moved", 1, "account.email", ["account", "ada", "ada@example.org"], { email: "eve@example.org" }, {});
  note("went", WENT, "accounts.delete", ["account", "gone", "deleted account"], null, null);
  // A schedule with its server is more than this is about.
  db.$client.pragma("foreign_keys = OFF");
  for (const who of ["ada", "gone"]) {
    run(
      "insert into zone_changes (id, zone_id, kind, state, plan, actor_type, actor_id, actor_label, actor, created_at, revision) values (?, 'one', 'change', 'applied', '[]', 'token', ?, ?, ?, 1, 2)",
      `by-${who}`,
      who,
      who === "ada" ? "ada@example.org" : "deleted account",
      authorOf(who),
    );
    run(
      "insert into schedule_steps (id, schedule_id, position, kind, payload, author, author_id) values (?, 's', ?, 'command', 'say', ?, ?)",
      `by-${who}`,
      who === "ada" ? 0 : 1,
      authorOf(who),
      who,
    );
  }
  const steps = JSON.stringify(["gone", "ada"].map((who) => ({ kind: "command", wait: 0, author: authorOf(who) })));
  for (const [n, by] of [
    null,
    "former@example.org",
    "former@example.org (token zg_a)",
    "eve@example.org (token zg_b)",
  ].entries())
    run(
      "insert into schedule_runs (id, schedule_id, steps, state, by_label, started_at) values (?, 's', ?, 'done', ?, 1)",
      `run-${n}`,
      steps,
      by,
    );
  db.$client.pragma("foreign_keys = ON");
}

const all = (text: string) => db.$client.prepare(text).all();

test("knows up to where the rows of each zone are in order, and keeps to it", () => {
  const standing = (id: string) =>
    all(
      `select late, (select count(*) from rrset_rows r where r.generation = g.id and r.id <= ordered_to) as ordered from generations g where zone_id = '${id}'`,
    );
  expect(standing("one")).toEqual([{ ordered: 2, late: 0 }]);
  expect(standing("gone")).toEqual([{ ordered: 2, late: 0 }]);
  expect(standing("late")).toEqual([{ ordered: 2, late: 2 }]);
  db.$client.prepare("delete from zones where id = 'late'").run();
});

test("names no account that is gone, and hides and erases addresses in what files were asked for", () => {
  const asked = (
    db.$client.prepare("select id, after from audit_log where action = 'staff.csv'").all() as {
      id: string;
      after: string;
    }[]
  ).map(({ id, after }) => [id, JSON.parse(after) as unknown]);
  const query = (one: unknown) => ({ query: one, privacy: "hidden" });
  expect(Object.fromEntries(asked)).toEqual({
    "of-gone": query({ q: "deleted account", sort: "-createdAt", state: ["a", "b"] }),
    "of-ada": query({ q: "Ada@example.org" }),
    "of-eve": query({ q: "eve@example.org" }),
    plain: query({ q: "naïve café 100%", state: "", "x[]": "&=" }),
    empty: query({}),
    later: query({ q: "later+tag@example.org" }),
    told: query({ q: "kept" }),
  });
  const nowhere = (who: string) => JSON.stringify({ ...JSON.parse(authorOf(who)), address: null, requestId: null });
  const author = { ada: authorOf("ada"), gone: nowhere("gone") };
  expect(all("select author_id as who, author from schedule_steps order by 1")).toEqual([
    { who: "ada", author: author.ada },
    { who: "gone", author: author.gone },
  ]);
  expect(
    all("select actor_label as label, json_remove(actor, '$.label') as actor from zone_changes where revision = 2"),
  ).toEqual([
    { label: "ada@example.org", actor: author.ada },
    { label: "deleted account", actor: author.gone },
  ]);
  const steps = [author.gone, author.ada].map((one) => ({ kind: "command", wait: 0, author: one }));
  expect(all("select by_label as by, steps from schedule_runs order by id")).toEqual(
    [null, "deleted account", "deleted account", "eve@example.org (token zg_b)"].map((by) => ({
      by,
      steps: JSON.stringify(steps),
    })),
  );
  expect(() => db.$client.prepare("update audit_log set after = '{}'").run()).toThrow(/never changed/);
  for (const table of ["zone_changes where revision = 2", "schedule_runs", "schedule_steps"])
    db.$client.prepare(`delete from ${table}`).run();
});

test("has every record, counted as it was", () => {
  expect(all("select zone_id, name, type, record_count from rrsets order by zone_id, name")).toEqual([
    { zone_id: "one", name: "mail.one.example.", type: "TXT", record_count: 1 },
    { zone_id: "one", name: "www.one.example.", type: "A", record_count: 2 },
    { zone_id: "two", name: "mail.two.example.", type: "TXT", record_count: 1 },
    { zone_id: "two", name: "www.two.example.", type: "A", record_count: 2 },
  ]);
  expect(all("select id, record_count from zones order by id")).toEqual([
    { id: "one", record_count: 3 },
    { id: "two", record_count: 3 },
  ]);
  expect(all("select zone_id, type, sets, records from zone_types order by zone_id, type")).toEqual([
    { zone_id: "one", type: "A", sets: 1, records: 2 },
    { zone_id: "one", type: "TXT", sets: 1, records: 1 },
    { zone_id: "two", type: "A", sets: 1, records: 2 },
    { zone_id: "two", type: "TXT", sets: 1, records: 1 },
  ]);
});

test("finds each of its records by its id", () => {
  const found =
    "select i.id, r.name from record_ids i join rrset_rows r on r.id = i.row_id and r.generation = i.generation order by i.id";
  expect(all(found)).toEqual([
    { id: "one mail 0", name: "mail.one.example." },
    { id: "one www 0", name: "www.one.example." },
    { id: "one www 1", name: "www.one.example." },
    { id: "two mail 0", name: "mail.two.example." },
    { id: "two www 0", name: "www.two.example." },
    { id: "two www 1", name: "www.two.example." },
  ]);
});

test("has its history and its levels, and nothing that points nowhere", () => {
  expect(all("select id, revision from zone_changes order by id")).toEqual([
    { id: "change-one", revision: 1 },
    { id: "change-two", revision: 1 },
  ]);
  expect(all("select zone_id, can_modify from zone_permissions order by zone_id")).toEqual([
    { zone_id: "one", can_modify: 1 },
    { zone_id: "two", can_modify: 1 },
  ]);
  expect(all("pragma foreign_key_check")).toEqual([]);
  expect(all("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
});

test("is searched like one that was filled today, and goes on being counted", () => {
  expect(all("select count(*) as n from rrset_text where rrset_text match '\"lantern\"'")).toEqual([{ n: 2 }]);
  db.$client.prepare("delete from zones where id = 'two'").run();
  expect(all("select count(*) as n from rrset_text where rrset_text match '\"lantern\"'")).toEqual([{ n: 1 }]);
  expect(all("select id from rrset_rows where name like '%two.example.'")).toEqual([]);
});

test("has what a deleted zone held, ready to be the zone again, and tells nobody of it meanwhile", () => {
  expect(all("select id, zone_id from generations g where zone_id = 'gone'")).toEqual(
    all("select generation as id, id as zone_id from deleted_zones"),
  );
  expect(all("select 1 from rrsets where zone_id = 'gone'")).toEqual([]);
  const run = (text: string) => db.$client.prepare(text).run();
  run(
    "insert into zones (id, organisation_id, connection, name, origin, status, created_at, generation, record_count) select id, organisation_id, connection, name, origin, 'active', created_at, generation, record_count from deleted_zones",
  );
  run("delete from deleted_zones");
  expect(all("select name, type, ttl, records, record_count from rrsets where zone_id = 'gone' order by name")).toEqual(
    [
      {
        name: "gone.example.",
        type: "TXT",
        ttl: 60,
        records: '[{"content":"\\"a kettle\\" \\" on the stove\\""}]',
        record_count: 1,
      },
      {
        name: "www.gone.example.",
        type: "A",
        ttl: 60,
        records: '[{"content":"192.0.2.1"},{"content":"192.0.2.2"}]',
        record_count: 2,
      },
    ],
  );
  expect(all("select type, sets, records from zone_types where zone_id = 'gone' order by type")).toEqual([
    { type: "A", sets: 1, records: 2 },
    { type: "TXT", sets: 1, records: 1 },
  ]);
  // Indexed as the view says the line of each is.
  expect(
    all(
      "select g.zone_id from rrset_text t join generations g on g.id = t.rowid >> 36 where rrset_text match '\"kettle on\"'",
    ),
  ).toEqual([{ zone_id: "gone" }]);
  expect(all("select place from rrset_lines where place not in (select id from rrset_text_docsize)")).toEqual([]);
  expect(all("pragma foreign_key_check")).toEqual([]);
  run("delete from zones where id = 'gone'");
  expect(all("select 1 from generations where zone_id = 'gone'"), "and goes with it").toEqual([]);
});
