/** Servers that move between nodes: real files between two daemons, and everything that can be said at the wrong time by the wrong node. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { letIn, type Placed, placeNode } from "../support/placed-server.ts";
import { fresh, type Sql, sqlOf } from "../support/stage.ts";
import type { Wings } from "../support/wings.ts";

interface Preview {
  notNow: string | null;
  addresses: string[];
  backups: { all: number; locked: number };
  targets: { id: string; name: string; problem: string | null }[];
  free: { id: string; address: string }[];
  moves: { state: string; problem: string | null; cleared: boolean; by: { name: string } | null }[];
}
interface Refused {
  message: string;
  fields?: Record<string, string>;
}
interface Server {
  id: string;
  uuid: string;
  folder: string;
}

let panel: Panel;
let staff: Person;
let owner: Person;
let sql: Sql;
let here: Placed;
let there: Placed;
let third: Placed;

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  staff = await panel.person("Staff", ["admin:servers:manage", "servers:read", "nodes:*"]);
  owner = await panel.person("Owner");
  sql = await sqlOf();
  [here, there, third] = [await placeNode(panel), await placeNode(panel), await placeNode(panel)];
  for (const { node } of [here, there, third]) await addressesFor(node, "40000-40030");
});
beforeEach(() => {
  const now = Date.now();
  sql.run("update nodes set seen_at = ?, maintenance = 0, memory = 65536, disk = 65536", now);
  for (const { wings } of [here, there, third])
    Object.assign(wings, { broken: null, only: null, drops: false, silent: false });
});
afterAll(async () => {
  for (const { wings } of [here, there, third]) await wings.close();
  await panel.close();
});

const addressesFor = (node: string, ...ports: string[]) =>
  staff.call("POST", `/admin/nodes/${node}/allocations`, { ip: "127.0.0.1", ports });
const begin = (id: string, given: object = {}) =>
  staff.call<Refused>("POST", `/admin/servers/${id}/transfer`, { node: there.node, ...given });
const cancel = (id: string) => staff.call<Refused>("DELETE", `/admin/servers/${id}/transfer`);
const preview = async (id: string, query = "") =>
  (await staff.call<Preview>("GET", `/admin/servers/${id}/transfer${query}`)).body;
const row = (id: string) =>
  sql.get<{ node_id: string; state: string; problem: string | null; allocation_id: string }>(
    "select node_id, state, problem, allocation_id from servers where id = ?",
    id,
  );
const held = (id: string, node: string) =>
  sql.all<{ port: number }>("select port from allocations where server_id = ? and node_id = ? order by port", id, node);
const moves = (id: string) =>
  sql.all<{ state: string; problem: string | null; cleared: number }>(
    "select state, problem, cleared_at is not null as cleared from server_transfers where server_id = ? order by id",
    id,
  );
/** As a node itself. */
const says = ({ wings }: Placed, uuid: string, what: "success" | "failure" | "") =>
  panel.call<{ settings: { allocations: { default: object; mappings: object } } }>(
    what === "" ? "GET" : "POST",
    `/remote/servers/${uuid}${what === "" ? "" : `/transfer/${what}`}`,
    what === "" ? undefined : "null",
    { authorization: `Bearer ${wings.config?.token_id}.${wings.config?.token}` },
  );
const again = () => sql.run("update jobs set due_at = 0 where kind like 'servers.%' or kind like 'wings.%'");
async function settled(...places: Placed[]): Promise<void> {
  await runJobs();
  for (const { wings } of places.length > 0 ? places : [here, there, third]) await wings.settled();
  await runJobs();
}

async function placed(): Promise<Server> {
  const server = await here.server(owner);
  writeFileSync(`${server.folder}/world.dat`, `world ${server.id}`);
  return server;
}

/** A move that goes on, because the source takes the request and does nothing: nodes are spoken for by hand. */
async function underWay(): Promise<Server> {
  const server = await placed();
  Object.assign(here.wings, { broken: { status: 202, body: "" }, only: /^POST .*\/transfer$/ });
  expect((await begin(server.id)).status).toBe(200);
  await settled();
  Object.assign(here.wings, { broken: null, only: null });
  expect(row(server.id)).toMatchObject({ state: "transferring", node_id: here.node });
  return server;
}

