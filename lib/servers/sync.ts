/** Has a node read a server's configuration anew: wanted in the transaction that changes it, and tried until the node has done it. */
import { eq } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db } from "#db/client.ts";
import { nodes, servers } from "#db/schema/index.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { DaemonError } from "#lib/wings/call.ts";
import { syncServer } from "#lib/wings/servers.ts";

export const syncing = jobKind({
  kind: "servers.sync",
  payload: z.object({ server: z.string() }),
  attempts: 30,
  forget: true,
  run: async ({ server }) => {
    const row = db()
      .select({ node: nodes, uuid: servers.uuid })
      .from(servers)
      .innerJoin(nodes, eq(nodes.id, servers.nodeId))
      .where(eq(servers.id, server))
      .get();
    if (!row) return;
    try {
      await syncServer(row.node, row.uuid);
    } catch (error) {
      // A node that does not have it reads it when it gets it.
      if (!(error instanceof DaemonError && error.trouble === "not_found")) throw error;
    }
  },
});

/** In the transaction that changes what the node is told. */
export function syncSoon(tx: DbOrTx, server: string): void {
  syncing.enqueue(tx, { server });
}
