/** Staff suspend servers, and give them to somebody else. Both take from people what they hold at the node. */
import { eq } from "drizzle-orm";
import { transaction } from "#db/client.ts";
import { servers } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { loadNode } from "#lib/nodes/load.ts";
import { changeServer, stillThere } from "./acts.ts";
import { ownerNamed } from "./create.ts";
import { cutEverybody } from "./holders.ts";
import { targetOf } from "./installation.ts";
import { endSubusers } from "./people/people.ts";

/** It is stopped, and nobody but staff gets anything from its node. */
export const suspendServer = (id: string, reason: string, actor: Actor): { id: string } =>
  changeServer(id, { set: { suspendedAt: Date.now(), suspendedReason: reason } }, actor, true, (tx, server) => {
    if (server.suspendedAt !== null) throw new Problem("conflict", "This server is suspended already.");
    cutEverybody(tx, server);
    return null;
  });

export const unsuspendServer = (id: string, actor: Actor): { id: string } =>
  changeServer(id, { set: { suspendedAt: null, suspendedReason: null } }, actor, true, (_tx, server) => {
    if (server.suspendedAt === null) throw new Problem("conflict", "This server is not suspended.");
    return null;
  });

/** Whoever was let into it was let in by whoever had it: that ends. */
export function handOver(id: string, owner: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const server = stillThere(tx, id);
    const to = ownerNamed(tx, owner);
    if (to.userId === server.userId && to.organisationId === server.organisationId)
      throw new Problem("conflict", "It is theirs already.");
    const { organisationId } = loadNode(server.nodeId, tx);
    if (organisationId !== null && organisationId !== to.organisationId)
      throw new Problem(
        "conflict",
        "Its node runs the servers of one organisation alone. Move it to another node first.",
      );
    endSubusers(tx, server, actor);
    tx.update(servers)
      .set({ ...to, revision: server.revision + 1, updatedAt: Date.now() })
      .where(eq(servers.id, id))
      .run();
    audit(tx, actor, {
      ...targetOf({ ...server, ...to }),
      before: { userId: server.userId, organisationId: server.organisationId },
      after: to,
      asStaff: true,
    });
    return { id };
  });
}
