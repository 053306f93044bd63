/** Folders of nodes that servers get: kept by staff, given by those who may, told to the node that has them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { letIn, type Placed, placeNode } from "../support/placed-server.ts";
import { fresh, insertNode, type Sql, sqlOf } from "../support/stage.ts";

interface Refused {
  code: string;
  message: string;
  fields: Record<string, string>;
}
interface Listed {
  items: { id: string; name: string; source: string | null; on: boolean; fits: boolean; theirs: boolean }[];
}

let panel: Panel;
let root: Person;
let keeper: Person;
let owner: Person;
let placed: Placed;
let sql: Sql;

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  root = await panel.person("Root", "root");
  keeper = await panel.person("Keeper of mounts", ["nodes:*"]);
  owner = await panel.person("Owner");
  sql = await sqlOf();
  placed = await placeNode(panel);
});
afterAll(async () => {
  await placed.wings.close();
  await panel.close();
});

const given = (more: object = {}) => {
  const n = fresh();
  return { name: `Mount ${n}`, source: `/srv/maps${n}`, target: `/mnt/maps${n}`, nodes: [placed.node], ...more };
};
const make = (more: object = {}, by = keeper) =>
  by.call<{ id: string } & Refused>("POST", "/admin/mounts", given(more));
const made = async (more: object = {}): Promise<string> => {
  const { status, body } = await make(more);
  expect(status, JSON.stringify(body)).toBe(201);
  return body.id;
};
const listOf = async (server: string, by = owner) =>
  (await by.call<Listed>("GET", `/servers/${server}/mounts`)).body.items;
const give = (server: string, mount: string, by = owner) =>
  by.call<Refused>("PUT", `/servers/${server}/mounts/${mount}`);
const take = (server: string, mount: string, by = owner) =>
  by.call<Refused>("DELETE", `/servers/${server}/mounts/${mount}`);
const told = (uuid: string) => placed.wings.servers.get(uuid)?.configuration.settings.mounts;

describe("a mount", () => {
  test("is made, changed, listed by node, and removed, each noted", async () => {
    const elsewhere = insertNode(sql);
    const id = await made({ name: "Maps", nodes: [placed.node, elsewhere] });
    expect((await make({ name: "Maps" })).body.fields).toHaveProperty("name");
    const named = async (query: string) =>
      (await keeper.call<{ items: { id: string }[] }>("GET", `/admin/mounts?${query}`)).body.items.map((one) => one.id);
    expect(await named(`node=${elsewhere}`)).toEqual([id]);
    expect(await named(`elsewhere=${elsewhere}`)).not.toContain(id);
    expect(await named("q=Map")).toContain(id);
    const edit = (body: object) => keeper.call<Refused>("PATCH", `/admin/mounts/${id}`, body);
    expect((await edit({ readOnly: false, nodes: [placed.node], revision: 1 })).status).toBe(200);
    expect((await edit({ readOnly: true, revision: 1 })).status).toBe(409);
    expect(await named(`node=${elsewhere}`)).toEqual([]);
    expect((await keeper.call("DELETE", `/admin/mounts/${id}`)).status).toBe(200);
    expect((await edit({ readOnly: true })).status).toBe(404);
    expect(sql.all("select action from audit_log where target_id = ? order by id", id)).toEqual(
      ["mounts.create", "mounts.edit", "mounts.remove"].map((action) => ({ action })),
    );
    const reader = await panel.person("Reader of nodes", ["nodes:read"]);
    expect((await make({}, reader)).status).toBe(403);
    expect((await make({}, owner)).status).toBe(403);
  });

  test("shows no folder of the machine itself, nor those of all servers, and hides none that a server needs", async () => {
    const kept = sql.get<{ data_directory: string }>("select data_directory from nodes where id = ?", placed.node);
    const sources = [
      "",
      "/",
      "srv/maps",
      "/srv/../etc",
      "/srv/./maps",
      "/srv//maps",
      "/srv/maps/",
      "/srv/maps:/etc",
      "/srv\\maps",
      "/etc",
      "/etc/pterodactyl",
      "/var",
      "/var/lib",
      "/var/run/docker.sock",
      "/root/.ssh",
      "/proc/1/root",
      String(kept?.data_directory),
      `${kept?.data_directory}/a`,
    ];
    for (const source of sources) expect((await make({ source })).body.fields, source).toHaveProperty("source");
    const targets = [
      "/",
      "mnt",
      "/home",
      "/home/container",
      "/etc",
      "/etc/passwd",
      "/mnt/../etc",
      "/mnt/server",
      "/mnt",
    ];
    for (const target of targets) expect((await make({ target })).body.fields, target).toHaveProperty("target");
    for (const target of ["/home/container/maps", "/mnt/maps", "/mnt/server2"])
      expect((await make({ target })).status, target).toBe(201);
    expect((await make({ source: "/etcetera" })).status).toBe(201);
    expect((await make({ nodes: ["none"] })).body.fields).toHaveProperty("nodes");
    expect((await make({ everyEgg: false, eggs: ["none"] })).body.fields).toHaveProperty("eggs");
  });

  test("is named to its node’s daemon, and to no other’s", async () => {
    const other = await placeNode(panel);
    await made({ source: "/srv/here" });
    const configOf = async (node: string): Promise<{ allowed_mounts: string[] }> =>
      parse((await keeper.call<{ text: string }>("POST", `/admin/nodes/${node}/configuration`)).body.text);
    expect((await configOf(placed.node)).allowed_mounts).toContain("/srv/here");
    expect((await configOf(other.node)).allowed_mounts).toEqual([]);
    await other.wings.close();
  });
});

describe("a server", () => {
  test("gets those that its people may give, told at once to its node, and loses them again", async () => {
    const server = await placed.server(owner);
    const open = given({ selfService: true, readOnly: false });
    const id = await made(open);
    const closed = await made();
    expect(await listOf(server.id)).toMatchObject([{ id, on: false, theirs: true, source: null }]);
    expect((await give(server.id, id)).status).toBe(200);
    await runJobs();
    expect(told(server.uuid)).toEqual([{ source: open.source, target: open.target, read_only: false }]);
    // Again it changes nothing.
    expect((await give(server.id, id)).status).toBe(200);
    expect((await give(server.id, closed)).status).toBe(404);
    expect((await give(server.id, closed, root)).status).toBe(200);
    await runJobs();
    expect(told(server.uuid)).toHaveLength(2);
    expect(await listOf(server.id)).toContainEqual(expect.objectContaining({ id: closed, on: true, theirs: false }));
    expect((await take(server.id, closed)).status).toBe(404);
    expect((await take(server.id, id)).status).toBe(200);
    await runJobs();
    expect(told(server.uuid)).toMatchObject([{ read_only: true }]);
    const trail = sql.all("select action from audit_log where target_id = ? order by id", server.id);
    expect(trail).toEqual(
      ["servers.mounts.give", "servers.mounts.give", "servers.mounts.take"].map((action) => ({ action })),
    );
    // With the mount itself it is gone as well.
    expect((await keeper.call("DELETE", `/admin/mounts/${closed}`)).status).toBe(200);
    await runJobs();
    expect(told(server.uuid)).toEqual([]);
  });

  test("gets none that is for another node or egg, and one that no longer fits is not told", async () => {
    const server = await placed.server(owner);
    const egg = sql.get<{ egg_id: string }>("select egg_id from servers where id = ?", server.id)?.egg_id;
    const another = (await placed.server(owner)).id;
    const eggOfAnother = sql.get<{ egg_id: string }>("select egg_id from servers where id = ?", another)?.egg_id;
    const node = insertNode(sql);
    const self = { selfService: true };
    const away = await made({ ...self, nodes: [node] });
    const otherEgg = await made({ ...self, everyEgg: false, eggs: [eggOfAnother] });
    const noEgg = await made({ ...self, everyEgg: false });
    const its = await made({ ...self, everyEgg: false, eggs: [egg] });
    const seen = (await listOf(server.id)).map(({ id }) => id);
    expect(seen).toContain(its);
    for (const id of [away, otherEgg, noEgg]) {
      expect(seen).not.toContain(id);
      expect((await give(server.id, id)).status).toBe(404);
      expect((await give(server.id, id, root)).status).toBe(409);
    }
    expect((await give(server.id, its)).status).toBe(200);
    await runJobs();
    expect(told(server.uuid)).toHaveLength(1);
    expect((await keeper.call("PATCH", `/admin/mounts/${its}`, { nodes: [node] })).status).toBe(200);
    await runJobs();
    expect(told(server.uuid)).toEqual([]);
    expect((await listOf(server.id)).find(({ id }) => id === its)).toMatchObject({ on: true, fits: false });
  });

  test("never has two at one place, which no container could be made with", async () => {
    const server = await placed.server(owner);
    const same = { selfService: true, target: `/mnt/same${fresh()}` };
    const [one, two] = [await made(same), await made(same)];
    const third = await made({ selfService: true });
    expect((await give(server.id, one)).status).toBe(200);
    expect((await give(server.id, two)).body.code).toBe("conflict");
    expect((await give(server.id, third)).status).toBe(200);
    const moved = await keeper.call<Refused>("PATCH", `/admin/mounts/${third}`, { target: same.target });
    expect(moved.body.fields).toHaveProperty("target");
  });

  test("shows them to who may see them, and lets those change them who may change its settings", async () => {
    const server = await placed.server(owner);
    const id = await made({ selfService: true });
    const [sees, changes, neither] = [
      await panel.person("Sees"),
      await panel.person("Changes"),
      await panel.person("No"),
    ];
    await letIn(server.id, sees, ["mounts"]);
    await letIn(server.id, changes, ["mounts", "settings"]);
    await letIn(server.id, neither, ["settings"]);
    expect((await listOf(server.id, sees)).map((one) => one.id)).toContain(id);
    expect((await give(server.id, id, sees)).status).toBe(403);
    expect((await give(server.id, id, neither)).status).toBe(403);
    expect((await give(server.id, id, changes)).status).toBe(200);
    sql.run("update servers set suspended_at = 1 where id = ?", server.id);
    expect((await take(server.id, id, changes)).body.code).toBe("suspended");
    expect((await listOf(server.id, sees)).find((one) => one.id === id)?.on).toBe(true);
    expect((await take(server.id, id, root)).status).toBe(200);
    expect((await listOf(server.id, root)).find((one) => one.id === id)?.source).toMatch(/^\/srv\/maps/);
  });
});
