/** Who has a server: they hold everything in it, and they alone let others in. */
import { and, eq, inArray } from "drizzle-orm";
import type { DbOrTx } from "#db/client.ts";
import { organisationMembers } from "#db/schema/index.ts";
import type { ServerRow } from "../load.ts";

/** Whether an account has the server itself: then it has everything. */
export function isOwner(tx: DbOrTx, server: ServerRow, userId: string): boolean {
  if (server.organisationId === null) return server.userId === userId;
  const role = and(
    eq(organisationMembers.organisationId, server.organisationId),
    eq(organisationMembers.userId, userId),
    inArray(organisationMembers.role, ["owner", "admin"]),
  );
  return tx.select({ id: organisationMembers.userId }).from(organisationMembers).where(role).get() !== undefined;
}
