/**
 * Moving a server to another node. Staff begin it; the source is asked once to send the server; and whatever the nodes say then
 * (reports.ts), the server is where it was until the target has all of it.
 */
import { and, eq, inArray, isNull } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import { nodes, serverBackups, servers, serverTransfers } from "#db/schema/index.ts";
import { type Actor, systemActor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import type { NodeRow } from "#lib/nodes/credentials.ts";
import { answers, healthOf } from "#lib/nodes/health.ts";
import { loadNode } from "#lib/nodes/load.ts";
import { killHere } from "#lib/test-hook.ts";
import { DaemonError } from "#lib/wings/call.ts";
import { startTransfer } from "#lib/wings/servers.ts";
import { signerOf, transferToken } from "#lib/wings/tokens.ts";
import { stillThere } from "../acts.ts";
import { assertReady } from "../at-rest.ts";
import { cutEverybody } from "../holders.ts";
import { targetOf } from "../installation.ts";
import type { ServerRow } from "../load.ts";
import { take } from "../placement.ts";
import { addressText } from "../servers.ts";
import { stay } from "./ending.ts";
import { goingOf, historyOf, type TransferRow } from "./rows.ts";
import { runsBefore, startAtEnd } from "./start-again.ts";
import { addressesAt, chooseAddresses, chooseTarget, freeAddresses, targetsFor } from "./target.ts";

export interface Wanted {
  /** Null: wherever there is room. */
  node: string | null;
  /** At the target, the main one first; those that are left out are chosen. */
  allocations: readonly string[];
  /** Backups stay behind and are deleted: that has to be said where there are any. */
  losesBackups: boolean;
}

/** What a move would be, and what those before were. */
export function previewTransfer(id: string, { q, node }: { q: string; node: string | null }) {
  const server = db().select().from(servers).where(eq(servers.id, id)).get();
  if (!server) throw notFound("server");
  const backups = backupsOf(db(), server);
  return {
    notNow: sentenceWhy(() => assertCanLeave(db(), server)),
    addresses: addressesAt(server).map(addressText),
    backups: { all: backups.length, locked: backups.filter(({ locked }) => locked === 1).length },
    targets: targetsFor(server, q).map(({ node: { id: to, name, location }, problem }) => ({
      id: to,
      name,
      location,
      problem,
    })),
    free:
      node === null
        ? []
        : freeAddresses(node).map((one) => ({ id: one.id, address: addressText(one), alias: one.alias })),
    moves: historyOf(id),
  };
}

function sentenceWhy(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

/** The archives that lie where the server is. */
const backupsOf = (tx: DbOrTx, { id, nodeId }: ServerRow) =>
  tx
    .select({ state: serverBackups.state, locked: serverBackups.locked })
    .from(serverBackups)
    .where(
      and(
        eq(serverBackups.serverId, id),
        eq(serverBackups.nodeId, nodeId),
        inArray(serverBackups.state, ["making", "done", "deleting"]),
      ),
    )
    .all();

/** Throws `conflict`, with why. Returns where it is. */
function assertCanLeave(tx: DbOrTx, server: ServerRow): NodeRow {
  assertReady(server);
  const source = loadNode(server.nodeId, tx);
  if (!answers(source))
    throw new Problem("conflict", "The server’s node does not answer: nothing can be sent from there.");
  if (healthOf(source) !== "healthy")
    throw new Problem("conflict", "The server’s node cannot call the panel: nothing can be sent from there.");
  if (backupsOf(tx, server).some(({ state }) => state !== "done"))
    throw new Problem("conflict", "A backup of this server is being made or deleted. Wait until that is over.");
  return source;
}

export function beginTransfer(id: string, wanted: Wanted, actor: Actor): { id: string } {
  return transaction((tx) => {
    const server = stillThere(tx, id);
    const source = assertCanLeave(tx, server);
    const backups = backupsOf(tx, server).length;
    if (wanted.node === null && wanted.allocations.length > 0)
      throw invalid({ node: "Choose the node whose addresses these are." });
    const from = addressesAt(server, tx);
    const target = chooseTarget(tx, server, source, from.length, wanted.node);
    if (backups > 0 && !wanted.losesBackups)
      throw invalid({
        losesBackups: `${backups === 1 ? "1 backup stays" : `${backups} backups stay`} behind and ${backups === 1 ? "is" : "are"} deleted. Say that this may be.`,
      });
    const to = chooseAddresses(tx, target, from, wanted.allocations);
    for (const one of to) take(tx, one.id, id);
    const now = Date.now();
    const row = {
      id: newId(now),
      serverId: id,
      fromNodeId: source.id,
      toNodeId: target.id,
      fromName: source.name,
      toName: target.name,
      toAllocationId: to[0]?.id ?? null,
      fromAddresses: JSON.stringify(from.map(addressText)),
      toAddresses: JSON.stringify(to.map(addressText)),
      state: "going" as const,
      startedBy: actor.type === "user" || actor.type === "token" ? actor.id : null,
      startedAt: now,
    };
    tx.insert(serverTransfers).values(row).run();
    tx.update(servers).set({ state: "transferring", problem: null, updatedAt: now }).where(eq(servers.id, id)).run();
    // Daemons of old do not keep people from files that are being sent.
    cutEverybody(tx, server);
    sending.enqueue(tx, { transfer: row.id });
    audit(tx, actor, {
      ...targetOf(server),
      before: { node: source.name, addresses: from.map(addressText) },
      after: { node: target.name, addresses: to.map(addressText), backupsLost: backups },
      asStaff: true,
    });
    return { id };
  });
}

export function cancelMove(id: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const server = stillThere(tx, id);
    const going = goingOf(server.id, tx);
    if (!going || !stay(tx, going, "cancelled", null, actor, true))
      throw new Problem("conflict", "This server is not moving.");
    return { id };
  });
}

