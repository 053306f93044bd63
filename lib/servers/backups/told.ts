/**
 * What nodes say of backups. A daemon deletes the archive when it is not answered with success, so what is said twice is taken
 * twice, and what can be read in two ways is read kindly; but each node speaks of what lies on it alone.
 */
import { and, eq } from "drizzle-orm";
import { type Tx, transaction } from "#db/client.ts";
import { serverBackups, servers } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import type { NodeRow } from "#lib/nodes/credentials.ts";
import { targetOf } from "../installation.ts";
import { syncSoon } from "../sync.ts";
import { setState } from "./backups.ts";

export interface Ended {
  successful: boolean;
  checksum: string;
  checksumType: string;
  bytes: number;
}

/** The first word counts: the same again is fine, and the opposite is refused. */
export function noteBackup(node: NodeRow, uuid: string, ended: Ended, actor: Actor): void {
  transaction((tx) => {
    const { backup, server } = backupOfNode(tx, node, uuid);
    const state = ended.successful ? ("done" as const) : ("failed" as const);
    if (backup.state === state || (backup.state === "deleting" && backup.endedAt !== null)) return;
    // The end of one that is being deleted is kept: should that fail, it is what the backup came to.
    const deleting = backup.state === "deleting";
    if (backup.state !== "making" && !deleting) throw new Problem("conflict", "This backup has ended otherwise.");
    const checksum = ended.successful && ended.checksum !== "" ? `${ended.checksumType}:${ended.checksum}` : null;
    tx.update(serverBackups)
      .set({
        ...(deleting ? {} : { state }),
        checksum,
        bytes: ended.successful ? ended.bytes : null,
        endedAt: Date.now(),
      })
      .where(eq(serverBackups.id, backup.id))
      .run();
    audit(tx, actor, { ...targetOf(server), after: { backup: backup.name, state, bytes: ended.bytes } });
  });
}

/** Ends the restoring and nothing else: whether the server is suspended is not the node's to say. */
export function noteRestoration(node: NodeRow, uuid: string, successful: boolean, actor: Actor): void {
  transaction((tx) => {
    const { backup, server } = backupOfNode(tx, node, uuid);
    if (server.state !== "restoring") return;
    setState(tx, server.id, "ready");
    // The daemon takes it for one that is not suspended.
    syncSoon(tx, server.id);
    audit(tx, actor, { ...targetOf(server), after: { restored: backup.name, successful } });
  });
}

/** A daemon that starts anew has lost what it was making. */
export function failBackups(tx: Tx, node: string): void {
  tx.update(serverBackups)
    .set({ state: "failed", endedAt: Date.now() })
    .where(and(eq(serverBackups.nodeId, node), eq(serverBackups.state, "making")))
    .run();
}

function backupOfNode(tx: Tx, node: NodeRow, uuid: string) {
  const row = tx
    .select({ backup: serverBackups, server: servers })
    .from(serverBackups)
    .innerJoin(servers, and(eq(servers.id, serverBackups.serverId), eq(servers.nodeId, node.id)))
    .where(and(eq(serverBackups.uuid, uuid.toLowerCase()), eq(serverBackups.nodeId, node.id)))
    .get();
  if (!row) throw notFound("backup");
  return row;
}
