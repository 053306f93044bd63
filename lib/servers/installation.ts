/** What nodes say about the installing of servers. */
import { and, eq } from "drizzle-orm";
import { transaction } from "#db/client.ts";
import { servers } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import type { NodeRow } from "#lib/nodes/credentials.ts";
import { failBackups } from "./backups/told.ts";
import type { ServerRow } from "./load.ts";
import { serverOfNode } from "./told.ts";
import { endAtStart } from "./transfer/ending.ts";

/**
 * Daemons do not look at how the script ended: "successful" says that it was run. What is said of a server that is not being
 * installed changes nothing, and is said only once.
 */
export function noteInstallation(node: NodeRow, uuid: string, successful: boolean, actor: Actor): void {
  transaction((tx) => {
    const server = serverOfNode(node, uuid, tx);
    if (server.state !== "installing") return;
    const now = Date.now();
    const change = successful ? { state: "ready" as const, installedAt: now } : { state: "install_failed" as const };
    tx.update(servers)
      .set({ ...change, updatedAt: now })
      .where(eq(servers.id, server.id))
      .run();
    audit(tx, actor, {
      ...targetOf(server),
      before: { state: server.state },
      after: { state: change.state },
    });
  });
}

/** A daemon that starts anew has lost what it was doing: nothing tells whether it was nearly done. */
export function noteStart(node: NodeRow, actor: Actor): void {
  transaction((tx) => {
    const now = Date.now();
    failBackups(tx, node.id);
    endAtStart(tx, node, actor);
    for (const [before, after] of [
      ["installing", "interrupted"],
      ["restoring", "ready"],
    ] as const) {
      const those = and(eq(servers.nodeId, node.id), eq(servers.state, before));
      const changed = tx.update(servers).set({ state: after, updatedAt: now }).where(those).returning().all();
      for (const server of changed)
        audit(tx, actor, { ...targetOf(server), before: { state: before }, after: { state: after } });
    }
  });
}

export const targetOf = ({ id, name, organisationId }: Pick<ServerRow, "id" | "name" | "organisationId">) => ({
  target: { type: "server", id, label: name },
  organisationId,
});
