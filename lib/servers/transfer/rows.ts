/** Moves of servers as they are written down, and as the pages tell them. */
import { and, desc, eq } from "drizzle-orm";
import { type DbOrTx, db } from "#db/client.ts";
import { allocations, nodes, servers, serverTransfers, users } from "#db/schema/index.ts";
import type { ServerRow } from "../load.ts";
import { hostOf } from "../servers.ts";

export type TransferRow = typeof serverTransfers.$inferSelect;

/** The one that goes on, if there is one. */
export const goingOf = (server: string, tx: Pick<DbOrTx, "select"> = db()): TransferRow | undefined =>
  tx
    .select()
    .from(serverTransfers)
    .where(and(eq(serverTransfers.serverId, server), eq(serverTransfers.state, "going")))
    .get();

/** A server that is on its way to a node, as it is to be there. */
export function comingTo(node: string, uuid: string, tx: Pick<DbOrTx, "select"> = db()): ServerRow | undefined {
  const row = tx
    .select({ server: servers, allocationId: serverTransfers.toAllocationId })
    .from(serverTransfers)
    .innerJoin(servers, eq(servers.id, serverTransfers.serverId))
    .where(
      and(eq(servers.uuid, uuid.toLowerCase()), eq(serverTransfers.toNodeId, node), eq(serverTransfers.state, "going")),
    )
    .get();
  return row && { ...row.server, allocationId: row.allocationId };
}

export const addressesIn = (text: string): string[] => JSON.parse(text) as string[];

/** What everybody who sees the server is told while it goes. */
export function movingOf(server: string) {
  const going = goingOf(server);
  if (!going) return null;
  const { fromName, toName, startedAt } = going;
  const target = db()
    .select({ location: nodes.location, fqdn: nodes.fqdn, allocation: allocations })
    .from(nodes)
    .leftJoin(allocations, eq(allocations.id, going.toAllocationId ?? ""))
    .where(eq(nodes.id, going.toNodeId ?? ""))
    .get();
  const main = target?.allocation;
  return {
    from: fromName,
    to: toName,
    location: target?.location ?? "",
    address: main ? { host: hostOf(main, target.fqdn), port: main.port } : null,
    startedAt,
  };
}

/** The last ones, the latest first. */
export const historyOf = (server: string) =>
  db()
    .select({ transfer: serverTransfers, by: users.name })
    .from(serverTransfers)
    .leftJoin(users, eq(users.id, serverTransfers.startedBy))
    .where(eq(serverTransfers.serverId, server))
    .orderBy(desc(serverTransfers.startedAt), desc(serverTransfers.id))
    .limit(20)
    .all()
    .map(({ transfer: { fromName, toName, fromAddresses, toAddresses, ...transfer }, by }) => ({
      id: transfer.id,
      state: transfer.state,
      problem: transfer.problem,
      from: { name: fromName, addresses: addressesIn(fromAddresses) },
      to: { name: toName, addresses: addressesIn(toAddresses) },
      by: by === null ? null : { name: by },
      startedAt: transfer.startedAt,
      endedAt: transfer.endedAt,
      cleared: transfer.clearedAt !== null,
    }));
