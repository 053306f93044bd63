/** Where a server can move to, and which addresses it gets there. */
import { and, asc, count, eq, inArray, isNull, or, type SQL, sql } from "drizzle-orm";
import { type DbOrTx, db, type Tx } from "#db/client.ts";
import { allocations, nodes, serverTransfers } from "#db/schema/index.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import type { NodeRow } from "#lib/nodes/credentials.ts";
import { answers, healthOf } from "#lib/nodes/health.ts";
import { loadNode } from "#lib/nodes/load.ts";
import { roomOf } from "#lib/nodes/room.ts";
import { exchangeProblem } from "#lib/nodes/version.ts";
import type { ServerRow } from "../load.ts";
import { LOOKED_AT, openNodes, shuffled } from "../placement.ts";

type AllocationRow = typeof allocations.$inferSelect;

/** Those that the server has where it is, the main one first. */
export const addressesAt = ({ id, nodeId, allocationId }: ServerRow, tx: DbOrTx = db()): AllocationRow[] =>
  tx
    .select()
    .from(allocations)
    .where(and(eq(allocations.serverId, id), eq(allocations.nodeId, nodeId)))
    .orderBy(sql`allocations.id <> ${allocationId ?? ""}`, asc(allocations.port), asc(allocations.ip))
    .all();

/** Each of these nodes, and why the server cannot go there: a sentence, or null. */
export function judged(tx: DbOrTx, server: ServerRow, source: NodeRow, needs: number, where: SQL | undefined) {
  const rows = tx.select().from(nodes).where(where).orderBy(asc(nodes.name)).limit(SHOWN).all();
  const ids = rows.map(({ id }) => id);
  const rooms = roomOf(tx, ids);
  const frees = tx
    .select({ id: allocations.nodeId, n: count() })
    .from(allocations)
    .where(and(inArray(allocations.nodeId, ids), isNull(allocations.serverId)))
    .groupBy(allocations.nodeId)
    .all();
  const leftovers = tx
    .select({ id: serverTransfers.toNodeId, state: serverTransfers.state, from: serverTransfers.fromNodeId })
    .from(serverTransfers)
    .where(and(eq(serverTransfers.serverId, server.id), isNull(serverTransfers.clearedAt)))
    .all()
    .map(({ id, state, from }) => (state === "moved" ? from : id));
  return rows.map((node) => {
    const room = rooms.get(node.id) ?? { memory: 0, disk: 0 };
    const free = frees.find(({ id }) => id === node.id)?.n ?? 0;
    return {
      node,
      room,
      problem: whyNot(node, { server, source, room, free, needs, left: leftovers.includes(node.id) }),
    };
  });
}

/** Most that are told at once. */
const SHOWN = 100;

interface Case {
  server: ServerRow;
  source: NodeRow;
  room: { memory: number; disk: number };
  free: number;
  needs: number;
  /** What was there of the server is not deleted yet. */
  left: boolean;
}

function whyNot(node: NodeRow, { server, source, room, free, needs, left }: Case): string | null {
  if (node.id === server.nodeId) return "The server is on this node already.";
  if (!answers(node)) return "This node does not answer.";
  if (healthOf(node) !== "healthy") return "This node cannot call the panel.";
  if (node.maintenance === 1) return "This node is in maintenance.";
  if (node.organisationId !== null && node.organisationId !== server.organisationId)
    return "This node runs the servers of another organisation.";
  if (node.organisationId === null && node.classification === "enterprise")
    return "This node is for an organisation, and has none.";
  const apart = exchangeProblem(source.version, node.version);
  if (apart !== null) return apart;
  if (server.memory > room.memory) return "This node has not enough memory left.";
  if (server.disk > room.disk) return "This node has not enough disk left.";
  if (free < needs)
    return `This node has ${free === 1 ? "1 free address" : `${free} free addresses`}, and the server needs ${needs}.`;
  return left ? "This node has yet to delete what an earlier move left there." : null;
}

/** By name or id, for people to choose from. */
export function targetsFor(server: ServerRow, q: string) {
  const pattern = likeAnywhere(q);
  const named = q === "" ? undefined : or(eq(nodes.id, q), sql`${nodes.name} like ${pattern} escape '\\'`);
  const source = loadNode(server.nodeId);
  return judged(db(), server, source, addressesAt(server).length, named).filter(
    ({ node }) => node.id !== server.nodeId,
  );
}

/** The one that was named, or the one with most memory left among some. Throws with why there is none. */
export function chooseTarget(
  tx: Tx,
  server: ServerRow,
  source: NodeRow,
  needs: number,
  wanted: string | null,
): NodeRow {
  if (wanted !== null) {
    const [found] = judged(tx, server, source, needs, eq(nodes.id, wanted));
    if (!found) throw invalid({ node: "There is no such node." });
    if (found.problem !== null) throw invalid({ node: found.problem });
    return found.node;
  }
  const wish = { ...server, asStaff: true, node: null, allocation: null };
  const candidates = shuffled(openNodes(wish, tx).map(({ id }) => id));
  for (let at = 0; at < candidates.length; at += LOOKED_AT) {
    const some = inArray(nodes.id, candidates.slice(at, at + LOOKED_AT));
    const [best] = judged(tx, server, source, needs, some)
      .filter(({ problem }) => problem === null)
      .toSorted((a, b) => b.room.memory - a.room.memory);
    if (best) return best.node;
  }
  throw new Problem("conflict", "No other node has room for this server now.");
}

/** As many as the server has, in the same order: those that were named, else the same ports where they are free, else any. */
export function chooseAddresses(
  tx: Tx,
  target: NodeRow,
  own: readonly AllocationRow[],
  wanted: readonly string[],
): AllocationRow[] {
  if (wanted.length > own.length)
    throw invalid({ allocations: `The server has ${own.length === 1 ? "1 address" : `${own.length} addresses`}.` });
  const freeAt = (which: SQL | undefined, most: number) =>
    tx
      .select()
      .from(allocations)
      .where(and(eq(allocations.nodeId, target.id), isNull(allocations.serverId), which))
      .orderBy(asc(allocations.port), asc(allocations.ip))
      .limit(most)
      .all();
  const named = freeAt(inArray(allocations.id, [...wanted]), wanted.length);
  if (named.length < wanted.length)
    throw invalid({ allocations: "One of these addresses is taken, of another node, or there twice." });
  const left = new Map<string, AllocationRow>();
  for (const one of freeAt(
    inArray(
      allocations.port,
      own.map(({ port }) => port),
    ),
    MOST,
  ))
    left.set(one.id, one);
  for (const one of freeAt(undefined, own.length * 2)) left.set(one.id, one);
  const take = (one: AllocationRow | undefined) => {
    if (one) left.delete(one.id);
    return one;
  };
  const chosen = own.map((_, at) => take(named.find(({ id }) => id === wanted[at])));
  for (const [at, { port }] of own.entries()) chosen[at] ??= take([...left.values()].find((one) => one.port === port));
  return chosen.map((one) => {
    const found = one ?? take([...left.values()][0]);
    if (!found) throw invalid({ node: "This node has not enough free addresses." });
    return found;
  });
}

/** More of the same ports are not looked at. */
const MOST = 1000;

/** Free ones of a node, for people to choose from. */
export const freeAddresses = (node: string) =>
  db()
    .select({ id: allocations.id, ip: allocations.ip, port: allocations.port, alias: allocations.alias })
    .from(allocations)
    .where(and(eq(allocations.nodeId, node), isNull(allocations.serverId)))
    .orderBy(asc(allocations.port), asc(allocations.ip))
    .limit(SHOWN)
    .all();
