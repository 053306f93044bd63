/** Servers from being made to being deleted, against a daemon over the network. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { paper } from "../support/egg-files.ts";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { fresh, type Sql, sqlOf } from "../support/stage.ts";
import { startWings, type Wings } from "../support/wings.ts";

interface Server {
  id: string;
  uuid: string;
  short: string;
  state: string;
  suspended: boolean;
  suspendedReason: string | null;
  problem: string | null;
  address: { host: string; port: number };
}
interface Refused {
  code: string;
  message: string;
  fields: Record<string, string>;
}

const SCRIPT = 'while read line; do [ "$line" = stop ] && exit; done';

let panel: Panel;
let root: Person;
let owner: Person;
let wings: Wings;
let sql: Sql;
let node: string;
let egg: string;

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  root = await panel.person("Root", "root");
  owner = await panel.person("Owner", ["servers:create", "org:create"]);
  sql = await sqlOf();
  wings = await startWings({ version: "1.13.1", panel: panel.call });
  node = await nodeAt(wings.port);
  wings.config = parse((await root.call<{ text: string }>("POST", `/admin/nodes/${node}/configuration`)).body.text);
  expect((await root.call("POST", `/admin/nodes/${node}/ask`)).status).toBe(200);
  const text = JSON.stringify({
    ...paper,
    startup: `echo ')! For help, type "'; ${SCRIPT}`,
    scripts: { installation: { script: "echo there > /mnt/server/installed.txt", container: "i:1", entrypoint: "sh" } },
  });
  egg = (await root.call<{ id: string }>("POST", "/admin/eggs/import", { text })).body.id;
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("limits.servers_per_account", 100);
  setSetting("limits.memory_per_account", 1_000_000);
  setSetting("limits.disk_per_account", 1_000_000);
  setSetting("limits.cpu_per_account", 10_000);
});
beforeEach(() => {
  Object.assign(wings, { broken: null, only: null, drops: false, failsInstalls: false });
});
afterAll(async () => {
  await wings.close();
  await panel.close();
});

/** With two hundred addresses. */
async function nodeAt(port: number, given: object = {}): Promise<string> {
  const body = { name: `Node ${fresh()}`, fqdn: "127.0.0.1", scheme: "http", port, memory: 1_000_000, disk: 1_000_000 };
  const { id } = (await root.call<{ id: string }>("POST", "/admin/nodes", { ...body, ...given })).body;
  await root.call("POST", `/admin/nodes/${id}/allocations`, { ip: "192.0.2.1", ports: ["30000-30199"] });
  return id;
}

const asking = (given: object = {}) => ({
  name: `Server ${fresh()}`,
  egg,
  node,
  memory: 512,
  disk: 1024,
  cpu: 50,
  ...given,
});
const make = (person: Person, given: object = {}) =>
  person.call<{ id: string; short: string } & Refused>("POST", "/servers", asking(given));
const look = async (id: string, person = owner) => (await person.call<Server>("GET", `/servers/${id}`)).body;
const row = (id: string) => sql.get<Record<string, unknown>>("select * from servers where id = ?", id);
const jobs = (kind: string) =>
  sql.all<{ state: string; attempts: number }>("select state, attempts from jobs where kind = ?", kind);
const again = () => sql.run("update jobs set due_at = 0 where kind like 'servers.%' or kind like 'wings.%'");
const settled = async () => {
  await runJobs();
  await wings.settled();
};

/** The node has something of theirs, as an open console. */
async function holding(id: string, ...people: Person[]): Promise<void> {
  const { handOut } = await import("#lib/servers/holders.ts");
  for (const person of people) handOut({ id }, person.id, "console", false);
}

async function ready(person = owner, given: object = {}): Promise<Server> {
  const { status, body } = await make(person, { start: false, ...given });
  expect(status, JSON.stringify(body)).toBe(201);
  await settled();
  const server = await look(body.id, person);
  expect(server.state).toBe("ready");
  return server;
}

