/** The console of a server: the browser speaks with the node itself, with a token that carries just what this person may do. */
import { and, eq } from "drizzle-orm";
import { transaction } from "#db/client.ts";
import { serverHolders } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { baseOf } from "#lib/nodes/config.ts";
import { socketPermissions } from "#lib/wings/rights.ts";
import { SOCKET_SECONDS, signerOf, socketToken } from "#lib/wings/tokens.ts";
import { handOut, heldOf } from "./holders.ts";
import type { LoadedServer } from "./load.ts";

export interface ConsoleTicket {
  /** Of the node's websocket. */
  address: string;
  token: string;
  /** By then the browser has asked for another. */
  expiresAt: number;
  /** What the token carries. */
  permissions: string[];
}

export async function openConsole(
  { server, node, access, asStaff }: LoadedServer & { asStaff: boolean },
  actor: Actor & { id: string },
): Promise<ConsoleTicket> {
  if (server.state === "deleting") throw new Problem("conflict", "This server is being deleted.");
  // What is handed out now would be for the node that it leaves.
  if (server.state === "transferring")
    throw new Problem("conflict", "This server is moving to another node. Its console opens when that is over.");
  const has = (one: "console" | "files" | "backups") => one === "console" || access.has(one, "backups:read");
  const permissions = socketPermissions(has, { owner: access.owner, staff: asStaff }) ?? [];
  const signer = signerOf(node);
  const now = Date.now();
  transaction((tx) => {
    const here = and(eq(serverHolders.serverId, server.id), eq(serverHolders.userId, actor.id));
    const before = tx.select().from(serverHolders).where(here).get();
    handOut(server, actor.id, "console", asStaff, tx);
    audit(tx, actor, {
      target: { type: "server", id: server.id, label: server.name },
      organisationId: server.organisationId,
      after: { permissions, again: before?.cutAt === null && heldOf(before.given).includes("console") },
      asStaff,
    });
  });
  const token = await socketToken(signer, { user: actor.id, server: server.uuid }, permissions);
  const address = `${baseOf(node).replace(/^http/, "ws")}/api/servers/${server.uuid}/ws`;
  return { address, token, expiresAt: now + SOCKET_SECONDS * 1000, permissions };
}
