/** Whether an account lets anybody in. */
import { and, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { deletions } from "#db/schema/index.ts";

/** Whether it lets nobody in, whatever they show: suspended, or about to be deleted. */
export const isShut = (account: { suspendedAt: number | null; deletionDueAt: number | null }): boolean =>
  account.suspendedAt !== null || account.deletionDueAt !== null;

/** Whether somebody who proves to be its owner may come back to it although it is to be deleted. */
function mayComeBack(tx: Pick<Tx, "select">, account: { id: string; deletionDueAt: number | null }): boolean {
  if (account.deletionDueAt === null) return true;
  if (account.deletionDueAt <= Date.now()) return false;
  const own = and(eq(deletions.userId, account.id), eq(deletions.state, "waiting"), eq(deletions.askedBy, "self"));
  return tx.select({ id: deletions.id }).from(deletions).where(own).get() !== undefined;
}

/** Whether not even proving to be its owner opens it. One whose owner asked for its deletion lets them in, and is kept by that. */
export const isClosed = (
  tx: Pick<Tx, "select">,
  account: { id: string; suspendedAt: number | null; deletionDueAt: number | null },
): boolean => account.suspendedAt !== null || !mayComeBack(tx, account);
