/** How much of nodes is taken by servers, and what is left. All sizes in MiB. */
import { and, count, eq, inArray, sum } from "drizzle-orm";
import type { DbOrTx } from "#db/client.ts";
import { nodes, servers, serverTransfers } from "#db/schema/index.ts";
import type { NodeRow } from "./credentials.ts";

export interface Taken {
  servers: number;
  memory: number;
  disk: number;
}

/** By the servers on each of these nodes, those that are on their way there counted as there. */
export function takenOn(tx: DbOrTx, ids: readonly string[]): (node: string) => Taken {
  const sizes = { servers: count(), memory: sum(servers.memory), disk: sum(servers.disk) };
  const there = tx
    .select({ id: servers.nodeId, ...sizes })
    .from(servers)
    .where(inArray(servers.nodeId, [...ids]))
    .groupBy(servers.nodeId)
    .all();
  const coming = tx
    .select({ id: serverTransfers.toNodeId, ...sizes })
    .from(serverTransfers)
    .innerJoin(servers, eq(servers.id, serverTransfers.serverId))
    .where(and(inArray(serverTransfers.toNodeId, [...ids]), eq(serverTransfers.state, "going")))
    .groupBy(serverTransfers.toNodeId)
    .all();
  const all = Map.groupBy([...there, ...coming], ({ id }) => id);
  return (node) => {
    const total = (what: keyof Taken) => (all.get(node) ?? []).reduce((n, one) => n + Number(one[what] ?? 0), 0);
    return { servers: total("servers"), memory: total("memory"), disk: total("disk") };
  };
}

/** What is left on each; Infinity: there is no limit. */
export function roomOf(tx: DbOrTx, ids: readonly string[]): Map<string, { memory: number; disk: number }> {
  const taken = takenOn(tx, ids);
  const rows = tx
    .select()
    .from(nodes)
    .where(inArray(nodes.id, [...ids]))
    .all();
  return new Map(rows.map((node) => [node.id, leftOf(node, taken(node.id))]));
}

export const leftOf = (node: NodeRow, taken: Pick<Taken, "memory" | "disk">) => ({
  memory: most(node.memory, node.memoryOver) - taken.memory,
  disk: most(node.disk, node.diskOver) - taken.disk,
});

/** Per cent above what there is; -1 is without a limit. */
const most = (size: number, over: number): number => (over < 0 ? Number.POSITIVE_INFINITY : size * (1 + over / 100));
