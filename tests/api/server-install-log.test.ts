/** What the last installation of a server wrote, for whoever may install it again, where its node tells it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { paper } from "../support/egg-files.ts";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { letIn, type Placed, placeNode } from "../support/placed-server.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

let panel: Panel;
let root: Person;
let owner: Person;
let sql: Sql;
let pelican: Placed;
let wings: Placed;
let egg: string;

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  root = await panel.person("Root", "root");
  owner = await panel.person("Owner");
  sql = await sqlOf();
  [pelican, wings] = [await placeNode(panel, "1.0.0-beta29"), await placeNode(panel)];
  const script = `printf '\\033[32mFetching\\033[0m\\r\\n'; echo "Version $BUILD"`;
  const text = JSON.stringify({ ...paper, scripts: { installation: { script, container: "i:1", entrypoint: "sh" } } });
  egg = (await root.call<{ id: string }>("POST", "/admin/eggs/import", { text })).body.id;
  for (const { node } of [pelican, wings])
    await root.call("POST", `/admin/nodes/${node}/allocations`, { ip: "127.0.0.1", ports: ["40000-40009"] });
});
afterAll(async () => {
  await pelican.wings.close();
  await wings.wings.close();
  await panel.close();
});

async function installed(place: Placed): Promise<string> {
  const given = { name: "Server", egg, node: place.node, memory: 64, disk: 64, owner: owner.email, start: false };
  const { id } = (await root.call<{ id: string }>("POST", "/admin/servers", given)).body;
  await runJobs();
  await place.wings.settled();
  return id;
}
const read = (server: string, person = owner) =>
  person.call<{ text: string | null; cut: boolean; file: string }>("GET", `/servers/${server}/install-log`);

test("Pelican’s daemon tells it: as plain text, and who read it is noted", async () => {
  const id = await installed(pelican);
  expect(await read(id)).toMatchObject({ status: 200, body: { text: "Fetching\nVersion latest\n", cut: false } });
  expect(
    sql.all("select action, actor_id from audit_log where target_id = ? and action = 'servers.installLog'", id),
  ).toEqual([{ action: "servers.installLog", actor_id: owner.id }]);
});

test("of a long one the end is told", async () => {
  const id = await installed(pelican);
  for (const server of pelican.wings.servers.values()) server.installed = `${"x".repeat(600_000)}the end`;
  const { body } = await read(id);
  expect([body.cut, body.text?.length, body.text?.endsWith("the end")]).toEqual([true, 512 * 1024, true]);
});

test("a very long one is told as its end, and one that is longer still is not told", async () => {
  const id = await installed(pelican);
  const writes = (text: string) => {
    for (const server of pelican.wings.servers.values()) server.installed = text;
  };
  writes(`${"\u001b[32mx\u001b[0m\r\n".repeat(120_000)}the end`);
  const { body } = await read(id);
  expect([body.cut, body.text?.endsWith("x\nx\nthe end")]).toEqual([true, true]);
  expect(body.text).not.toContain("\u001b");
  // Of what it does not show it does not read all: a colour is most of this.
  expect(body.text?.length).toBeLessThan(512 * 1024);
  writes("x".repeat(4 * 1024 * 1024));
  const long = await owner.call<{ message: string }>("GET", `/servers/${id}/install-log`);
  expect([long.status, long.body.message]).toEqual([502, expect.stringMatching(/too long/)]);
});

test("Wings tells nobody, and where it keeps it is said", async () => {
  const id = await installed(wings);
  const uuid = sql.get<{ uuid: string }>("select uuid from servers where id = ?", id)?.uuid;
  expect((await read(id)).body).toEqual({ text: null, cut: false, file: `/var/log/pterodactyl/install/${uuid}.log` });
});

test("whoever may install it again reads it, and staff who manage servers; what the daemon says is wrong is not passed on", async () => {
  const id = await installed(pelican);
  for (const [capabilities, status] of [
    [["settings"], 403],
    [["files"], 403],
    [["settings", "files"], 200],
    [["startup", "console"], 403],
  ] as const) {
    const friend = await panel.person(`Friend of ${capabilities}`);
    await letIn(id, friend, capabilities);
    expect((await read(id, friend)).status, capabilities.join()).toBe(status);
  }
  const [stranger, staff, looker] = [
    await panel.person("Stranger"),
    await panel.person("Staff", ["servers:read", "admin:servers:manage"]),
    await panel.person("Looker", ["servers:read", "files:read"]),
  ];
  expect([await read(id, stranger), await read(id, staff), await read(id, looker)].map(({ status }) => status)).toEqual(
    [404, 200, 403],
  );
  Object.assign(pelican.wings, { broken: { status: 500, body: "SECRET of the machine" }, only: /install-logs/ });
  expect(JSON.stringify(await read(id))).not.toMatch(/SECRET/);
  Object.assign(pelican.wings, { broken: null, only: null });
  sql.run("update servers set state = 'deleting' where id = ?", id);
  expect((await read(id)).status).toBe(409);
});
