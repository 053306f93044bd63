/** Three nodes that servers move between, and what is asked of the panel and of them about a move: for a file of tests. */
import { writeFileSync } from "node:fs";
import { expect } from "vitest";
import { runJobs } from "./jobs.ts";
import { startPanel } from "./panel.ts";
import { type Placed, placeNode } from "./placed-server.ts";
import { sqlOf } from "./stage.ts";
import type { Wings } from "./wings.ts";

interface Preview {
  notNow: string | null;
  addresses: string[];
  backups: { all: number; locked: number };
  targets: { id: string; name: string; problem: string | null }[];
  free: { id: string; address: string }[];
  moves: { state: string; problem: string | null; cleared: boolean; by: { name: string } | null }[];
}
export interface Refused {
  message: string;
  fields?: Record<string, string>;
}
interface Server {
  id: string;
  uuid: string;
  folder: string;
}

export async function startMoves() {
  const panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  const staff = await panel.person("Staff", ["admin:servers:manage", "servers:read", "nodes:*"]);
  const owner = await panel.person("Owner");
  const sql = await sqlOf();
  const [here, there, third] = [await placeNode(panel), await placeNode(panel), await placeNode(panel)];
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
    sql.all<{ port: number }>(
      "select port from allocations where server_id = ? and node_id = ? order by port",
      id,
      node,
    );
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

  for (const { node } of [here, there, third]) await addressesFor(node, "40000-40030");
  return {
    panel,
    staff,
    owner,
    sql,
    here,
    there,
    third,
    begin,
    cancel,
    preview,
    row,
    held,
    moves,
    says,
    again,
    settled,
    placed,
    underWay,
    holds,
    askedFor,
    /** Before each test: all three answer, and have room. */
    rested() {
      sql.run("update nodes set seen_at = ?, maintenance = 0, memory = 65536, disk = 65536", Date.now());
      for (const { wings } of [here, there, third])
        Object.assign(wings, { broken: null, only: null, drops: false, silent: false });
    },
    async close() {
      for (const { wings } of [here, there, third]) await wings.close();
      await panel.close();
    },
  };
}