const holds = ({ wings }: Placed, { uuid }: Server): boolean => wings.servers.has(uuid);
const askedFor = ({ wings }: Placed, uuid: string) => (wings as Wings).asked.filter((one) => one.includes(uuid));

describe("a server moves", () => {
  test.each([
    ["1.13.1", "1.13.1"],
    ["1.11.13", "1.11.13"],
    ["1.11.13", "1.13.1"],
  ])("with its files, in one go, from %s to %s", async (from, to) => {
    const versions: [Placed, string][] = [
      [here, from],
      [there, to],
    ];
    for (const [place, version] of versions) {
      place.wings.version = version;
      sql.run("update nodes set version = ? where id = ?", version, place.node);
    }
    const server = await placed();
    sql.run("update allocations set server_id = ? where node_id = ? and port = 40007", server.id, here.node);
    const [{ port: main } = { port: 0 }] = sql.all<{ port: number }>(
      "select port from allocations where id = (select allocation_id from servers where id = ?)",
      server.id,
    );
    const seen = await preview(server.id);
    expect(seen).toMatchObject({ notNow: null, addresses: [`192.0.2.1:${main}`, "127.0.0.1:40007"] });
    expect(seen.targets.find(({ id }) => id === there.node)).toMatchObject({ problem: null });
    expect(seen.targets.some(({ id }) => id === here.node)).toBe(false);

    expect((await begin(server.id)).status).toBe(200);
    expect(row(server.id)).toMatchObject({ state: "transferring", node_id: here.node });
    // As many as it has, the same port where it is free.
    const reserved = held(server.id, there.node).map(({ port }) => port);
    expect(reserved).toHaveLength(2);
    expect(reserved).toContain(40_007);
    expect((await owner.call("GET", `/servers/${server.id}`)).body).toMatchObject({
      state: "transferring",
      moving: { to: expect.stringMatching(/^Node /), address: { host: "127.0.0.1", port: expect.any(Number) } },
    });
    await settled();

    expect(row(server.id)).toMatchObject({ state: "ready", node_id: there.node, problem: null });
    expect(readFileSync(`${there.wings.root}/volumes/${server.uuid}/world.dat`, "utf8")).toBe(`world ${server.id}`);
    expect(held(server.id, here.node)).toEqual([]);
    expect(held(server.id, there.node).map(({ port }) => port)).toEqual(reserved);
    expect([holds(here, server), holds(there, server)]).toEqual([false, true]);
    expect(existsSync(server.folder)).toBe(false);
    expect(moves(server.id)).toEqual([{ state: "moved", problem: null, cleared: 1 }]);
    const told = there.wings.servers.get(server.uuid)?.configuration.settings.allocations;
    const at = sql.get<{ port: number }>(
      "select port from allocations where id = (select allocation_id from servers where id = ?)",
      server.id,
    );
    expect(told).toMatchObject({ default: { ip: "127.0.0.1", port: at?.port }, mappings: { "127.0.0.1": reserved } });
    expect(
      sql.all("select actor_type, action from audit_log where target_id = ? order by id", server.id).slice(-2),
    ).toEqual([
      { actor_type: "user", action: "staffServers.transfer.begin" },
      { actor_type: "node", action: "remoteTransfers.arrived" },
    ]);
    // The node lists it from now on, and the one before does not.
    expect((await says(there, server.uuid, "")).status).toBe(200);
    expect((await says(here, server.uuid, "")).status).toBe(404);
    for (const [place] of versions) {
      place.wings.version = "1.13.1";
      sql.run("update nodes set version = '1.13.1' where id = ?", place.node);
    }
    sql.run("delete from servers where id = ?", server.id);
  });
});

