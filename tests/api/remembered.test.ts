import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Panel, startPanel } from "../support/panel.ts";

let panel: Panel;
/** Another process on the same data, such as a command line. */
let beside: Database.Database;

beforeAll(async () => {
  panel = await startPanel();
  beside = new Database(path.join(panel.dataDir, "panel.db"));
});
afterAll(async () => {
  beside.close();
  await panel.close();
});

test("a setting that another process writes counts from the next request on, both ways", async () => {
  const ada = await panel.person("Ada");
  const zones = async () => (await ada.call("GET", "/dns/zones")).status;
  const write = (value: string) =>
    beside
      .prepare("insert into settings values ('feature.dns', ?, 1) on conflict do update set value = excluded.value")
      .run(value);
  expect(await zones()).toBe(200);
  write("false");
  expect(await zones()).toBe(503);
  expect(await zones()).toBe(503);
  write("true");
  expect(await zones()).toBe(200);
});

test("a grant that is taken by another process or by this one is gone at the next request, and so is a session", async () => {
  const { db } = await import("#db/client.ts");
  const staff = await panel.person("Staff", ["users:read"]);
  const users = async () => (await staff.call("GET", "/admin/users")).status;
  const own = db().$client;
  for (const handle of [beside, own]) {
    expect(await users()).toBe(200);
    const { role_id } = handle.prepare("select role_id from user_roles where user_id = ?").get(staff.id) as {
      role_id: string;
    };
    handle.prepare("delete from role_grants where role_id = ?").run(role_id);
    expect(await users()).toBe(403);
    handle.prepare("insert into role_grants (role_id, permission, position) values (?, 'users:read', 0)").run(role_id);
    expect(await users()).toBe(200);
  }
  beside.prepare("delete from sessions where user_id = ?").run(staff.id);
  expect(await users()).toBe(401);
});

test("what a transaction wrote and took back was never there for those who come after it", async () => {
  const { transaction } = await import("#db/client.ts");
  const { setSetting, setting } = await import("#lib/settings/settings.ts");
  expect(setting("limits.zones_per_organisation")).toBe(100);
  expect(() =>
    transaction((tx) => {
      setSetting("limits.zones_per_organisation", 7, tx);
      expect(setting("limits.zones_per_organisation")).toBe(7);
      throw new Error("taken back");
    }),
  ).toThrow("taken back");
  expect(setting("limits.zones_per_organisation")).toBe(100);
});

test("a statement that is kept gives rows the way that each caller asks for them", async () => {
  const { db } = await import("#db/client.ts");
  const text = "select 1 as one";
  expect(db().$client.prepare(text).raw().all()).toEqual([[1]]);
  expect(db().$client.prepare(text).all()).toEqual([{ one: 1 }]);
});