describe("a server is made", () => {
  test("by whoever may: it is installed, started, told apart, and answers", async () => {
    const made = await make(owner, { variables: { MAX_PLAYERS: "30" } });
    expect(made.status).toBe(201);
    expect(await look(made.body.id)).toMatchObject({ state: "installing", address: { host: "192.0.2.1" } });
    await settled();
    const server = await look(made.body.short);
    expect(server).toMatchObject({ state: "ready", short: server.uuid.slice(0, 8) });
    expect(server.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const told = wings.servers.get(server.uuid)?.configuration.settings;
    expect(told?.environment).toMatchObject({ MAX_PLAYERS: "30", BUILD: "latest", SERVER_JARFILE: "server.jar" });
    await expect
      .poll(async () => (await owner.call<{ state: string }>("GET", `/servers/${server.id}/stats`)).body.state)
      .toBe("running");
    const { body } = await owner.call("GET", `/servers/${server.id}/stats`);
    expect(JSON.stringify(body)).not.toMatch(/BUILD|environment|configuration/);
    expect((await owner.call("POST", `/servers/${server.id}/power`, { action: "stop" })).status).toBe(200);
    await expect
      .poll(async () => (await owner.call<{ state: string }>("GET", `/servers/${server.id}/stats`)).body.state)
      .toBe("offline");
    const stranger = await panel.person("Stranger to it", ["servers:create"]);
    for (const path of ["", "/stats", "/startup", "/network"])
      expect((await stranger.call("GET", `/servers/${server.uuid}${path}`)).status, path).toBe(404);
    expect(sql.all("select action from audit_log where target_id = ? order by id", server.id)).toEqual([
      { action: "servers.create" },
      { action: "remoteServers.installed" },
      { action: "servers.power" },
    ]);
  });

  test("of what its egg says alone, and every wrong field says so", async () => {
    const wrong = async (given: object) => (await make(owner, given)).body.fields;
    expect(await wrong({ egg: "none" })).toHaveProperty("egg");
    expect(await wrong({ image: "evil:latest" })).toHaveProperty("image");
    expect(await wrong({ variables: { MAX_PLAYERS: "many" } })).toHaveProperty(["variables.MAX_PLAYERS"]);
    expect(await wrong({ variables: { BUILD: "x" } })).toHaveProperty(["variables.BUILD"]);
    expect(await wrong({ variables: { NOTHING: "x" } })).toHaveProperty(["variables.NOTHING"]);
    expect(await wrong({ variables: { SERVER_JARFILE: "{{config.token}}" } })).toHaveProperty([
      "variables.SERVER_JARFILE",
    ]);
    expect(await wrong({ memory: 0 })).toHaveProperty("memory");
    expect(await wrong({ cpu: 0 })).toHaveProperty("cpu");
    expect(await wrong({ node: "none" })).toHaveProperty("node");
    expect(await wrong({ organisation: "not-mine" })).toHaveProperty("organisation");
    sql.run("update eggs set visible = 0 where id = ?", egg);
    expect(await wrong({})).toHaveProperty("egg");
    const { status } = await root.call("POST", "/admin/servers", { ...asking(), owner: owner.email });
    sql.run("update eggs set visible = 1 where id = ?", egg);
    expect(status).toBe(201);
    expect((await (await panel.person("Nobody", [])).call("POST", "/servers", asking())).status).toBe(403);
    await settled();
  });

  test("where there is room, and only where such a server may be", async () => {
    const other = await nodeAt(1, { sftpPort: 2 });
    const seen = () => sql.run("update nodes set seen_at = ? where id = ?", Date.now(), other);
    const on = (given: object = {}) => make(owner, { node: other, ...given });
    expect((await on()).body.fields).toHaveProperty("node");
    seen();
    const set = (columns: string) => sql.run(`update nodes set ${columns} where id = ?`, other);
    for (const columns of [
      "maintenance = 1",
      "maintenance = 0, classification = 'paid'",
      "classification = 'enterprise'",
      "classification = 'free', seen_at = seen_at - 120001",
    ]) {
      set(columns);
      expect((await on()).body.fields, columns).toHaveProperty("node");
    }
    seen();
    await owner.call("POST", "/organisations", { name: "Own nodes", handle: "own-nodes" });
    sql.run(
      "update nodes set classification = 'enterprise', organisation_id = (select id from organisations where handle = 'own-nodes') where id = ?",
      other,
    );
    expect((await on()).body.fields).toHaveProperty("node");
    expect((await on({ organisation: "own-nodes" })).status).toBe(201);
    const theirs = async (organisation: string, who = owner) =>
      (await who.call<{ items: object[] }>("GET", `/servers?organisation=${organisation}`)).body.items;
    expect(await theirs("own-nodes")).toMatchObject([{ organisation: { handle: "own-nodes" } }]);
    expect(await theirs("no-such")).toEqual([]);
    expect(await theirs("own-nodes", await panel.person("Curious", []))).toEqual([]);
    set("classification = 'free', organisation_id = null, memory = 1000, memory_over = 0");
    // 512 are taken by the first.
    expect((await on()).body.fields).toHaveProperty("node");
    set("memory_over = 3");
    expect((await on()).status).toBe(201);
    set("memory_over = -1");
    expect((await on()).status).toBe(201);
    sql.run("update allocations set server_id = (select id from servers limit 1) where node_id = ?", other);
    expect((await on()).body.fields).toHaveProperty("node");
    sql.run("delete from jobs where kind = 'servers.create'");
    sql.run("update allocations set server_id = null where node_id = ?", other);
    sql.run("delete from servers where node_id = ?", other);
  });

  test("of many at once no two have one address, and none goes over a limit", async () => {
    const { setSetting } = await import("#lib/settings/settings.ts");
    const many = await panel.person("Many at once", ["servers:create"]);
    setSetting("limits.servers_per_account", 5);
    const answers = await Promise.all(Array.from({ length: 12 }, () => make(many, { start: false })));
    setSetting("limits.servers_per_account", 100);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(answers.find(({ status }) => status === 409)?.body.message).toMatch(/5 servers; 0 are left/);
    const taken = sql.all<{ n: number }>(
      "select count(distinct allocation_id) as n from servers where user_id = ? union all select count(*) from allocations a join servers s on s.id = a.server_id where s.user_id = ?",
      many.id,
      many.id,
    );
    expect(taken.map(({ n }) => n)).toEqual([5, 5]);
    setSetting("limits.memory_per_account", 3000);
    expect((await make(many, { memory: 512 })).body.fields).toHaveProperty("memory");
    setSetting("limits.memory_per_account", 1_000_000);
    await settled();
  });

  test("once, also when the node’s answer is lost, and after the node was away", async () => {
    const { body } = await make(owner, { start: false });
    Object.assign(wings, { drops: true, only: /^POST \/api\/servers$/ });
    await settled();
    expect(jobs("servers.create")).toEqual([{ state: "queued", attempts: 1 }]);
    Object.assign(wings, { drops: false, only: null });
    again();
    await settled();
    expect(jobs("servers.create")).toEqual([]);
    expect(wings.doubled).toEqual([]);
    expect((await look(body.id)).state).toBe("ready");
  });

  test("a node that starts anew before it heard of it installs it afterwards; one that was stopped meanwhile says so", async () => {
    const { body } = await make(owner, { start: false });
    await wings.reboot();
    expect((await look(body.id)).state).toBe("interrupted");
    await settled();
    expect((await look(body.id)).state).toBe("ready");
    const lost = await ready();
    sql.run("update servers set state = 'installing' where id = ?", lost.id);
    await wings.reboot();
    expect((await look(lost.id)).state).toBe("interrupted");
    expect((await owner.call<Refused>("POST", `/servers/${lost.id}/power`, { action: "start" })).body.message).toMatch(
      /Install it again/,
    );
    expect((await owner.call("POST", `/servers/${lost.id}/reinstall`)).status).toBe(200);
    await settled();
    expect((await look(lost.id)).state).toBe("ready");
  });

  test("what could not be installed says so, and a node that never answers too", async () => {
    wings.failsInstalls = true;
    const { body } = await make(owner, { start: false });
    await settled();
    expect(await look(body.id)).toMatchObject({ state: "install_failed" });
    wings.failsInstalls = false;
    const late = await make(owner, { start: false });
    wings.broken = { status: 502, body: "" };
    sql.run("update jobs set attempts = 9 where kind = 'servers.create'");
    await settled();
    expect(await look(late.body.id)).toMatchObject({ state: "install_failed", problem: expect.stringMatching(/502/) });
    sql.run("delete from jobs");
  });
});

describe("how it is started", () => {
  test("people see and change what the egg lets them, by its rules; staff all of it; the node hears of it", async () => {
    const server = await ready();
    const seen = async (person: Person) =>
      (await person.call<{ variables: { env: string; editable: boolean }[] }>("GET", `/servers/${server.id}/startup`))
        .body;
    expect((await seen(owner)).variables.map(({ env }) => env)).toEqual(["SERVER_JARFILE", "MAX_PLAYERS"]);
    expect(JSON.stringify(await seen(owner))).not.toContain("BUILD");
    expect((await seen(root)).variables.map(({ env }) => env)).toContain("BUILD");
    const set = (person: Person, given: object) =>
      person.call<Refused>("PATCH", `/servers/${server.id}/startup`, given);
    for (const [variables, field] of [
      [{ MAX_PLAYERS: "0" }, "variables.MAX_PLAYERS"],
      [{ BUILD: "1" }, "variables.BUILD"],
      [{ SERVER_JARFILE: "{{ config.token }}.jar" }, "variables.SERVER_JARFILE"],
      [{ OTHER: "1" }, "variables.OTHER"],
    ] as const)
      expect((await set(owner, { variables })).body.fields, field).toHaveProperty([field]);
    expect((await set(owner, { image: "mine:1" })).body.fields).toHaveProperty("image");
    expect((await set(owner, { variables: { MAX_PLAYERS: "7" }, image: "registry.example/java:17" })).status).toBe(200);
    expect((await set(root, { variables: { BUILD: "12" } })).status).toBe(200);
    await settled();
    const told = wings.servers.get(server.uuid)?.configuration.settings;
    expect(told?.environment).toMatchObject({ MAX_PLAYERS: "7", BUILD: "12" });
    expect(row(server.id)?.image).toBe("registry.example/java:17");
    expect((await set(owner, { variables: {}, revision: 1 })).status).toBe(409);
  });
});

describe("its addresses", () => {
  test("are added within its limit, each once; the main one stays", async () => {
    const server = await ready();
    sql.run("update servers set allocation_limit = 3 where id = ?", server.id);
    const path = `/servers/${server.id}/network`;
    const added = await Promise.all(Array.from({ length: 5 }, () => owner.call("POST", path)));
    expect(added.map(({ status }) => status).toSorted()).toEqual([201, 201, 409, 409, 409]);
    interface Address {
      id: string;
      primary: boolean;
    }
    const items = async () => (await owner.call<{ items: Address[] }>("GET", path)).body.items;
    const [main, other] = (await items()).toSorted((a, b) => Number(b.primary) - Number(a.primary));
    expect((await owner.call("DELETE", `${path}/${main?.id}`)).status).toBe(409);
    expect((await owner.call("PUT", `${path}/primary`, { allocation: other?.id })).status).toBe(200);
    expect((await owner.call("DELETE", `${path}/${main?.id}`)).status).toBe(200);
    expect((await items()).map(({ id }) => id)).not.toContain(main?.id);
    const foreign = await ready();
    const [theirs] = (await owner.call<{ items: Address[] }>("GET", `/servers/${foreign.id}/network`)).body.items;
    for (const [method, target, body] of [
      ["PUT", `${path}/primary`, { allocation: theirs?.id }],
      ["DELETE", `${path}/${theirs?.id}`, undefined],
      ["PUT", `${path}/primary`, { allocation: main?.id }],
    ] as const)
      expect((await owner.call(method, target, body)).status, target).toBe(404);
    await settled();
    const ports = wings.servers.get(server.uuid)?.configuration.settings.allocations.mappings["192.0.2.1"];
    expect(ports).toHaveLength(2);
  });
});

describe("staff", () => {
  test("suspend with a reason: it is stopped, its people lose what they hold at the node, and only staff lift it", async () => {
    const server = await ready();
    const friend = await panel.person("Friend", []);
    sql.run(
      "insert into server_subusers (server_id, user_id, capabilities, created_at, updated_at) values (?, ?, '[\"console\"]', 0, 0)",
      server.id,
      friend.id,
    );
    const suspend = (person: Person, body: object = { reason: "Unpaid" }) =>
      person.call<Refused>("POST", `/admin/servers/${server.id}/suspend`, body);
    expect((await suspend(owner)).status).toBe(403);
    expect((await suspend(root, { reason: " " })).body.fields).toHaveProperty("reason");
    await holding(server.id, owner, friend);
    const before = wings.asked.length;
    expect((await suspend(root)).status).toBe(200);
    expect((await suspend(root)).status).toBe(409);
    await settled();
    const asked = wings.asked.slice(before);
    expect(asked.filter((one) => one === "POST /api/deauthorize-user")).toHaveLength(2);
    expect(wings.servers.get(server.uuid)?.configuration.settings.suspended).toBe(true);
    expect(await look(server.id)).toMatchObject({ suspended: true, suspendedReason: "Unpaid" });
    expect(await look(server.id, friend)).toMatchObject({ suspended: true, suspendedReason: null });
    const quiet = wings.asked.length;
    for (const [method, path, body] of [
      ["POST", "/power", { action: "start" }],
      ["POST", "/reinstall", {}],
      ["PATCH", "/startup", { variables: {} }],
      ["PATCH", "", { name: "Free" }],
      ["DELETE", "", { name: "x" }],
    ] as const)
      expect((await owner.call<Refused>(method, `/servers/${server.id}${path}`, body)).body.code, path).toBe(
        "suspended",
      );
    await settled();
    for (const path of ["", "/startup", "/network", "/stats/history"])
      expect((await owner.call("GET", `/servers/${server.id}${path}`)).status).toBe(200);
    const { body: stats } = await owner.call("GET", `/servers/${server.id}/stats`);
    expect(stats).toMatchObject({ state: "offline", suspended: true, cpu: 0, memoryLimitBytes: 512 * 1024 ** 2 });
    expect(wings.asked.length).toBe(quiet);
    expect((await root.call("GET", `/servers/${server.id}/stats`)).status).toBe(200);
    expect((await owner.call("POST", `/admin/servers/${server.id}/unsuspend`)).status).toBe(403);
    expect((await root.call("POST", `/admin/servers/${server.id}/unsuspend`)).status).toBe(200);
    await settled();
    expect(wings.servers.get(server.uuid)?.configuration.settings.suspended).toBe(false);
  });

  test("are offered what owners are not: hidden eggs, with all of their variables", async () => {
    const text = JSON.stringify({ ...paper, name: `Hidden ${fresh()}` });
    const hidden = (await root.call<{ id: string }>("POST", "/admin/eggs/import", { text })).body.id;
    expect((await root.call("PATCH", `/admin/eggs/${hidden}`, { visible: false })).status).toBe(200);
    interface Offers {
      eggs: { id: string; variables: { env: string }[] }[];
      nodes: { id: string }[];
    }
    const all = (await root.call<Offers>("GET", "/admin/server-offers")).body;
    expect(all.eggs.find(({ id }) => id === hidden)?.variables).toHaveLength(paper.variables.length);
    expect(all.nodes.map(({ id }) => id)).toContain(node);
    const theirs = (await owner.call<Offers>("GET", "/server-offers")).body;
    expect(theirs.eggs.map(({ id }) => id)).not.toContain(hidden);
    expect((await owner.call("GET", "/admin/server-offers")).status).toBe(403);
  });

  test("limits are theirs to set; an owner cannot", async () => {
    const server = await ready();
    expect((await owner.call("PATCH", `/admin/servers/${server.id}/limits`, { memory: 99_999 })).status).toBe(403);
    expect(
      (await owner.call<Refused>("PATCH", `/servers/${server.id}`, { memory: 99_999 })).body.fields,
    ).toHaveProperty("memory");
    expect(
      (await root.call("PATCH", `/admin/servers/${server.id}/limits`, { memory: 2048, cpu: 0, oomKiller: false }))
        .status,
    ).toBe(200);
    await settled();
    expect(wings.servers.get(server.uuid)?.configuration.settings.build).toMatchObject({
      memory_limit: 2048,
      cpu_limit: 0,
      oom_disabled: true,
    });
  });

  test("give it to somebody else: everybody who was let in is out", async () => {
    const server = await ready();
    const [friend, next] = [await panel.person("Let in", []), await panel.person("Next", [])];
    sql.run(
      "insert into server_subusers (server_id, user_id, capabilities, created_at, updated_at) values (?, ?, '[\"*\"]', 0, 0)",
      server.id,
      friend.id,
    );
    const give = (owner: string) => root.call<Refused>("POST", `/admin/servers/${server.id}/owner`, { owner });
    const nobody = await give("no-such@example.org");
    expect(nobody.body.fields).toHaveProperty("owner");
    await holding(server.id, owner, friend);
    const before = wings.asked.length;
    expect((await give(next.email)).status).toBe(200);
    await settled();
    expect(wings.asked.slice(before).filter((one) => one === "POST /api/deauthorize-user")).toHaveLength(2);
    for (const [person, status] of [
      [owner, 404],
      [friend, 404],
      [next, 200],
    ] as const)
      expect((await person.call("GET", `/servers/${server.id}`)).status).toBe(status);
  });

  test("find servers by name and id, narrowed, with no node asked, and each person’s name masked", async () => {
    const server = await ready(owner, { name: "Zanzibar lobby" });
    const looker = await panel.person("Looker", ["servers:read"]);
    const quiet = wings.asked.length;
    const found = async (query: string) =>
      (await looker.call<{ items: Server[] }>("GET", `/admin/servers?${query}`)).body.items.map(({ id }) => id);
    for (const q of ["zanzibar", "Za", server.uuid, server.id, server.short])
      expect(await found(`q=${q}`), q).toContain(server.id);
    expect(await found(`q=zanzibar&state=ready&suspended=no&node=${node}&egg=${egg}&user=${owner.id}`)).toEqual([
      server.id,
    ]);
    expect(await found("q=zanzibar&suspended=yes")).toEqual([]);
    expect(await found("q=zanzibar&state=deleting")).toEqual([]);
    const { body } = await looker.call("GET", `/admin/servers/${server.id}`);
    expect(JSON.stringify(body)).not.toContain(owner.email);
    const hits = await looker.call<{ servers: { id: string }[]; users?: unknown }>("GET", "/admin/search?q=zanzi");
    expect(hits.body.servers.map(({ id }) => id)).toEqual([server.id]);
    expect(hits.body.users).toBeUndefined();
    const csv = await looker.call<string>("GET", "/admin/tabs/servers/csv?query=q%3Dzanzibar");
    expect(JSON.stringify(csv)).toContain("Zanzibar lobby");
    expect(wings.asked.length).toBe(quiet);
    for (const act of ["suspend", "unsuspend", "owner"])
      expect(
        (await looker.call("POST", `/admin/servers/${server.id}/${act}`, { reason: "x", owner: "x" })).status,
      ).toBe(403);
    expect((await looker.call("POST", `/servers/${server.id}/power`, { action: "stop" })).status).toBe(403);
  });
});

describe("it is deleted", () => {
  test("by its owner, who types its name; the node is asked until it has, and then the address is free", async () => {
    const server = await ready();
    const friend = await panel.person("Everything but this", []);
    sql.run(
      "insert into server_subusers (server_id, user_id, capabilities, created_at, updated_at) values (?, ?, '[\"*\"]', 0, 0)",
      server.id,
      friend.id,
    );
    const { name, allocation_id } = row(server.id) ?? {};
    const remove = (person: Person, body: object) => person.call<Refused>("DELETE", `/servers/${server.id}`, body);
    expect((await remove(friend, { name })).status).toBe(403);
    expect((await remove(owner, { name: "something" })).body.fields).toHaveProperty("name");
    wings.broken = { status: 502, body: "" };
    expect((await remove(owner, { name })).status).toBe(200);
    expect((await remove(owner, { name })).status).toBe(409);
    await settled();
    expect(row(server.id)?.state).toBe("deleting");
    expect((await owner.call("POST", `/servers/${server.id}/reinstall`)).status).toBe(409);
    wings.broken = null;
    again();
    await settled();
    expect(row(server.id)).toBeUndefined();
    expect(wings.servers.has(server.uuid)).toBe(false);
    expect(sql.get("select server_id from allocations where id = ?", allocation_id)).toEqual({ server_id: null });
    expect(sql.all("select 1 from server_subusers where server_id = ?", server.id)).toEqual([]);
  });

  test("by staff, without the node where it cannot be asked any more", async () => {
    const server = await ready();
    const name = row(server.id)?.name;
    const remover = await panel.person("Remover", ["servers:read", "admin:servers:delete"]);
    wings.broken = { status: 502, body: "" };
    expect((await remover.call("DELETE", `/admin/servers/${server.id}`, { name })).status).toBe(200);
    await settled();
    expect(row(server.id)?.state).toBe("deleting");
    expect((await remover.call("DELETE", `/admin/servers/${server.id}`, { name, force: true })).status).toBe(200);
    expect(row(server.id)).toBeUndefined();
    again();
    await settled();
    expect(jobs("servers.delete")).toEqual([]);
  });
});

test("an account that is deleted: its servers are said before, and are gone from their nodes first", async () => {
  const leaver = await panel.person("Leaver", ["servers:create"]);
  const server = await ready(leaver);
  const { body } = await leaver.call<{ effects: { servers: number } }>("GET", "/account/deletion");
  expect(body.effects.servers).toBe(1);
  expect((await leaver.call("DELETE", "/account", { email: leaver.email, choices: [] })).status).toBe(200);
  sql.run("update deletions set due_at = 1 where user_id = ?", leaver.id);
  sql.run("update users set deletion_due_at = 1 where id = ?", leaver.id);
  const { deleteDueAccounts } = await import("#lib/users/deletion.ts");
  const pass = () => deleteDueAccounts.run({}, { retryAt: 0, signal: new AbortController().signal });
  await pass();
  expect(sql.get("select message from deletions where user_id = ?", leaver.id)).toMatchObject({
    message: expect.stringMatching(/servers/),
  });
  await settled();
  expect(wings.servers.has(server.uuid)).toBe(false);
  expect(row(server.id)).toBeUndefined();
  await pass();
  expect(sql.get("select 1 from users where id = ?", leaver.id)).toBeUndefined();
});
