/** What is done with one server by those who may. */
import { count, eq } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { serverDatabases, servers } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { mayBeDone } from "#lib/wings/call.ts";
import * as daemon from "#lib/wings/servers.ts";
import { assertIdle, assertReady } from "./at-rest.ts";
import { assertNoneMade } from "./backups/backups.ts";
import { targetOf } from "./installation.ts";
import { reinstalling, removing } from "./jobs.ts";
import type { LoadedServer, ServerRow } from "./load.ts";
import type { Stats } from "./shapes.ts";
import { syncSoon } from "./sync.ts";
import { callOff } from "./transfer/ending.ts";
import { lastDisk } from "./use/history.ts";

export async function usePower(
  { server, node }: LoadedServer,
  action: daemon.PowerAction,
  actor: Actor,
  asStaff: boolean,
): Promise<{ action: daemon.PowerAction }> {
  assertReady(server);
  const note = (besides: object) =>
    audit(db(), actor, { ...targetOf(server), after: { power: action, ...besides }, asStaff });
  try {
    await daemon.power(node, server.uuid, action);
  } catch (error) {
    if (mayBeDone(error)) note({ answer: "none" });
    throw error;
  }
  note({});
  return { action };
}

/** Asked of the node. While it is suspended that is for staff: it is stopped, and what it had on its disk is from before. */
export async function readStats({ server, node }: LoadedServer, asStaff: boolean): Promise<Stats> {
  if (server.suspendedAt !== null && !asStaff)
    return { ...atRest, memoryLimitBytes: server.memory * 1024 ** 2, diskBytes: lastDisk(server.id) };
  assertReady(server);
  return daemon.readServer(node, server.uuid);
}

const atRest = {
  state: "offline",
  suspended: true,
  memoryBytes: 0,
  cpu: 0,
  uptimeMs: 0,
  receivedBytes: 0,
  sentBytes: 0,
} as const;

export interface ServerEdit {
  name?: string | undefined;
  description?: string | undefined;
  revision?: number | undefined;
}

export function editServer({ id }: Pick<ServerRow, "id">, given: ServerEdit, actor: Actor, asStaff: boolean) {
  const { revision, ...set } = given;
  return changeServer(id, { set, revision }, actor, asStaff);
}

/** Columns of a server, in a transaction that has its node hear of it. What changes nothing leaves no entry. */
export function changeServer(
  id: string,
  {
    set: given,
    revision,
  }: { set: { [K in keyof ServerRow]?: ServerRow[K] | undefined }; revision?: number | undefined },
  actor: Actor,
  asStaff: boolean,
  /** Returns what besides is changed, as it is noted; null: nothing. */
  also: (tx: Tx, server: ServerRow) => object | null = () => null,
): { id: string } {
  return transaction((tx) => {
    const server = stillThere(tx, id);
    if (revision !== undefined && revision !== server.revision)
      throw new Problem("conflict", "Somebody else has changed this server meanwhile. Load the page again.");
    const set = Object.entries(given).filter(([, value]) => value !== undefined) as [keyof ServerRow, unknown][];
    const noted = also(tx, server);
    const moved = set.filter(([key, value]) => server[key] !== value);
    if (moved.length === 0 && noted === null) return { id };
    tx.update(servers)
      .set({ ...Object.fromEntries(moved), revision: server.revision + 1, updatedAt: Date.now() })
      .where(eq(servers.id, id))
      .run();
    syncSoon(tx, id);
    audit(tx, actor, {
      ...targetOf(server),
      before: Object.fromEntries(moved.map(([key]) => [key, server[key]])),
      after: { ...Object.fromEntries(moved), ...noted },
      asStaff,
    });
    return { id };
  });
}

/** As it is now. Throws where it is gone, or goes. */
export function stillThere(tx: Tx, id: string): ServerRow {
  const server = tx.select().from(servers).where(eq(servers.id, id)).get();
  if (!server) throw notFound("server");
  if (server.state === "deleting") throw new Problem("conflict", "This server is being deleted.");
  return server;
}

/** Runs the egg's script again; files stay unless it deletes them. */
export function reinstall({ server: { id } }: LoadedServer, actor: Actor, asStaff: boolean): { id: string } {
  return transaction((tx) => {
    const server = stillThere(tx, id);
    assertIdle(server);
    assertNoneMade(tx, server);
    tx.update(servers)
      .set({ state: "installing", problem: null, updatedAt: Date.now() })
      .where(eq(servers.id, id))
      .run();
    reinstalling.enqueue(tx, { server: id });
    audit(tx, actor, { ...targetOf(server), before: { state: server.state }, after: { state: "installing" }, asStaff });
    return { id };
  });
}

/** With all of its files. Nobody gets to it from then on; the row goes when the node has deleted it. */
export function removeServer(
  { id, name: known }: Pick<ServerRow, "id" | "name">,
  { name, force = false }: { name: string; force?: boolean },
  actor: Actor,
  asStaff: boolean,
): { id: string } {
  if (name.trim() !== known) throw invalid({ name: "Type the server’s name as it is." });
  return transaction((tx) => {
    const server = tx.select().from(servers).where(eq(servers.id, id)).get();
    if (!server) throw notFound("server");
    if (server.state === "deleting" && !force)
      throw new Problem("conflict", server.problem ?? "This server is being deleted.");
    const databases =
      tx.select({ n: count() }).from(serverDatabases).where(eq(serverDatabases.serverId, id)).get()?.n ?? 0;
    // Otherwise they go with it, as soon as their hosts answer.
    if (force && databases > 0)
      throw new Problem(
        "conflict",
        `This server has ${databases === 1 ? "1 database" : `${databases} databases`}. Delete them first.`,
        { databases },
      );
    markForDeletion(tx, server);
    if (force) tx.delete(servers).where(eq(servers.id, id)).run();
    audit(tx, actor, {
      ...targetOf(server),
      before: { name: server.name, nodeId: server.nodeId, userId: server.userId },
      after: { deleting: true, ...(force ? { nodeNotAsked: true } : {}) },
      asStaff,
    });
    return { id };
  });
}

export function markForDeletion(tx: Tx, { id, state }: Pick<ServerRow, "id" | "state">): void {
  if (state === "deleting") return;
  callOff(tx, { id });
  tx.update(servers).set({ state: "deleting", problem: null, updatedAt: Date.now() }).where(eq(servers.id, id)).run();
  removing.enqueue(tx, { server: id });
}
