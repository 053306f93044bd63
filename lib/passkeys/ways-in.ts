/** The ways into an account: a password, passkeys, or both; never neither. */
import { eq } from "drizzle-orm";
import { type Tx, transaction } from "#db/client.ts";
import { passkeys, users } from "#db/schema/index.ts";
import { Problem } from "#lib/api/errors.ts";
import type { AccountActor } from "#lib/api/guards.ts";
import { audit } from "#lib/audit/audit.ts";
import { endOtherSessions } from "#lib/auth/session.ts";
import { tell } from "#lib/factors/factors.ts";
import { guardRoots } from "#lib/roles/roles.ts";

/**
 * Takes away a way in, inside its transaction, and throws `last_way_in` if none is left. Of two that do it at once the later
 * one sees what the other took, because transactions are immediate.
 */
export function takeWayIn(tx: Tx, actor: AccountActor, take: () => void): void {
  guardRoots(tx, null, () => taken(tx, actor.id, take));
}

function taken(tx: Tx, userId: string, take: () => void): void {
  take();
  const password = tx.select({ hash: users.passwordHash }).from(users).where(eq(users.id, userId)).get()?.hash;
  const passkey = tx.select({ id: passkeys.id }).from(passkeys).where(eq(passkeys.userId, userId)).get();
  if (!password && !passkey)
    throw new Problem("last_way_in", "This is the only way into your account. Add another before you remove it.");
}

/** For who signs in with passkeys alone. Ends all other sessions, as changing the password does. */
export function removePassword(actor: AccountActor): { sessionsEnded: number } {
  return transaction((tx) => {
    const account = tx.select().from(users).where(eq(users.id, actor.id)).get();
    if (!account || account.passwordHash === null) throw new Problem("conflict", "Your account has no password.");
    const { id, email } = account;
    takeWayIn(tx, actor, () => {
      tx.update(users).set({ passwordHash: null, updatedAt: Date.now() }).where(eq(users.id, id)).run();
    });
    audit(tx, actor, { target: { type: "account", id, label: email }, after: { password: "[removed]" } });
    tell(tx, actor, "The password was removed");
    return { sessionsEnded: endOtherSessions(id, actor.sessionId, tx) };
  });
}
