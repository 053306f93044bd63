/** What a node is told of the servers that it runs: read for many at once, with nothing asked per server. */
import { and, asc, count, eq, inArray } from "drizzle-orm";
import { db, type Tx } from "#db/client.ts";
import { allocations, servers, serverVariables } from "#db/schema/index.ts";
import { notFound } from "#lib/api/errors.ts";
import { loadEggs } from "#lib/eggs/stored.ts";
import { mountsFor } from "#lib/mounts/of-server.ts";
import type { NodeRow } from "#lib/nodes/credentials.ts";
import { type Configuration, configurationOf, installationOf, type ServerFacts } from "./configuration.ts";
import type { ServerRow } from "./load.ts";
import { comingTo } from "./transfer/rows.ts";

/** Counted from 1. */
export function pageOfServers(node: NodeRow, page: number, perPage: number) {
  const where = eq(servers.nodeId, node.id);
  const total = db().select({ n: count() }).from(servers).where(where).get()?.n ?? 0;
  const from = (page - 1) * perPage;
  const rows = db().select().from(servers).where(where).orderBy(asc(servers.id)).limit(perPage).offset(from).all();
  return {
    data: factsOf(rows, node).map(configurationOf),
    meta: {
      current_page: page,
      from: rows.length === 0 ? 0 : from + 1,
      last_page: Math.max(1, Math.ceil(total / perPage)),
      per_page: perPage,
      to: from + rows.length,
      total,
    },
  };
}

/** A server of another node is none. Throws `not_found`. */
export function serverOfNode(node: NodeRow, uuid: string, tx: Pick<Tx, "select"> = db()): ServerRow {
  const where = and(eq(servers.uuid, uuid.toLowerCase()), eq(servers.nodeId, node.id));
  const row = tx.select().from(servers).where(where).get();
  if (!row) throw notFound("server");
  return row;
}

/** Also for the node that a server is on its way to, with its addresses there. */
export function configurationFor(node: NodeRow, uuid: string): Configuration {
  const coming = comingTo(node.id, uuid);
  return configurationOf(coming ? whole([coming], node) : factsOfOne(node, uuid));
}

export const installationFor = (node: NodeRow, uuid: string) => installationOf(factsOfOne(node, uuid));

/** One that is being deleted is not made anew there. */
function factsOfOne(node: NodeRow, uuid: string): ServerFacts {
  const server = serverOfNode(node, uuid);
  return whole(server.state === "deleting" ? [] : [server], node);
}

function whole(rows: readonly ServerRow[], node: NodeRow): ServerFacts {
  const [facts] = factsOf(rows, node);
  if (!facts) throw notFound("server");
  return facts;
}

function factsOf(rows: readonly ServerRow[], node: NodeRow): ServerFacts[] {
  const ids = rows.map(({ id }) => id);
  const known = loadEggs([...new Set(rows.map(({ eggId }) => eggId))]);
  const values = grouped(db().select().from(serverVariables).where(inArray(serverVariables.serverId, ids)).all());
  const addresses = grouped(
    db()
      .select()
      .from(allocations)
      .where(inArray(allocations.serverId, ids))
      .orderBy(asc(allocations.ip), asc(allocations.port))
      .all(),
  );
  const mounted = mountsFor(node.id, ids);
  return rows.flatMap((row) => {
    const egg = known.get(row.eggId);
    if (!egg) return [];
    const own = (addresses.get(row.id) ?? []).filter(({ nodeId }) => nodeId === node.id);
    return {
      ...row,
      suspended: row.suspendedAt !== null || row.state === "deleting",
      skipScripts: row.skipScripts === 1,
      oomKiller: row.oomKiller === 1,
      location: node.location,
      version: node.version,
      egg,
      values: new Map((values.get(row.id) ?? []).map(({ env, value }) => [env, value])),
      primary: plain(own.find(({ id }) => id === row.allocationId)),
      addresses: own.map(({ ip, port }) => ({ ip, port })),
      mounts: mounted.get(row.id) ?? [],
    };
  });
}

const plain = (address: { ip: string; port: number } | undefined) =>
  address ? { ip: address.ip, port: address.port } : null;

function grouped<T extends { serverId: string | null }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.serverId ?? "");
    if (group) group.push(row);
    else groups.set(row.serverId ?? "", [row]);
  }
  return groups;
}