describe("it does not begin", () => {
  const refusals: [string, () => void, string | RegExp][] = [
    [
      "where the target is silent",
      () => sql.run("update nodes set seen_at = 1 where id = ?", there.node),
      /does not answer/,
    ],
    [
      "where the target is in maintenance",
      () => sql.run("update nodes set maintenance = 1 where id = ?", there.node),
      /in maintenance/,
    ],
    [
      "where memory is short",
      () => sql.run("update nodes set memory = 1 where id = ?", there.node),
      /not enough memory/,
    ],
    ["where disk is short", () => sql.run("update nodes set disk = 1 where id = ?", there.node), /not enough disk/],
    [
      "at a daemon of the other family",
      () => sql.run("update nodes set version = '1.0.0-beta29' where id = ?", there.node),
      /Pelican/,
    ],
    [
      "at a daemon that is too old",
      () => sql.run("update nodes set version = '1.7.0' where id = ?", there.node),
      /1\.11/,
    ],
    [
      "at a node of somebody else",
      () =>
        sql.run(
          "update nodes set organisation_id = (select id from organisations limit 1), classification = 'enterprise' where id = ?",
          there.node,
        ),
      /another organisation/,
    ],
    [
      "at a node for organisations that has none",
      () => sql.run("update nodes set classification = 'enterprise' where id = ?", there.node),
      /has none/,
    ],
    [
      "where no address is free",
      () =>
        sql.run(
          "update allocations set server_id = (select id from servers limit 1) where node_id = ? and server_id is null",
          there.node,
        ),
      /0 free addresses/,
    ],
  ];
  test.each(refusals)("%s", async (_, when, says) => {
    const server = await placed();
    const columns = sql.get<Record<string, string>>("select * from nodes where id = ?", there.node);
    const free = sql.all<{ id: string }>(
      "select id from allocations where node_id = ? and server_id is null",
      there.node,
    );
    when();
    try {
      const { status, body } = await begin(server.id);
      expect([status, body.fields?.node]).toEqual([422, expect.stringMatching(says)]);
      // Nor is it chosen by itself, or shown as one that could be.
      sql.run("update nodes set maintenance = 1 where id = ?", third.node);
      expect((await begin(server.id, { node: null })).status).toBe(409);
      const shown = (await preview(server.id)).targets.find(({ id }) => id === there.node);
      expect(shown?.problem).toMatch(says);
      expect(row(server.id)?.state).toBe("ready");
      expect(moves(server.id)).toEqual([]);
    } finally {
      const { organisation_id, classification, version } = columns ?? {};
      sql.run(
        "update nodes set organisation_id = ?, classification = ?, version = ? where id = ?",
        organisation_id,
        classification,
        version,
        there.node,
      );
      for (const { id } of free) sql.run("update allocations set server_id = null where id = ?", id);
    }
  });

  test("to where it is, to nowhere, for what is not at rest, and from a node that does not answer", async () => {
    const server = await placed();
    expect((await begin(server.id, { node: here.node })).body.fields?.node).toMatch(/already/);
    expect((await begin(server.id, { node: "none" })).body.fields?.node).toMatch(/no such node/);
    expect((await begin("none")).status).toBe(404);
    for (const state of ["installing", "install_failed", "interrupted", "restoring", "transferring", "deleting"]) {
      sql.run("update servers set state = ? where id = ?", state, server.id);
      expect((await begin(server.id)).status, state).toBe(409);
      expect(typeof (await preview(server.id)).notNow, state).toBe("string");
    }
    sql.run("update servers set state = 'ready' where id = ?", server.id);
    sql.run("update nodes set seen_at = 1 where id = ?", here.node);
    expect((await begin(server.id)).body.message).toMatch(/nothing can be sent from there/);
    expect(moves(server.id)).toEqual([]);
  });

  test("for anybody but staff who manage servers", async () => {
    const server = await placed();
    const looker = await panel.person("Looker", ["servers:read", "admin:servers:write", "wings:transfers"]);
    for (const person of [owner, looker])
      for (const [method, body] of [["GET"], ["POST", { node: there.node }], ["DELETE"]] as const)
        expect((await person.call(method, `/admin/servers/${server.id}/transfer`, body)).status).toBe(403);
    expect(row(server.id)?.state).toBe("ready");
  });

  test("with backups unless somebody says that they may go; then they go, and are listed as gone", async () => {
    const server = await placed();
    const made = await owner.call<{ id: string }>("POST", `/servers/${server.id}/backups`, { name: "Before" });
    await settled();
    const archive = () =>
      sql.get<{ state: string }>("select state from server_backups where id = ?", made.body.id)?.state;
    expect(archive()).toBe("done");
    sql.run("update server_backups set locked = 1 where id = ?", made.body.id);
    expect((await preview(server.id)).backups).toEqual({ all: 1, locked: 1 });
    expect((await begin(server.id)).body.fields?.losesBackups).toMatch(/1 backup stays behind and is deleted/);
    sql.run("update server_backups set state = 'making' where id = ?", made.body.id);
    expect((await begin(server.id, { losesBackups: true })).body.message).toMatch(/being made/);
    sql.run("update server_backups set state = 'done' where id = ?", made.body.id);
    expect((await begin(server.id, { losesBackups: true })).status).toBe(200);
    await settled();
    expect(row(server.id)?.node_id).toBe(there.node);
    const listed = () =>
      owner
        .call<{ items: { here: boolean }[]; used: number }>("GET", `/servers/${server.id}/backups`)
        .then(({ body }) => ({ here: body.items.map((one) => one.here), used: body.used }));
    expect(await listed()).toEqual({ here: [false], used: 0 });
    expect(askedFor(here, server.uuid).filter((one) => /^DELETE .*\/backup\//.test(one))).toHaveLength(1);
    expect((await owner.call("POST", `/servers/${server.id}/backups/${made.body.id}/restore`)).status).toBe(409);
    // Those that are gone leave room for others, and can be taken off the list.
    for (const _ of [1, 2]) {
      expect((await owner.call("POST", `/servers/${server.id}/backups`)).status).toBe(201);
      await settled();
    }
    expect((await owner.call("DELETE", `/servers/${server.id}/backups/${made.body.id}`)).status).toBe(200);
    expect(await listed()).toEqual({ here: [true, true], used: 2 });
  });
});

describe("addresses at the target", () => {
  test("are those that were chosen, each once, and of no other", async () => {
    const server = await placed();
    const { free } = await preview(server.id, `?node=${there.node}`);
    const [one = { id: "", address: "" }, two = { id: "", address: "" }] = free;
    const foreign = (await preview(server.id, `?node=${third.node}`)).free[0]?.id;
    for (const allocations of [[foreign], ["none"], [one.id, two.id]])
      expect((await begin(server.id, { allocations })).body.fields, JSON.stringify(allocations)).toHaveProperty(
        "allocations",
      );
    expect((await begin(server.id, { node: null, allocations: [one.id] })).body.fields).toHaveProperty("node");
    expect((await begin(server.id, { allocations: [two.id] })).status).toBe(200);
    expect(held(server.id, there.node).map(({ port }) => `127.0.0.1:${port}`)).toEqual([two.address]);
    // Nobody else gets it meanwhile, and it keeps those that it has.
    const other = await placed();
    expect((await begin(other.id, { allocations: [two.id] })).body.fields).toHaveProperty("allocations");
    for (const [method, path, body] of [
      ["POST", "network", {}],
      ["PUT", "network/primary", { allocation: two.id }],
      ["DELETE", `network/${two.id}`, undefined],
    ] as const)
      expect((await owner.call<Refused>(method, `/servers/${server.id}/${path}`, body)).body.message).toMatch(/moving/);
    await settled();
    expect(row(server.id)?.allocation_id).toBe(two.id);
  });

  test("two that begin at once do not get the same, nor does one server go to two nodes", async () => {
    const [one, two] = [await placed(), await placed()];
    const both = await Promise.all([begin(one.id), begin(two.id), begin(one.id, { node: third.node })]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 200, 409]);
    const ports = [...held(one.id, there.node), ...held(two.id, there.node), ...held(one.id, third.node)];
    expect(new Set(ports.map(({ port }) => port)).size).toBe(2);
    await settled();
    expect([row(one.id)?.state, row(two.id)?.state]).toEqual(["ready", "ready"]);
  });

  test("what is on its way counts as there", async () => {
    const [one, two] = [await underWay(), await placed()];
    sql.run("update servers set memory = 512 where id in (?, ?)", one.id, two.id);
    const used = sql.get<{ n: number }>("select sum(memory) as n from servers where node_id = ?", there.node)?.n ?? 0;
    sql.run("update nodes set memory = ? where id = ?", used + 600, there.node);
    expect((await begin(two.id)).body.fields?.node).toMatch(/memory/);
    expect((await cancel(one.id)).status).toBe(200);
    expect((await begin(two.id)).status).toBe(200);
    await settled();
  });
});

describe("while it goes", () => {
  test("both nodes and no other are told of it, each with its own addresses, and only the source lists it", async () => {
    const server = await underWay();
    const ports = async (place: Placed) => {
      const { status, body } = await says(place, server.uuid, "");
      return status === 200 ? body.settings.allocations : status;
    };
    const [own] = held(server.id, here.node);
    const [reserved] = held(server.id, there.node);
    expect(await ports(here)).toMatchObject({ default: { ip: "192.0.2.1", port: own?.port } });
    expect(await ports(there)).toMatchObject({
      default: { ip: "127.0.0.1", port: reserved?.port },
      mappings: { "127.0.0.1": [reserved?.port] },
    });
    expect(await ports(third)).toBe(404);
    const lists = async ({ wings }: Placed) =>
      (
        await panel.call<{ data: { uuid: string }[] }>("GET", "/remote/servers?page=1&per_page=100", undefined, {
          authorization: `Bearer ${wings.config?.token_id}.${wings.config?.token}`,
        })
      ).body.data.some(({ uuid }) => uuid === server.uuid);
    expect([await lists(here), await lists(there), await lists(third)]).toEqual([true, false, false]);
    await cancel(server.id);
    expect(await ports(there)).toBe(404);
  });

  test("nobody gets at its files, console, power or backups, and what people held at the source ends", async () => {
    const { handOut } = await import("#lib/servers/holders.ts");
    const server = await placed();
    handOut({ id: server.id }, owner.id, "console", false);
    Object.assign(here.wings, { broken: { status: 202, body: "" }, only: /^POST .*\/transfer$/ });
    await begin(server.id);
    await settled();
    expect(here.wings.deauthorized.has(`${owner.id} ${server.uuid}`)).toBe(true);
    for (const [method, path, body] of [
      ["POST", "console", {}],
      ["POST", "power", { action: "start" }],
      ["GET", "files?folder=/", undefined],
      ["POST", "backups", {}],
      ["POST", "reinstall", {}],
    ] as const)
      expect((await owner.call(method, `/servers/${server.id}/${path}`, body)).status, path).toBe(409);
    await cancel(server.id);
    expect((await owner.call("POST", `/servers/${server.id}/console`)).status).toBe(200);
  });

  test("a node that it goes to is not deleted, and a server that is deleted goes nowhere", async () => {
    const server = await underWay();
    sql.run("update servers set node_id = ? where node_id = ? and id <> ?", here.node, there.node, server.id);
    expect((await staff.call<Refused>("DELETE", `/admin/nodes/${there.node}`)).body.message).toMatch(
      /moving to this node/,
    );
    const { name } = sql.get<{ name: string }>("select name from servers where id = ?", server.id) ?? { name: "" };
    expect((await owner.call("DELETE", `/servers/${server.id}`, { name })).status).toBe(200);
    expect(held(server.id, there.node)).toEqual([]);
    expect((await says(there, server.uuid, "success")).status).toBe(409);
    expect(row(server.id)).toMatchObject({ state: "deleting", node_id: here.node });
    await settled();
    expect(row(server.id)).toBeUndefined();
    expect(holds(here, server)).toBe(false);
    expect((await says(there, server.uuid, "success")).status).toBe(404);
  });
});

describe("what nodes say", () => {
  test("only the target says that it is there; the source, a third, and whoever is nobody do not", async () => {
    const server = await underWay();
    expect((await says(here, server.uuid, "success")).status).toBe(409);
    expect((await says(third, server.uuid, "success")).status).toBe(404);
    expect((await says(third, server.uuid, "failure")).status).toBe(404);
    expect((await panel.call("POST", `/remote/servers/${server.uuid}/transfer/success`, "null")).status).toBe(401);
    expect((await owner.call("POST", `/remote/servers/${server.uuid}/transfer/success`, {})).status).toBe(401);
    expect(row(server.id)).toMatchObject({ state: "transferring", node_id: here.node });
    expect((await says(there, server.uuid, "success")).status).toBe(204);
    expect(row(server.id)).toMatchObject({ state: "ready", node_id: there.node });
  });

  test("the first word counts: the same again changes nothing, the opposite is refused", async () => {
    const server = await underWay();
    await says(there, server.uuid, "success");
    const after = JSON.stringify([row(server.id), held(server.id, there.node), moves(server.id)]);
    expect((await says(there, server.uuid, "success")).status).toBe(204);
    expect((await says(there, server.uuid, "failure")).status).toBe(409);
    expect((await says(here, server.uuid, "failure")).status).toBe(409);
    expect((await says(here, server.uuid, "success")).status).toBe(409);
    expect(JSON.stringify([row(server.id), held(server.id, there.node), moves(server.id)])).toBe(after);
    const entries = "select 1 from audit_log where target_id = ? and action = 'remoteTransfers.arrived'";
    expect(sql.all(entries, server.id)).toHaveLength(1);
    sql.run("delete from servers where id = ?", server.id);
  });

  test.each([
    ["the source", () => here],
    ["the target", () => there],
  ])("a failure said by %s leaves it where it was, and frees what was kept for it", async (_, who) => {
    const server = await underWay();
    expect((await says(who(), server.uuid, "failure")).status).toBe(204);
    expect(row(server.id)).toMatchObject({
      state: "ready",
      node_id: here.node,
      problem: expect.stringMatching(/failed/),
    });
    expect(held(server.id, there.node)).toEqual([]);
    expect(held(server.id, here.node)).toHaveLength(1);
    for (const place of [here, there]) expect((await says(place, server.uuid, "failure")).status).toBe(204);
    expect((await says(there, server.uuid, "success")).status).toBe(409);
    expect(row(server.id)?.node_id).toBe(here.node);
    await settled();
    expect(moves(server.id)).toMatchObject([{ state: "failed", cleared: 1 }]);
    // It can try again.
    expect((await begin(server.id)).status).toBe(200);
    await settled();
    expect(row(server.id)).toMatchObject({ node_id: there.node, problem: null });
  });

  test("an archive that does not arrive whole is no server, here or there", async () => {
    const server = await placed();
    Object.assign(there.wings, { broken: { status: 500, body: "" }, only: /^POST \/api\/transfers$/ });
    await begin(server.id);
    await settled();
    expect(row(server.id)).toMatchObject({ state: "ready", node_id: here.node });
    expect(readFileSync(`${server.folder}/world.dat`, "utf8")).toBe(`world ${server.id}`);
    expect([holds(here, server), holds(there, server)]).toEqual([true, false]);
  });

  test("a node that starts anew has sent nothing and taken nothing", async () => {
    for (const place of [here, there]) {
      const server = await underWay();
      await panel.call("POST", "/remote/servers/reset", "null", {
        authorization: `Bearer ${place.wings.config?.token_id}.${place.wings.config?.token}`,
      });
      expect(row(server.id)).toMatchObject({ state: "ready", problem: expect.stringMatching(/started anew/) });
      expect(moves(server.id)).toMatchObject([{ state: "interrupted" }]);
      expect(held(server.id, there.node)).toEqual([]);
    }
  });
});

describe("it ends otherwise", () => {
  test("called off by staff, at both nodes; what arrives afterwards is not taken, and is deleted there", async () => {
    const server = await underWay();
    // The target has all of it by then, and the two cross.
    const headers = { authorization: `Bearer ${there.wings.config?.token}`, "content-type": "application/json" };
    const body = JSON.stringify({ uuid: server.uuid, start_on_completion: false });
    await fetch(`http://127.0.0.1:${there.wings.port}/api/servers`, { method: "POST", headers, body });
    await there.wings.settled();
    expect(holds(there, server)).toBe(true);
    expect((await cancel(server.id)).status).toBe(200);
    expect(row(server.id)).toMatchObject({ state: "ready", node_id: here.node, problem: null });
    expect(held(server.id, there.node)).toEqual([]);
    expect((await cancel(server.id)).status).toBe(409);
    expect((await says(there, server.uuid, "success")).status).toBe(409);
    await settled();
    expect(askedFor(here, server.uuid).some((one) => /^DELETE .*\/transfer$/.test(one))).toBe(true);
    expect([holds(here, server), holds(there, server)]).toEqual([true, false]);
    expect(moves(server.id)).toEqual([{ state: "cancelled", problem: null, cleared: 1 }]);
    expect(await preview(server.id)).toMatchObject({
      moves: [{ state: "cancelled", by: { name: expect.any(String) } }],
    });
  });

  test("a daemon that took all of it too late keeps it, and is asked once more to delete it", async () => {
    const server = await underWay();
    const late = await there.server(owner);
    const copy = there.wings.servers.get(late.uuid);
    expect((await cancel(server.id)).status).toBe(200);
    await settled();
    expect(moves(server.id)).toMatchObject([{ cleared: 1 }]);
    if (copy) there.wings.servers.set(server.uuid, { ...copy, uuid: server.uuid });
    expect((await says(there, server.uuid, "success")).status).toBe(409);
    expect(moves(server.id)).toMatchObject([{ cleared: 0 }]);
    expect((await begin(server.id)).body.fields?.node).toMatch(/has yet to delete/);
    await settled();
    expect([holds(here, server), holds(there, server)]).toEqual([true, false]);
    expect(moves(server.id)).toMatchObject([{ state: "cancelled", cleared: 1 }]);
  });

  test("the source cannot be asked: it stays, and why is told", async () => {
    const server = await placed();
    Object.assign(here.wings, { broken: { status: 500, body: "" }, only: /^POST .*\/transfer$/ });
    await begin(server.id);
    await settled();
    expect(row(server.id)).toMatchObject({
      state: "ready",
      problem: expect.stringMatching(/could not stop the server/),
    });
    // It has been moving since before: nobody will ever say what came of it.
    Object.assign(here.wings, { broken: { status: 409, body: "" } });
    await begin(server.id);
    await settled();
    expect(row(server.id)?.problem).toMatch(/moving already/);
    expect(moves(server.id).map(({ state }) => state)).toEqual(["failed", "failed"]);
  });

  test("nobody has said anything for a day: that is said, and it can be used again", async () => {
    const [server, fresher] = [await underWay(), await underWay()];
    sql.run(
      "update server_transfers set started_at = ? where server_id = ?",
      Date.now() - 24 * 3_600_000 - 1,
      server.id,
    );
    const { endOverdue } = await import("#lib/servers/transfer/ending.ts");
    const run = () => endOverdue.run({}, { retryAt: 0, signal: new AbortController().signal });
    await run();
    await run();
    expect(row(server.id)).toMatchObject({
      state: "ready",
      node_id: here.node,
      problem: expect.stringMatching(/24 hours/),
    });
    expect(moves(server.id)).toMatchObject([{ state: "interrupted" }]);
    expect(row(fresher.id)?.state).toBe("transferring");
    expect((await says(there, server.uuid, "success")).status).toBe(409);
    expect(row(server.id)?.node_id).toBe(here.node);
    await cancel(fresher.id);
  });

  test("what is left is asked to be deleted until it is, and never where the server is", async () => {
    const server = await placed();
    Object.assign(here.wings, { broken: { status: 500, body: "" }, only: /^DELETE / });
    await begin(server.id);
    await settled();
    expect(row(server.id)?.node_id).toBe(there.node);
    expect([holds(here, server), moves(server.id)[0]?.cleared]).toEqual([true, 0]);
    // It does not go back to where its old files are.
    expect((await begin(server.id, { node: here.node })).body.fields?.node).toMatch(/has yet to delete/);
    Object.assign(here.wings, { broken: null, only: null });
    again();
    await settled();
    expect([holds(here, server), moves(server.id)[0]?.cleared]).toEqual([false, 1]);
    expect((await begin(server.id, { node: here.node })).status).toBe(200);
    await settled();
    expect(row(server.id)?.node_id).toBe(here.node);
    expect([holds(here, server), holds(there, server)]).toEqual([true, false]);
    const { clearing } = await import("#lib/servers/transfer/ending.ts");
    await clearing.run(
      { transfer: "x", uuid: server.uuid, node: here.node, stops: null, backups: [] },
      { retryAt: 0, signal: new AbortController().signal },
    );
    expect(holds(here, server)).toBe(true);
  });
});

test("people stay what they are in it, and reach it over SFTP where it is then", async () => {
  const server = await placed();
  const friend = await panel.person(`Friend ${fresh()}`);
  await letIn(server.id, friend, ["files"]);
  const { password } = (await friend.call<{ password: string }>("POST", `/servers/${server.id}/sftp/password`)).body;
  const username = (await friend.call<{ login: string }>("GET", `/servers/${server.id}/sftp`)).body.login;
  await begin(server.id);
  await settled();
  expect((await friend.call("GET", `/servers/${server.id}/files?folder=/`)).status).toBe(200);
  const session = await there.wings.sftpLogin(username, { password });
  expect([session.server, session.may("file.read")]).toEqual([server.uuid, true]);
  await expect(here.wings.sftpLogin(username, { password })).rejects.toThrow();
  expect((await friend.call("GET", `/servers/${server.id}`)).body).toMatchObject({
    sftp: { port: sql.get<{ p: number }>("select sftp_port as p from nodes where id = ?", there.node)?.p },
  });
});
