/** Servers: finding one with what the actor may do on it. */
import { and, eq, or, sql } from "drizzle-orm";
import { prepared } from "#db/hot.ts";
import { nodes, organisationMembers, serverSubusers, servers } from "#db/schema/index.ts";
import type { OrganisationRole } from "#lib/access/organisation-role.ts";
import { type ServerAccess, type ServerCapability, serverAccess } from "#lib/access/server-capability.ts";
import { lowerServerAccess } from "#lib/access/token.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import type { NodeRow } from "#lib/nodes/credentials.ts";

export type ServerRow = typeof servers.$inferSelect;

export interface LoadedServer {
  server: ServerRow;
  /** Where it runs. Holds the node's sealed secret. */
  node: NodeRow;
  access: ServerAccess;
}

/** By id, by what its daemon knows it by, or by the first eight digits of that. Throws `not_found` only for what does not exist. */
export function loadServer(reference: string, actor: Actor): LoadedServer {
  const row = byReference().get({ reference: reference.toLowerCase(), user: accountOf(actor) });
  if (!row) throw notFound("server");
  const { server, node, ...standing } = row;
  return { server, node, access: accessToServer(server, standing, actor) };
}

const byReference = prepared((handle) => {
  const user = sql.placeholder("user");
  const reference = sql.placeholder("reference");
  return handle
    .select({
      server: servers,
      node: nodes,
      role: organisationMembers.role,
      capabilities: serverSubusers.capabilities,
      expiresAt: serverSubusers.expiresAt,
    })
    .from(servers)
    .innerJoin(nodes, eq(nodes.id, servers.nodeId))
    .leftJoin(
      organisationMembers,
      and(eq(organisationMembers.organisationId, servers.organisationId), eq(organisationMembers.userId, user)),
    )
    .leftJoin(serverSubusers, and(eq(serverSubusers.serverId, servers.id), eq(serverSubusers.userId, user)))
    .where(or(eq(servers.id, reference), eq(servers.uuid, reference), eq(servers.short, reference)))
    .prepare();
});

export interface ServerStandingRow {
  role: OrganisationRole | null;
  /** JSON; null: not a sub-user. */
  capabilities: string | null;
  expiresAt: number | null;
}

/** What the actor may do on a server where the account stands like this, with what a token takes off. */
export function accessToServer(
  server: Pick<ServerRow, "id" | "userId">,
  { role, capabilities, expiresAt }: ServerStandingRow,
  actor: Actor,
): ServerAccess {
  const account = accountOf(actor);
  const access = serverAccess({
    grants: actor.grants,
    own: account !== "" && server.userId === account,
    organisationRole: role,
    row: capabilities === null ? null : { capabilities: JSON.parse(capabilities) as ServerCapability[], expiresAt },
    now: Date.now(),
  });
  return actor.token ? lowerServerAccess(access, actor.grants, actor.token.rights, server.id) : access;
}

/** Accounts alone have a part in servers; the id of a node says nothing of one. */
const accountOf = (actor: Actor): string => (actor.type === "user" || actor.type === "token" ? (actor.id ?? "") : "");
