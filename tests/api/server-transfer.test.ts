/** Servers that move between nodes: real files between two daemons, and everything that can be said at the wrong time by the wrong node. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Placed, placeNode } from "../support/placed-server.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

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

const holds = ({ wings }: Placed, { uuid }: Server): boolean => wings.servers.has(uuid);
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
      moving: { to: expect.stringMatching(/^Node /), address: expect.any(String) },
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
