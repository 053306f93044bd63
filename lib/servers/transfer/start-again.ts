/**
 * A server that ran before its move is started again when that has ended, wherever it is then. That it ran is seen before the
 * source is asked to send it, and kept as a job that waits for the end.
 */
import { eq } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { nodes, servers, serverTransfers } from "#db/schema/index.ts";
import { systemActor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { JobRefused, jobKind } from "#lib/jobs/queue.ts";
import { killHere } from "#lib/test-hook.ts";
import { DaemonError } from "#lib/wings/call.ts";
import { power, readServer } from "#lib/wings/servers.ts";
import { targetOf } from "../installation.ts";

/** Longer than any move. */
const WAITS_MS = 25 * 3_600_000;
/** A daemon lets go of the server when the panel has answered it, and forgets without a word what it is asked before. */
const FIRST_MS = 2000;
const LATER_MS = 10_000;
const STARTS = 3;

/** Asked before it is stopped for the move. What does not say so does not run. */
export async function runsBefore(transfer: string): Promise<boolean> {
  const found = db()
    .select({ node: nodes, uuid: servers.uuid })
    .from(serverTransfers)
    .innerJoin(servers, eq(servers.id, serverTransfers.serverId))
    .innerJoin(nodes, eq(nodes.id, serverTransfers.fromNodeId))
    .where(eq(serverTransfers.id, transfer))
    .get();
  if (!found) return false;
  try {
    const { state } = await readServer(found.node, found.uuid);
    return state === "running" || state === "starting";
  } catch (error) {
    if (error instanceof DaemonError) return false;
    throw error;
  }
}

const first = (transfer: string) => ({ transfer, started: 0 });

/** In the transaction that marks the source as asked. */
export const startAtEnd = (tx: DbOrTx, transfer: string): void =>
  void startingAgain.enqueue(tx, first(transfer), Date.now() + WAITS_MS);

/** In the transaction that ends it. */
export const startSoon = (tx: DbOrTx, transfer: string): void =>
  startingAgain.hasten(tx, first(transfer), Date.now() + FIRST_MS);

export const startingAgain = jobKind({
  kind: "servers.start-again",
  payload: z.object({ transfer: z.string(), started: z.number().int() }),
  attempts: 8,
  forget: true,
  run: async ({ transfer: id, started }) => {
    const found = db()
      .select({ transfer: serverTransfers, server: servers, node: nodes })
      .from(serverTransfers)
      .innerJoin(servers, eq(servers.id, serverTransfers.serverId))
      .innerJoin(nodes, eq(nodes.id, servers.nodeId))
      .where(eq(serverTransfers.id, id))
      .get();
    if (!found) return;
    const { transfer, server, node } = found;
    if (transfer.state === "going") return startAtEnd(db(), id);
    // Whoever has begun something with it since knows what they want of it.
    if (server.state !== "ready" || server.suspendedAt !== null) return;
    const { state } = await readServer(node, server.uuid);
    if (state !== "offline") return;
    if (started === STARTS) throw new JobRefused("Its node does not start it.");
    await power(node, server.uuid, "start");
    killHere("started-again");
    transaction((tx) => {
      startingAgain.enqueue(tx, { transfer: id, started: started + 1 }, Date.now() + LATER_MS);
      if (started === 0)
        audit(tx, systemActor("servers.start-again", "panel"), { ...targetOf(server), after: { power: "start" } });
    });
  },
});
