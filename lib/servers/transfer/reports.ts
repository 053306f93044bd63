/**
 * What nodes say of servers that move. Only the target can say that one has arrived, and both that it has not. The first word
 * counts: the same again changes nothing, and the opposite is refused.
 */
import { type Tx, transaction } from "#db/client.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import type { NodeRow } from "#lib/nodes/credentials.ts";
import { arrive, clearAtTarget, latestAt, stay } from "./ending.ts";

export function noteArrival(node: NodeRow, uuid: string, actor: Actor): void {
  const refused = transaction((tx) => {
    const { transfer, server } = part(tx, node, uuid);
    if (transfer.toNodeId !== node.id) return "Only the node that a server moves to can say that it is there.";
    if (transfer.state === "moved") return null;
    if (transfer.state === "going") {
      // What it may have is of an earlier time.
      if (transfer.askedAt === null) return "Nobody has been asked to send this server yet.";
      arrive(tx, transfer, server, actor);
      return null;
    }
    // The daemon keeps what it took. Nobody but the panel can have it deleted.
    clearAtTarget(tx, transfer, server);
    return "This server does not move any more.";
  });
  if (refused !== null) throw new Problem("conflict", refused);
}

export function noteFailure(node: NodeRow, uuid: string, actor: Actor): void {
  transaction((tx) => {
    const { transfer } = part(tx, node, uuid);
    if (transfer.state === "moved") throw new Problem("conflict", "This server has moved.");
    const said = `It did not move to ${transfer.toName}. ${node.name} says that it failed: its daemon’s log tells why.`;
    stay(tx, transfer, "failed", said, actor);
  });
}

/** To all other nodes there is no such server. */
function part(tx: Tx, node: NodeRow, uuid: string) {
  const found = latestAt(tx, node.id, uuid);
  if (!found) throw notFound("server");
  return found;
}