/** Has the source send it. Asked once: a second time it could be sent to a node that has it already, and be damaged there. */
export const sending = jobKind({
  kind: "servers.transfer",
  payload: z.object({ transfer: z.string() }),
  attempts: 3,
  forget: true,
  run: async ({ transfer: id }) => {
    killHere("transfer-begun");
    const ran = await runsBefore(id);
    const found = transaction((tx) => {
      const asked = askOnce(tx, id);
      if (asked && ran) startAtEnd(tx, id);
      return asked;
    });
    if (!found) return;
    killHere("transfer-marked");
    const { transfer, server, source, target } = found;
    try {
      const signer = signerOf(target);
      await startTransfer(source, server.uuid, {
        address: signer.address,
        token: await transferToken(signer, server.uuid),
      });
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      transaction((tx) => fail(tx, transfer, sentenceOf(error, transfer)));
    }
    killHere("transfer-asked");
  },
  failed: (tx, { transfer: id }, error) => {
    const transfer = tx.select().from(serverTransfers).where(eq(serverTransfers.id, id)).get();
    // One that was asked for may still arrive.
    if (transfer && transfer.askedAt === null)
      fail(tx, transfer, `It could not be moved to ${transfer.toName}. ${error}`);
  },
});

function askOnce(tx: Tx, id: string) {
  const waits = and(eq(serverTransfers.id, id), eq(serverTransfers.state, "going"), isNull(serverTransfers.askedAt));
  const [transfer] = tx.update(serverTransfers).set({ askedAt: Date.now() }).where(waits).returning().all();
  const server = transfer && tx.select().from(servers).where(eq(servers.id, transfer.serverId)).get();
  if (!server || transfer.fromNodeId === null || transfer.toNodeId === null) return null;
  const [source, target] = [transfer.fromNodeId, transfer.toNodeId].map((node) =>
    tx.select().from(nodes).where(eq(nodes.id, node)).get(),
  );
  return source && target ? { transfer, server, source, target } : null;
}

const fail = (tx: DbOrTx, transfer: TransferRow, problem: string): void =>
  void stay(tx, transfer, "failed", problem, systemActor("servers.transfer", "panel"));

const sentenceOf = ({ trouble, message }: DaemonError, { fromName, toName }: TransferRow): string =>
  trouble === "conflict"
    ? `It was not sent to ${toName}: ${fromName} says that it is moving already. Restart the daemon there if it is not.`
    : `It was not sent to ${toName}. ${message}`;
