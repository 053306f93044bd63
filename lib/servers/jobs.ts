/** What nodes are asked to do with servers, once it is committed: tried until it is done, also when the panel dies meanwhile. */
import { eq } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { nodes, serverBackups, servers } from "#db/schema/index.ts";
import { systemActor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { dropAllOf } from "#lib/databases/job.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { killHere } from "#lib/test-hook.ts";
import { deleteBackup } from "#lib/wings/backups.ts";
import { DaemonError } from "#lib/wings/call.ts";
import { createServer, deleteServer, installServer, reinstallServer } from "#lib/wings/servers.ts";
import { targetOf } from "./installation.ts";
import type { ServerRow } from "./load.ts";

/** With its back-off for a few hours: whoever made the server is waiting. */
const INSTALLING = 10;
/** For the better part of a day. */
const PATIENT = 30;

/** Has the node fetch a new server and install it. */
export const creating = jobKind({
  kind: "servers.create",
  payload: z.object({ server: z.string(), start: z.boolean() }),
  attempts: INSTALLING,
  forget: true,
  run: async ({ server: id, start }) => {
    const found = find(id);
    if (!found || !(found.server.state === "installing" || found.server.state === "interrupted")) return;
    const { server, node } = found;
    // Whatever the daemon says of it comes after this.
    become(id, "installing");
    killHere("server-before-create");
    const begun = await createServer(node, server.uuid, start);
    killHere("server-created");
    if (begun) return;
    // It has it already: because an answer was lost, and then it is installing; or because it has started anew since.
    if (server.state === "interrupted") await installServer(node, server.uuid);
  },
  failed: (tx, { server }, error) => fails(tx, server, error),
});

/** Runs the egg's script again. */
export const reinstalling = jobKind({
  kind: "servers.reinstall",
  payload: z.object({ server: z.string() }),
  attempts: INSTALLING,
  forget: true,
  run: async ({ server: id }) => {
    const found = find(id);
    if (!found || !(found.server.state === "installing" || found.server.state === "interrupted")) return;
    const { server, node } = found;
    become(id, "installing");
    try {
      await reinstallServer(node, server.uuid);
    } catch (error) {
      if (!(error instanceof DaemonError) || error.trouble !== "not_found") throw error;
      // The node never had it, or has lost it.
      await createServer(node, server.uuid, false);
    }
  },
  failed: (tx, { server }, error) => fails(tx, server, error),
});

/** Deletes a server at its node, and then here: its addresses are free from then on. */
export const removing = jobKind({
  kind: "servers.delete",
  payload: z.object({ server: z.string() }),
  attempts: PATIENT,
  forget: true,
  run: async ({ server: id }) => {
    const found = find(id);
    if (found?.server.state !== "deleting") return;
    // Some daemons keep the archives for ever.
    for (const { uuid } of db().select().from(serverBackups).where(eq(serverBackups.serverId, id)).all())
      await deleteBackup(found.node, found.server.uuid, uuid);
    await deleteServer(found.node, found.server.uuid);
    await dropAllOf(id);
    transaction((tx) => {
      tx.delete(servers).where(eq(servers.id, id)).run();
      audit(tx, systemActor("servers.delete", "panel"), { ...targetOf(found.server), after: { deleted: true } });
    });
  },
  failed: (tx, { server }, error) =>
    void tx.update(servers).set({ problem: error }).where(eq(servers.id, server)).run(),
});

function find(id: string) {
  return db()
    .select({ server: servers, node: nodes })
    .from(servers)
    .innerJoin(nodes, eq(nodes.id, servers.nodeId))
    .where(eq(servers.id, id))
    .get();
}

const become = (id: string, state: ServerRow["state"]): void =>
  void db().update(servers).set({ state, problem: null, updatedAt: Date.now() }).where(eq(servers.id, id)).run();

function fails(tx: DbOrTx, id: string, problem: string): void {
  const server = tx.select().from(servers).where(eq(servers.id, id)).get();
  if (!server || !(server.state === "installing" || server.state === "interrupted")) return;
  tx.update(servers).set({ state: "install_failed", problem }).where(eq(servers.id, id)).run();
}
