/** What nodes report of servers, as it is kept and shown: so much of it, and nobody of the staff by name. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { letIn, type Placed, placeNode } from "../support/placed-server.ts";
import { type Sql, sqlOf } from "../support/stage.ts";
import { headersOf } from "../support/wings.ts";

let panel: Panel;
let placed: Placed;
let sql: Sql;
let owner: Person;
let server: { id: string; uuid: string };

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  sql = await sqlOf();
  placed = await placeNode(panel);
  owner = await panel.person("Owner of servers", []);
});
beforeEach(async () => {
  server = await placed.server(owner);
});
afterAll(async () => {
  await placed.wings.close();
  await panel.close();
});

const item = (user: Person | null, command: string, at = Date.now()) => ({
  user: user?.id ?? "",
  server: server.uuid,
  event: "server:console.command",
  metadata: { command },
  ip: "192.0.2.9",
  timestamp: new Date(at).toISOString(),
});
const report = async (...data: object[]) =>
  expect(
    (
      await panel.call(
        "POST",
        "/remote/activity",
        { data },
        headersOf(placed.wings.config ?? { token: "", token_id: "" }),
      )
    ).status,
  ).toBe(204);
const activity = async () =>
  (
    await owner.call<{ items: { source: string; by: string | null; details: { command: string } | null }[] }>(
      "GET",
      `/servers/${server.id}/activity`,
    )
  ).body.items;

test("whoever used it through a permission is staff there; whoever has it, is in it or was in it is named", async () => {
  const staff = await panel.person("Staff", ["commands:execute"]);
  const [guest, before] = [await panel.person("Guest"), await panel.person("Guest before")];
  await letIn(server.id, guest, ["console"]);
  await letIn(server.id, before, ["console"]);
  for (const one of [staff, before]) expect((await one.call("POST", `/servers/${server.id}/console`)).status).toBe(200);
  sql.run("delete from server_subusers where server_id = ? and user_id = ?", server.id, before.id);
  const [admin, organisation] = [await panel.person("Admin"), `of-${server.id}`];
  await report(...[null, staff, owner, guest, before].map((who, n) => item(who, "say hi", Date.now() + n)));
  const named = async () =>
    (await activity())
      .filter(({ source }) => source === "node")
      .map(({ by }) => by)
      .toReversed();
  expect(await named()).toEqual([null, "Staff", owner.email, guest.email, before.email]);
  sql.run(
    "insert into organisations (id, handle, name, created_at) values (?, ?, 'Some', 0)",
    organisation,
    organisation,
  );
  for (const [person, role] of [
    [admin, "admin"],
    [owner, "owner"],
  ] as const)
    sql.run(
      "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, ?, 0)",
      organisation,
      person.id,
      role,
    );
  sql.run("update servers set user_id = null, organisation_id = ? where id = ?", organisation, server.id);
  await report(item(admin, "say hi", Date.now() + 60_000));
  expect(await named()).toEqual([null, "Staff", owner.email, guest.email, before.email, admin.email]);
});

test("nothing is told of a time before the server was made", async () => {
  const made = Date.now() - 60_000;
  sql.run("update servers set created_at = ? where id = ?", made, server.id);
  await report(item(owner, "before", made - 1000), item(owner, "after", made + 1000));
  const told = (await activity()).filter(({ source }) => source === "node").map(({ details }) => details?.command);
  expect(told).toEqual(["after"]);
});

test("the newest ten thousand of a server are kept, and nothing of another’s goes for them", async () => {
  const mine = server;
  server = await placed.server(owner);
  const other = server;
  await report(item(owner, "of the other", Date.now()));
  server = mine;
  sql.run(
    `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 10000)
     insert into server_reports (id, server_id, event, details, at, received_at, digest)
     select ? || n, ?, 'server:console.command', json_object('command', 'old ' || n), n, 0, n from numbers`,
    `${mine.id}-`,
    mine.id,
  );
  await report(item(owner, "new 1", Date.now()), item(owner, "new 2", Date.now() + 1000));
  const kept = sql.all<{ command: string }>(
    "select details ->> 'command' as command from server_reports where server_id = ? order by at",
    mine.id,
  );
  expect([kept.length, kept[0]?.command, kept.at(-1)?.command]).toEqual([10_000, "old 3", "new 2"]);
  expect(sql.all("select 1 from server_reports where server_id = ?", other.id)).toHaveLength(1);
});
