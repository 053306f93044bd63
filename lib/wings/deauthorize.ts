/**
 * Takes from a person what a node still holds for them: open consoles, sessions over SFTP, tokens made until now. It is
 * wanted in the transaction that takes the right, and tried until the node has done it.
 */
import { eq } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db } from "#db/client.ts";
import { nodes } from "#db/schema/index.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { asked, DaemonError, type NodeAddress } from "./call.ts";
import { gone, json, pathOf } from "./servers.ts";
import { jtiOf } from "./tokens.ts";

/** It has to be over soon, so a node that does not answer is tried again rather than waited for. */
const WITHIN_MS = 5000;

/**
 * `servers` are those of the node, each named: one that names none is no denial. Daemons before 1.12 cannot do all of it: there
 * the sockets of the person say nothing any more, and a session over SFTP lives on until the daemon is restarted.
 */
export async function deauthorize(node: NodeAddress, user: string, servers: readonly string[]): Promise<void> {
  if (servers.length === 0) return;
  try {
    await asked(node, { ...json("POST", "/api/deauthorize-user", { user, servers }), timeoutMs: WITHIN_MS });
  } catch (error) {
    if (!(error instanceof DaemonError) || error.trouble !== "not_found") throw error;
    for (const server of servers)
      await gone(
        asked(node, {
          ...json("POST", pathOf(server, "/ws/deny"), { jtis: [jtiOf({ user, server })] }),
          timeoutMs: WITHIN_MS,
        }),
      );
  }
}

/** With its back-off for the better part of a day. */
const ATTEMPTS = 30;

export const deauthorizing = jobKind({
  kind: "wings.deauthorize",
  payload: z.object({ node: z.string(), user: z.string(), servers: z.array(z.string()) }),
  attempts: ATTEMPTS,
  forget: true,
  run: async ({ node, user, servers }) => {
    const row = db().select().from(nodes).where(eq(nodes.id, node)).get();
    if (row) await deauthorize(row, user, servers);
  },
});

/** In the transaction that takes a right from a person. */
export function takeFromNode(tx: DbOrTx, node: string, user: string, servers: readonly string[]): void {
  if (servers.length > 0) deauthorizing.enqueue(tx, { node, user, servers: [...servers] });
}
