/** Everybody's servers, for staff. Nothing is asked of any node to list them. */
import { and, asc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { allocations, eggs, nodes, organisations, serverSubusers, servers, users } from "#db/schema/index.ts";
import { notFound } from "#lib/api/errors.ts";
import { among, type Condition, type KeyedQuery, readKeyed, SORTED } from "#lib/api/keyed-list.ts";
import { beginsWith, searching } from "#lib/staff/find.ts";
import type { ServerRow } from "./load.ts";
import { addressText, hostOf } from "./servers.ts";
import { movingOf } from "./transfer/rows.ts";

const listed = {
  from: servers,
  id: servers.id,
  sorts: { createdAt: servers.createdAt, name: servers.name },
};

export interface ServerFilters {
  state?: ServerRow["state"] | undefined;
  suspended?: "yes" | "no" | undefined;
  node?: string | undefined;
  egg?: string | undefined;
  user?: string | undefined;
  organisation?: string | undefined;
}

export function listAllServers({ q, ...query }: KeyedQuery & ServerFilters) {
  const { found, condition } = finding(q);
  const conditions: (Condition | undefined)[] = [
    condition,
    query.state && among(servers, eq(servers.state, query.state)),
    query.suspended && suspendedAs(query.suspended),
    query.node ? among(servers, eq(servers.nodeId, query.node)) : undefined,
    query.egg ? among(servers, eq(servers.eggId, query.egg)) : undefined,
    query.user ? among(servers, eq(servers.userId, query.user)) : undefined,
    query.organisation ? among(servers, eq(servers.organisationId, query.organisation)) : undefined,
  ].map((one) => one || undefined);
  return readKeyed(listed, { ...query, q }, { conditions, found }, rowsOf);
}

const suspendedAs = (which: "yes" | "no"): Condition =>
  which === "yes"
    ? among(servers, sql`servers.suspended_at > 0`)
    : { where: sql`servers.suspended_at is null`, each: true };

/** Shorter texts are looked for at the start alone. */
const SHORT = 3;

/** By the panel's id and by the daemon's. */
function finding(q: string): ReturnType<typeof searching> {
  const uuid = q.toLowerCase();
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid))
    return { condition: among(servers, sql`(servers.id = ${uuid} or servers.uuid = ${uuid})`) };
  if (q !== "" && [...q].length < SHORT) {
    const begins = [beginsWith(servers.name, q), beginsWith(servers.short, q)];
    const few = begins.map((one) => sql`select id from (select id from servers where ${one} limit ${SORTED + 1})`);
    return { condition: { where: sql`(${sql.join(begins, sql` or `)})`, few: sql.join(few, sql` union `) } };
  }
  return searching({ kind: "server", ...listed, starts: [servers.uuid, servers.name] }, q);
}

const joined = (where: SQL) =>
  db()
    .select({
      server: servers,
      node: { id: nodes.id, name: nodes.name, fqdn: nodes.fqdn },
      egg: { id: eggs.id, name: eggs.name },
      user: { id: users.id, name: users.name, email: users.email },
      organisation: { id: organisations.id, handle: organisations.handle, name: organisations.name },
      allocation: { ip: allocations.ip, port: allocations.port, alias: allocations.alias },
    })
    .from(servers)
    .innerJoin(nodes, eq(nodes.id, servers.nodeId))
    .innerJoin(eggs, eq(eggs.id, servers.eggId))
    .leftJoin(users, eq(users.id, servers.userId))
    .leftJoin(organisations, eq(organisations.id, servers.organisationId))
    .leftJoin(allocations, eq(allocations.id, servers.allocationId))
    .where(where)
    .all();

const rowsOf = (ids: string[]) => joined(inArray(servers.id, ids)).map(summaryOf);

function summaryOf({ server, node: { fqdn, ...node }, allocation, ...of }: ReturnType<typeof joined>[number]) {
  return {
    id: server.id,
    uuid: server.uuid,
    short: server.short,
    name: server.name,
    state: server.state,
    suspended: server.suspendedAt !== null,
    ...of,
    node,
    address: allocation && { host: hostOf(allocation, fqdn), port: allocation.port },
    memory: server.memory,
    disk: server.disk,
    cpu: server.cpu,
    createdAt: server.createdAt,
  };
}

export function inspectServer(id: string) {
  const [row] = joined(eq(servers.id, id));
  if (!row) throw notFound("server");
  const { server } = row;
  const people = db()
    .select({ id: users.id, name: users.name, email: users.email, capabilities: serverSubusers.capabilities })
    .from(serverSubusers)
    .innerJoin(users, eq(users.id, serverSubusers.userId))
    .where(eq(serverSubusers.serverId, id))
    .orderBy(asc(serverSubusers.createdAt))
    .limit(200)
    .all();
  const addresses = db()
    .select()
    .from(allocations)
    .where(and(eq(allocations.serverId, id), eq(allocations.nodeId, server.nodeId)))
    .orderBy(asc(allocations.port))
    .limit(200)
    .all();
  return {
    ...summaryOf(row),
    description: server.description,
    image: server.image,
    problem: server.problem,
    moving: movingOf(server.id),
    suspendedAt: server.suspendedAt,
    suspendedReason: server.suspendedReason,
    swap: server.swap,
    io: server.io,
    threads: server.threads,
    oomKiller: server.oomKiller === 1,
    databaseLimit: server.databaseLimit,
    backupLimit: server.backupLimit,
    allocationLimit: server.allocationLimit,
    installedAt: server.installedAt,
    revision: server.revision,
    subUsers: people.map(({ capabilities, ...person }) => ({
      ...person,
      capabilities: JSON.parse(capabilities) as string[],
    })),
    addresses: addresses.map(({ ip, port, alias }) => addressText({ ip: alias ?? ip, port })),
  };
}
