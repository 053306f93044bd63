/** Backups of a server, as people work with them. Whose one is is looked up here before any node hears of it: nodes do not know. */
import { randomUUID } from "node:crypto";
import { and, desc, eq, isNull, or } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { serverBackups, servers, users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import * as daemon from "#lib/wings/backups.ts";
import { DaemonError } from "#lib/wings/call.ts";
import { backupAddress, signerOf } from "#lib/wings/tokens.ts";
import { assertAtRest } from "../at-rest.ts";
import { handOut } from "../holders.ts";
import { targetOf } from "../installation.ts";
import type { LoadedServer, ServerRow } from "../load.ts";

/** The server with its node, and whether staff come in through a permission. */
type Place = Pick<LoadedServer, "server" | "node"> & { asStaff: boolean };
type BackupRow = typeof serverBackups.$inferSelect;
type AccountActor = Actor & { id: string };

export function listBackups({ server }: Pick<Place, "server">) {
  const rows = db()
    .select({ backup: serverBackups, by: users.name })
    .from(serverBackups)
    .leftJoin(users, eq(users.id, serverBackups.createdBy))
    .where(eq(serverBackups.serverId, server.id))
    .orderBy(desc(serverBackups.createdAt), desc(serverBackups.id))
    .all();
  return {
    items: rows.map(({ backup, by }) => ({
      ...backup,
      locked: backup.locked === 1,
      createdBy: by,
      /** Of a server that has moved the archive stayed behind, and was deleted there. */
      here: backup.nodeId === server.nodeId,
    })),
    limit: server.backupLimit,
    used: rows.filter(({ backup }) => backup.state !== "failed" && backup.nodeId === server.nodeId).length,
  };
}

const found = (backup: string, tx: Pick<Tx, "select"> = db()): BackupRow | undefined =>
  tx.select().from(serverBackups).where(eq(serverBackups.id, backup)).get();

/** Throws `not_found` where it is no backup of this server. */
function loadBackup(server: string, backup: string, tx?: Pick<Tx, "select">): BackupRow {
  const row = found(backup, tx);
  if (row?.serverId !== server) throw notFound("backup");
  return row;
}

/** Throws `conflict` while the node reads the server’s files for one, also where somebody is deleting that. */
export function assertNoneMade(tx: Pick<Tx, "select">, { id, nodeId }: Pick<ServerRow, "id" | "nodeId">): void {
  const { serverId, state, endedAt } = serverBackups;
  const made = or(eq(state, "making"), and(eq(state, "deleting"), isNull(endedAt)));
  const here = and(eq(serverId, id), eq(serverBackups.nodeId, nodeId), made);
  if (tx.select({ id: serverBackups.id }).from(serverBackups).where(here).get())
    throw new Problem("conflict", "A backup of this server is being made. Wait until it is done.");
}

/** Begins one. What the node does not begin leaves nothing behind. */
export async function createBackup(
  place: Place,
  { name, ignored }: { name: string; ignored: readonly string[] },
  actor: AccountActor,
) {
  const { server, node } = place;
  const row = transaction((tx) => {
    // Counted and written in one go, so that two who ask at once do not get one more than there may be.
    const now = stateOf(tx, server.id);
    assertAtRest(now);
    const mine = and(eq(serverBackups.serverId, server.id), eq(serverBackups.nodeId, node.id));
    tx.delete(serverBackups)
      .where(and(mine, eq(serverBackups.state, "failed")))
      .run();
    assertNoneMade(tx, server);
    const all = tx.select({ id: serverBackups.id }).from(serverBackups).where(mine).all();
    if (all.length >= now.backupLimit)
      throw new Problem(
        "conflict",
        now.backupLimit === 0
          ? "This server has no backups. Ask whoever runs the panel."
          : `This server has at most ${now.backupLimit} backups. Delete one first.`,
        { limit: now.backupLimit },
      );
    const at = Date.now();
    return tx
      .insert(serverBackups)
      .values({
        id: newId(at),
        uuid: randomUUID(),
        serverId: server.id,
        nodeId: node.id,
        adapter: "wings",
        name: name === "" ? `Backup of ${new Date(at).toISOString().slice(0, 16).replace("T", " ")}` : name,
        ignored: ignored.join("\n"),
        state: "making",
        createdBy: actor.id,
        createdAt: at,
      })
      .returning()
      .get();
  });
  try {
    await daemon.createBackup(node, server.uuid, row.uuid, ignored);
  } catch (error) {
    // Should the node have begun it after all, it is told that there is none, and deletes it.
    db()
      .delete(serverBackups)
      .where(and(eq(serverBackups.id, row.id), eq(serverBackups.state, "making")))
      .run();
    throw error;
  }
  note(place, actor, { backup: row.name });
  return { id: row.id };
}

export function lockBackup(place: Place, backup: string, locked: boolean, actor: Actor) {
  return transaction((tx) => {
    const row = loadBackup(place.server.id, backup, tx);
    if (row.state !== "done") throw new Problem("conflict", "Only a backup that is done is locked.");
    tx.update(serverBackups)
      .set({ locked: Number(locked) })
      .where(eq(serverBackups.id, row.id))
      .run();
    noteIn(tx, place, actor, { backup: row.name, locked }, { locked: row.locked === 1 });
    return { id: row.id };
  });
}

export async function removeBackup(place: Place, backup: string, actor: Actor) {
  const { server, node } = place;
  const row = transaction((tx) => {
    const one = loadBackup(server.id, backup, tx);
    // Its archive went with what the server left behind when it moved.
    if (one.nodeId !== server.nodeId) {
      tx.delete(serverBackups).where(eq(serverBackups.id, one.id)).run();
      noteIn(tx, place, actor, undefined, { backup: one.name });
      return null;
    }
    if (one.locked === 1) throw new Problem("conflict", "This backup is locked. Unlock it first.");
    if (stateOf(tx, server.id).state === "restoring")
      throw new Problem("conflict", "A backup of this server is being restored. Delete it when that is over.");
    tx.update(serverBackups).set({ state: "deleting" }).where(eq(serverBackups.id, one.id)).run();
    return one;
  });
  if (row === null) return { id: backup };
  try {
    await daemon.deleteBackup(node, server.uuid, row.uuid);
    // Done only while it was being deleted, it may have come to lie there afterwards.
    if (row.endedAt === null && found(row.id)?.endedAt) await daemon.deleteBackup(node, server.uuid, row.uuid);
  } catch (error) {
    transaction((tx) => {
      const now = found(row.id, tx);
      if (now?.state !== "deleting") return;
      tx.update(serverBackups)
        .set({ state: stateBefore(now) })
        .where(eq(serverBackups.id, row.id))
        .run();
    });
    throw error;
  }
  transaction((tx) => {
    tx.delete(serverBackups).where(eq(serverBackups.id, row.id)).run();
    noteIn(tx, place, actor, undefined, { backup: row.name });
  });
  return { id: row.id };
}

/** What it is, should it not be deleted after all: the node may have said meanwhile what came of it. */
const stateBefore = ({ endedAt, bytes }: BackupRow) =>
  endedAt === null ? ("making" as const) : bytes === null ? ("failed" as const) : ("done" as const);

/** Begins it. Until the node says that it is over nothing else is done with the server’s files. */
export async function restoreBackup(place: Place, backup: string, truncate: boolean, actor: AccountActor) {
  const { server, node } = place;
  const { row, before } = transaction((tx) => {
    const one = loadBackup(server.id, backup, tx);
    const now = stateOf(tx, server.id);
    // A daemon takes the server for one that is not suspended when it has restored it.
    if (now.suspendedAt !== null)
      throw new Problem("suspended", "This server is suspended. No backup is restored until it is not.");
    assertAtRest(now);
    assertHere(one, server);
    if (one.state !== "done") throw new Problem("conflict", "Only a backup that is done is restored.");
    assertNoneMade(tx, server);
    setState(tx, server.id, "restoring");
    return { row: one, before: now.state };
  });
  let asked = false;
  try {
    // Daemons delete all files before they look whether there is a backup.
    const holder = { user: actor.id, server: server.uuid };
    await daemon.assertThere(node, await backupAddress(signerOf(node), holder, row.uuid));
    asked = true;
    await daemon.restoreBackup(node, server.uuid, row.uuid, truncate);
  } catch (error) {
    if (asked && error instanceof DaemonError && (error.trouble === "timeout" || error.trouble === "unreachable")) {
      note(place, actor, { restored: row.name, truncate, answer: "none" });
      throw new Problem(
        error.code,
        `The node was asked to restore this backup, and its answer did not arrive: as far as is known it is doing so. ${error.message}`,
        {},
        error,
      );
    }
    transaction((tx) => {
      if (stateOf(tx, server.id).state === "restoring") setState(tx, server.id, before);
    });
    throw error;
  }
  note(place, actor, { restored: row.name, truncate });
  return { id: row.id };
}

/** An address from which the node gives it, once and soon. */
export async function downloadBackup(place: Place, backup: string, actor: AccountActor) {
  const { server, node } = place;
  const row = loadBackup(server.id, backup);
  assertHere(row, server);
  if (row.state !== "done") throw new Problem("conflict", "Only a backup that is done is downloaded.");
  handOut(server, actor.id, "backups", place.asStaff);
  const address = await backupAddress(signerOf(node), { user: actor.id, server: server.uuid }, row.uuid);
  note(place, actor, { downloaded: row.name });
  return { address };
}

function assertHere(backup: BackupRow, server: Pick<ServerRow, "nodeId">): void {
  if (backup.nodeId !== server.nodeId)
    throw new Problem("conflict", "This backup stayed behind when the server moved to another node, and is gone.");
}

/** As it is now, and not when the request began. */
function stateOf(tx: Pick<Tx, "select">, server: string) {
  const row = tx
    .select({ state: servers.state, suspendedAt: servers.suspendedAt, backupLimit: servers.backupLimit })
    .from(servers)
    .where(eq(servers.id, server))
    .get();
  if (!row) throw notFound("server");
  return row;
}

export function setState(tx: Tx, server: string, state: ServerRow["state"]): void {
  tx.update(servers).set({ state, updatedAt: Date.now() }).where(eq(servers.id, server)).run();
}

const note = (place: Place, actor: Actor, after: object) => transaction((tx) => noteIn(tx, place, actor, after));

function noteIn(tx: Tx, { server, asStaff }: Place, actor: Actor, after?: object, before?: object): void {
  audit(tx, actor, { ...targetOf(server), asStaff, before, after });
}
