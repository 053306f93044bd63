/** The addresses of a server. */
import { and, asc, count, eq, isNull } from "drizzle-orm";
import { db, type Tx } from "#db/client.ts";
import { allocations } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { changeServer } from "./acts.ts";
import type { LoadedServer, ServerRow } from "./load.ts";
import { take } from "./placement.ts";
import { hostOf } from "./servers.ts";

export function readNetwork({ server, node }: LoadedServer) {
  const items = db()
    .select()
    .from(allocations)
    .where(and(eq(allocations.serverId, server.id), eq(allocations.nodeId, node.id)))
    .orderBy(asc(allocations.port), asc(allocations.ip))
    .all()
    .map(({ id, ip, port, alias }) => ({
      id,
      host: hostOf({ ip, alias }, node.fqdn),
      port,
      primary: id === server.allocationId,
    }));
  return { items, limit: server.allocationLimit, revision: server.revision };
}

type By = [actor: Actor, asStaff: boolean];

export const makePrimary = ({ server }: LoadedServer, allocation: string, ...by: By): { id: string } =>
  changeServer(server.id, { set: { allocationId: allocation } }, ...by, (tx, now) => {
    assertStays(now);
    load(tx, now, allocation);
    return null;
  });

/** Any that is free, where the address is the same if there is one. The limit is looked at in the same transaction. */
export const addAddress = ({ server }: LoadedServer, ...by: By): { id: string } =>
  changeServer(server.id, { set: {} }, ...by, (tx, now) => {
    assertStays(now);
    const has = tx.select({ n: count() }).from(allocations).where(eq(allocations.serverId, now.id)).get()?.n ?? 0;
    if (has >= now.allocationLimit)
      throw new Problem(
        "conflict",
        now.allocationLimit === 1
          ? "This server can have 1 port."
          : `This server can have ${now.allocationLimit} ports.`,
      );
    const primary = now.allocationId
      ? tx.select({ ip: allocations.ip }).from(allocations).where(eq(allocations.id, now.allocationId)).get()
      : undefined;
    const free = (ip: string | undefined) =>
      tx
        .select({ id: allocations.id })
        .from(allocations)
        .where(
          and(
            eq(allocations.nodeId, now.nodeId),
            isNull(allocations.serverId),
            ip === undefined ? undefined : eq(allocations.ip, ip),
          ),
        )
        .orderBy(asc(allocations.port))
        .limit(1)
        .get();
    const found = (primary && free(primary.ip)) ?? free(undefined);
    if (!found) throw new Problem("conflict", "This node has no free port left.");
    take(tx, found.id, now.id);
    return { added: found.id };
  });

export const removeAddress = ({ server }: LoadedServer, allocation: string, ...by: By): { id: string } =>
  changeServer(server.id, { set: {} }, ...by, (tx, now) => {
    assertStays(now);
    load(tx, now, allocation);
    if (now.allocationId === allocation)
      throw new Problem("conflict", "This is the address that people know. Make another the main one first.");
    tx.update(allocations).set({ serverId: null }).where(eq(allocations.id, allocation)).run();
    return { removed: allocation };
  });

/** It has addresses at both nodes while it moves. */
function assertStays({ state }: ServerRow): void {
  if (state === "transferring")
    throw new Problem(
      "conflict",
      "This server is moving to another node. Its addresses can be changed when that is over.",
    );
}

/** Throws `not_found` unless the server has it. */
function load(tx: Tx, { id, nodeId }: ServerRow, allocation: string): void {
  const its = and(eq(allocations.id, allocation), eq(allocations.serverId, id), eq(allocations.nodeId, nodeId));
  if (!tx.select({ id: allocations.id }).from(allocations).where(its).get()) throw notFound("address");
}
