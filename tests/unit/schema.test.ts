import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { getTableColumns, is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Db, open } from "#db/client.ts";
import { type LogsDb, openLogs } from "#db/logs/client.ts";
import * as logs from "#db/logs/schema.ts";
import { migrate } from "#db/migrate.ts";
import * as schema from "#db/schema/index.ts";

const folder = mkdtempSync(path.join(tmpdir(), "zonegate-schema-"));
const tablesOf = (of: object) => Object.values(of).filter((value) => is(value, SQLiteTable)) as SQLiteTable[];
const tables = [...tablesOf(schema), ...tablesOf(logs)];
let db: Db;
let logsDb: LogsDb;

beforeAll(() => {
  db = open(path.join(folder, "panel.db"));
  migrate(db);
  logsDb = openLogs(path.join(folder, "logs.db"));
});
afterAll(() => {
  logsDb.$client.close();
  db.$client.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each(tables.map((table) => [getTableConfig(table).name, table] as const))(
  "%s is what its migrations make, and strict",
  (name, table) => {
    const { $client } = Object.values(logs).includes(table as never) ? logsDb : db;
    const stored = $client.prepare(`select name, type, "notnull" from pragma_table_info(?)`).all(name) as {
      name: string;
      type: string;
      notnull: number;
    }[];
    const declared = Object.values(getTableColumns(table)).map((column) => ({
      name: column.name,
      type: column.getSQLType().toUpperCase(),
      notnull: Number(column.notNull),
    }));
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
    expect(stored.map((column) => ({ ...column, type: column.type.toUpperCase() })).toSorted(byName)).toEqual(
      declared.toSorted(byName),
    );
    expect($client.prepare("select strict from pragma_table_list where name = ?").get(name)).toEqual({ strict: 1 });
    const indexes = getTableConfig(table).indexes.map((index) => index.config.name);
    const made = $client.prepare("select name from sqlite_master where type = 'index' and tbl_name = ?").all(name) as {
      name: string;
    }[];
    expect(made.map((index) => index.name)).toEqual(expect.arrayContaining(indexes));
  },
);

test("migrating twice changes nothing, and a database from the future is refused", () => {
  migrate(db);
  db.$client.prepare("insert into __drizzle_migrations (hash, created_at) values ('later', 99999999999999)").run();
  expect(() => migrate(db)).toThrow(/newer Zonegate/);
  db.$client.prepare("delete from __drizzle_migrations where hash = 'later'").run();
});

test("the audit log is neither changed nor shortened", () => {
  db.$client
    .prepare(
      "insert into audit_log (id, at, actor_type, actor_label, action, target_type, target_label, outcome) values ('1', unixepoch() * 1000, 'system', 's', 'a', 't', 'l', 'done')",
    )
    .run();
  expect(() => db.$client.prepare("update audit_log set actor_label = 'x'").run()).toThrow(/never changed/);
  expect(() => db.$client.prepare("delete from audit_log").run()).toThrow(/never shortened/);
});

test("flags off the ladder cannot be written", () => {
  db.$client.pragma("foreign_keys = OFF");
  const insert = db.$client.prepare(
    "insert into zone_permissions (zone_id, user_id, can_view, can_modify, can_delete, created_at) values ('z', ?, ?, ?, ?, 0)",
  );
  for (const [view, modify, remove] of [
    [0, 1, 0],
    [0, 0, 1],
    [1, 0, 1],
    [0, 1, 1],
  ])
    expect(() => insert.run("u", view, modify, remove)).toThrow(/CHECK/);
  for (const [user, flags] of [
    ["none", [0, 0, 0]],
    ["view", [1, 0, 0]],
    ["edit", [1, 1, 0]],
    ["full", [1, 1, 1]],
  ] as const)
    insert.run(user, ...flags);
  db.$client.pragma("foreign_keys = ON");
});
