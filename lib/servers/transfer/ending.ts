/**
 * How a move ends, whichever way: in one transaction with the server, and once. The node that does not have the server then is
 * asked to delete its copy afterwards, as often as it takes. Never the other way round.
 */
import { and, desc, eq, lt, or } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import { allocations, nodes, serverBackups, servers, serverTransfers } from "#db/schema/index.ts";
import { type Actor, systemActor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { deleteBackup } from "#lib/wings/backups.ts";
import type { NodeAddress } from "#lib/wings/call.ts";
import { cancelTransfer, deleteServer, refuseTransfer } from "#lib/wings/servers.ts";
import { cutEverybody } from "../holders.ts";
import { targetOf } from "../installation.ts";
import type { ServerRow } from "../load.ts";
import { syncSoon } from "../sync.ts";
import { goingOf, type TransferRow } from "./rows.ts";
import { startSoon } from "./start-again.ts";

/** Nobody waits longer for a node to say what came of it. */
const LIMIT_MS = 24 * 3_600_000;

/** The server is at the target from here on, and nowhere else. */
export function arrive(tx: Tx, transfer: TransferRow, server: ServerRow, actor: Actor): void {
  const { toNodeId, fromNodeId } = transfer;
  if (toNodeId === null || !close(tx, transfer, "moved", null)) return;
  // What the node before gave to people ends with it.
  cutEverybody(tx, server);
  free(tx, server.id, server.nodeId);
  tx.update(servers)
    .set({
      nodeId: toNodeId,
      allocationId: transfer.toAllocationId,
      state: "ready",
      problem: null,
      revision: server.revision + 1,
      updatedAt: Date.now(),
    })
    .where(eq(servers.id, server.id))
    .run();
  // What was changed on the way only the node before was told of.
  syncSoon(tx, server.id);
  const left = tx
    .select({ uuid: serverBackups.uuid })
    .from(serverBackups)
    .where(and(eq(serverBackups.serverId, server.id), eq(serverBackups.nodeId, server.nodeId)))
    .all();
  if (fromNodeId !== null)
    clearing.enqueue(tx, {
      transfer: transfer.id,
      uuid: server.uuid,
      node: fromNodeId,
      stops: null,
      backups: left.map(({ uuid }) => uuid),
    });
  audit(tx, actor, {
    ...targetOf(server),
    before: { node: transfer.fromName, nodeId: fromNodeId },
    after: { node: transfer.toName, nodeId: toNodeId },
  });
}

/** The server stays where it is. False: it had ended before. */
export function stay(
  tx: DbOrTx,
  transfer: TransferRow,
  state: "failed" | "cancelled" | "interrupted",
  problem: string | null,
  actor: Actor,
  asStaff = false,
): boolean {
  const server = tx.select().from(servers).where(eq(servers.id, transfer.serverId)).get();
  if (!server || !close(tx, transfer, state, problem)) return false;
  if (transfer.toNodeId !== null) free(tx, server.id, transfer.toNodeId);
  if (server.state === "transferring")
    tx.update(servers).set({ state: "ready", problem, updatedAt: Date.now() }).where(eq(servers.id, server.id)).run();
  clearAtTarget(tx, transfer, server);
  const after = { move: state, to: transfer.toName, ...(problem === null ? {} : { problem }) };
  audit(tx, actor, { ...targetOf(server), after, asStaff });
  return true;
}

/** Where the server itself goes: it does not move any more. */
export function callOff(tx: DbOrTx, { id }: Pick<ServerRow, "id">): void {
  const going = goingOf(id, tx);
  if (going) stay(tx, going, "cancelled", null, systemActor("servers.transfer", "panel"));
}

/** A daemon that starts anew sends nothing and takes nothing that it began before. */
export function endAtStart(tx: Tx, node: { id: string; name: string }, actor: Actor): void {
  const here = or(eq(serverTransfers.fromNodeId, node.id), eq(serverTransfers.toNodeId, node.id));
  const going = tx
    .select()
    .from(serverTransfers)
    .where(and(eq(serverTransfers.state, "going"), here))
    .all();
  for (const transfer of going)
    stay(
      tx,
      transfer,
      "interrupted",
      `It did not move to ${transfer.toName}: ${node.name} started anew meanwhile.`,
      actor,
    );
}

/** What is at the target is no server: it is deleted there, and the source stops sending. */
export function clearAtTarget(tx: DbOrTx, { id, toNodeId, fromNodeId }: TransferRow, { uuid }: ServerRow): void {
  if (toNodeId === null) return;
  const work = { transfer: id, uuid, node: toNodeId, stops: fromNodeId, backups: [] };
  // A node may say the same as often as it likes.
  if (clearing.waits(tx, work)) return;
  tx.update(serverTransfers).set({ clearedAt: null }).where(eq(serverTransfers.id, id)).run();
  clearing.enqueue(tx, work);
}

/** The first word counts: whoever comes later finds it ended. */
function close(tx: DbOrTx, { id }: TransferRow, state: TransferRow["state"], problem: string | null): boolean {
  const going = and(eq(serverTransfers.id, id), eq(serverTransfers.state, "going"));
  const ended = { state, problem, endedAt: Date.now() };
  if (tx.update(serverTransfers).set(ended).where(going).run().changes === 0) return false;
  startSoon(tx, id);
  return true;
}

const free = (tx: DbOrTx, server: string, node: string): void =>
  void tx
    .update(allocations)
    .set({ serverId: null })
    .where(and(eq(allocations.serverId, server), eq(allocations.nodeId, node)))
    .run();

/** Deletes what is left at the node that does not have the server. */
export const clearing = jobKind({
  kind: "servers.clear",
  payload: z.object({
    transfer: z.string(),
    uuid: z.string(),
    node: z.string(),
    /** The node that may still be sending it. */
    stops: z.string().nullable(),
    /** Those that lie there. */
    backups: z.array(z.string()),
  }),
  // With its back-off for the better part of a day.
  attempts: 30,
  forget: true,
  run: async ({ transfer, uuid, node: id, stops, backups }) => {
    const [node, source] = [nodeOf(id), stops === null ? undefined : nodeOf(stops)];
    // A daemon knows one move of a server: a later one is not to be stopped with this.
    const stopped = source && !movesAnew(uuid, transfer) ? await settled(cancelTransfer(source, uuid)) : null;
    if (node && !hasIt(id, uuid)) {
      if (stops !== null) await refuseTransfer(node, uuid);
      // Some daemons keep the archives for ever.
      for (const backup of backups) await deleteBackup(node, uuid, backup);
      await deleteServer(node, uuid);
    }
    if (stopped !== null) throw stopped;
    db().update(serverTransfers).set({ clearedAt: Date.now() }).where(eq(serverTransfers.id, transfer)).run();
  },
});

/** What it failed with, or null. */
const settled = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

const nodeOf = (id: string): NodeAddress | undefined => db().select().from(nodes).where(eq(nodes.id, id)).get();

function movesAnew(uuid: string, transfer: string): boolean {
  const server = db().select({ id: servers.id }).from(servers).where(eq(servers.uuid, uuid)).get();
  const going = server && goingOf(server.id);
  return going !== undefined && going.id !== transfer;
}

/** The node has the server, or is to get it once more. */
function hasIt(node: string, uuid: string): boolean {
  const server = db().select().from(servers).where(eq(servers.uuid, uuid)).get();
  return server !== undefined && (server.nodeId === node || goingOf(server.id)?.toNodeId === node);
}

/** Moves of which nobody has said what came of them. */
export const endOverdue = jobKind({
  kind: "servers.transfers-overdue",
  payload: z.object({}),
  attempts: 1,
  schedule: "41 * * * * *",
  atStart: true,
  run: () => {
    const overdue = and(eq(serverTransfers.state, "going"), lt(serverTransfers.startedAt, Date.now() - LIMIT_MS));
    const system = systemActor("servers.transfers-overdue", "panel");
    for (const transfer of db().select().from(serverTransfers).where(overdue).all())
      transaction((tx) => {
        const said = `It did not move to ${transfer.toName}: no node said within 24 hours what came of it. If ${transfer.fromName} does not start it any more, restart the daemon there.`;
        stay(tx, transfer, "interrupted", said, system);
      });
  },
});

/** The latest in which this node has a part. */
export const latestAt = (tx: Tx, node: string, uuid: string) =>
  tx
    .select({ transfer: serverTransfers, server: servers })
    .from(serverTransfers)
    .innerJoin(servers, eq(servers.id, serverTransfers.serverId))
    .where(
      and(
        eq(servers.uuid, uuid.toLowerCase()),
        or(eq(serverTransfers.fromNodeId, node), eq(serverTransfers.toNodeId, node)),
      ),
    )
    .orderBy(desc(serverTransfers.startedAt), desc(serverTransfers.id))
    .limit(1)
    .get();
