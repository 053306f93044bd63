/** Servers as those see them who have a part in them. */
import { and, asc, count, desc, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import {
  allocations,
  eggs,
  nodes,
  organisationMembers,
  organisations,
  serverSubusers,
  servers,
} from "#db/schema/index.ts";
import type { Permission } from "#lib/access/permissions.ts";
import { type ServerAccess, type SingleCapability, singleCapabilities } from "#lib/access/server-capability.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import { type ListQuery, likeAnywhere, offsetOf, type Page, sortOf } from "#lib/api/list.ts";
import { accessToServer, type LoadedServer } from "./load.ts";
import type { ServerDetail, ServerSummary } from "./shapes.ts";
import { movingOf } from "./transfer/rows.ts";

const sorts = { name: servers.name, createdAt: servers.createdAt } as const;

/** The servers that the actor's account has, alone or in an organisation, and those that it was let into. */
export function listServers(
  { organisation, ...query }: ListQuery & { organisation?: string | undefined },
  actor: Actor & { id: string },
): Page<ServerSummary> {
  const where = and(
    partOf(actor.id, Date.now()),
    listedBy(actor),
    organisation === undefined ? undefined : inArray(servers.organisationId, named(organisation)),
    query.q ? sql`${servers.name} like ${likeAnywhere(query.q)} escape '\\'` : undefined,
  );
  const { column, descending } = sortOf(query);
  const by = sorts[column as keyof typeof sorts];
  const rows = select(actor.id)
    .where(where)
    .orderBy(descending ? desc(by) : asc(by), asc(servers.id))
    .limit(query.perPage)
    .offset(offsetOf(query))
    .all();
  const total = db().select({ n: count() }).from(servers).where(where).get()?.n ?? 0;
  const items = rows.map((row) => summaryOf(row, accessToServer(row.server, row, actor)));
  return { items, total, page: query.page, perPage: query.perPage };
}

export function openServer({ server, node, access }: LoadedServer, actor: Actor, asStaff: boolean): ServerDetail {
  const row = select(actor.id ?? "")
    .where(eq(servers.id, server.id))
    .get();
  if (!row) throw notFound("server");
  return {
    ...summaryOf(row, access),
    suspendedAt: server.suspendedAt,
    suspendedReason: access.owner || asStaff ? server.suspendedReason : null,
    image: server.image,
    problem: server.problem,
    moving: movingOf(server.id),
    revision: server.revision,
    limits: { databases: server.databaseLimit, backups: server.backupLimit, allocations: server.allocationLimit },
    sftp: { host: node.fqdn, port: node.sftpPort },
    opens: singleCapabilities.filter((one) => access.has(one, READS[one])),
    asStaff,
  };
}

/** The permissions of the platform with which staff come to look. */
const READS: Readonly<Partial<Record<SingleCapability, Permission>>> = {
  console: "commands:execute",
  files: "files:read",
  backups: "backups:read",
  databases: "databases:read",
  schedules: "schedules:read",
};

/** The account has a part in the server without any permission of the platform. */
export function partOf(user: string, now: number): SQL | undefined {
  const managed = db()
    .select({ id: organisationMembers.organisationId })
    .from(organisationMembers)
    .where(and(eq(organisationMembers.userId, user), inArray(organisationMembers.role, ["owner", "admin"])));
  const invited = db()
    .select({ id: serverSubusers.serverId })
    .from(serverSubusers)
    .where(
      and(
        eq(serverSubusers.userId, user),
        sql`(${serverSubusers.expiresAt} is null or ${serverSubusers.expiresAt} > ${now})`,
      ),
    );
  return or(eq(servers.userId, user), inArray(servers.organisationId, managed), inArray(servers.id, invited));
}

const named = (organisation: string) =>
  db()
    .select({ id: organisations.id })
    .from(organisations)
    .where(or(eq(organisations.id, organisation), eq(organisations.handle, organisation)));

/** What a token's list leaves of them. */
function listedBy({ token }: Actor): SQL | undefined {
  if (token?.rights.mode !== "listed") return undefined;
  return inArray(
    servers.id,
    token.rights.servers.filter(({ capabilities }) => capabilities.length > 0).map(({ server }) => server),
  );
}

const select = (user: string) =>
  db()
    .select({
      server: servers,
      organisation: { handle: organisations.handle, name: organisations.name },
      node: { name: nodes.name, location: nodes.location, fqdn: nodes.fqdn },
      egg: eggs.name,
      allocation: { ip: allocations.ip, port: allocations.port, alias: allocations.alias },
      role: organisationMembers.role,
      capabilities: serverSubusers.capabilities,
      expiresAt: serverSubusers.expiresAt,
    })
    .from(servers)
    .innerJoin(nodes, eq(nodes.id, servers.nodeId))
    .innerJoin(eggs, eq(eggs.id, servers.eggId))
    .leftJoin(organisations, eq(organisations.id, servers.organisationId))
    .leftJoin(allocations, eq(allocations.id, servers.allocationId))
    .leftJoin(
      organisationMembers,
      and(eq(organisationMembers.organisationId, servers.organisationId), eq(organisationMembers.userId, user)),
    )
    .leftJoin(serverSubusers, and(eq(serverSubusers.serverId, servers.id), eq(serverSubusers.userId, user)));

type Joined = NonNullable<ReturnType<ReturnType<typeof select>["get"]>>;

function summaryOf({ server, organisation, node, egg, allocation }: Joined, access: ServerAccess): ServerSummary {
  const { id, uuid, short, name, description, state, memory, disk, cpu, createdAt } = server;
  return {
    id,
    uuid,
    short,
    name,
    description,
    organisation,
    node: { name: node.name, location: node.location },
    egg,
    address: allocation && { host: hostOf(allocation, node.fqdn), port: allocation.port },
    state,
    suspended: server.suspendedAt !== null,
    owner: access.owner,
    capabilities: [...access.capabilities],
    memory,
    disk,
    cpu,
    createdAt,
  };
}

/** Where any address of a machine is meant, people need the machine's name. */
export const hostOf = ({ ip, alias }: { ip: string; alias: string | null }, fqdn: string): string =>
  alias ?? (ip === "0.0.0.0" || ip === "::" ? fqdn : ip);

/** As it is written to connect there. */
export const addressText = ({ ip, port }: { ip: string; port: number }): string =>
  ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
