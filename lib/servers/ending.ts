/** The servers of an account or an organisation that ends: each goes at its node, with its databases. */
import { eq, inArray } from "drizzle-orm";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { servers } from "#db/schema/index.ts";
import { systemActor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { markForDeletion } from "./acts.ts";
import { targetOf } from "./installation.ts";

/** Begins it for those where it has not begun. Returns how many are still there. */
export function endServers(ids: readonly string[], action: string): number {
  const system = systemActor(action, "panel");
  const rows = db()
    .select()
    .from(servers)
    .where(inArray(servers.id, [...ids]))
    .all();
  for (const server of rows.filter(({ state }) => state !== "deleting")) {
    transaction((tx) => {
      markForDeletion(tx, server);
      audit(tx, system, { ...targetOf(server), before: { name: server.name }, after: { deleting: true } });
    });
  }
  return rows.length;
}

export const serversOf = (owner: { userId: string } | { organisationId: string }, tx: Pick<DbOrTx, "select"> = db()) =>
  tx
    .select({ id: servers.id })
    .from(servers)
    .where("userId" in owner ? eq(servers.userId, owner.userId) : eq(servers.organisationId, owner.organisationId))
    .all()
    .map(({ id }) => id);
