/** Deleting accounts: it is asked for, nobody gets in from then on, and after some days everything of the account goes. */
import { and, eq, lte, sql } from "drizzle-orm";
import * as z from "zod";
import { db, type Tx, transaction } from "#db/client.ts";
import {
  mails,
  organisationInvites,
  organisationMembers,
  organisations,
  users,
  zoneInvites,
  zonePermissions,
} from "#db/schema/index.ts";
import { type Actor, systemActor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { endOtherSessions } from "#lib/auth/session.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { voidLinks } from "#lib/links/links.ts";
import { log } from "#lib/log/log.ts";
import { tell } from "#lib/mail/news.ts";
import { guardRoots } from "#lib/roles/roles.ts";
import { setting } from "#lib/settings/settings.ts";

const DAY = 86_400_000;

export interface DeletionDue {
  id: string;
  /** When everything goes. */
  deletionDueAt: number;
}

/** One's own account: it signs out everywhere at once. Until it is due, an administrator can keep it. */
export const deleteOwnAccount = (actor: Actor & { id: string }): DeletionDue =>
  transaction((tx) => {
    const due = guardRoots(tx, actor, () => markForDeletion(tx, actor.id));
    audit(tx, actor, {
      target: { type: "account", id: actor.id, label: actor.label },
      after: { deletionDueAt: due.deletionDueAt, sessionsEnded: due.sessionsEnded },
    });
    return { id: actor.id, deletionDueAt: due.deletionDueAt };
  });

/** Call it behind the gate of accounts, or for one's own. Refuses while the account owns organisations. */
export function markForDeletion(tx: Tx, userId: string): DeletionDue & { sessionsEnded: number } {
  const owned = ownedBy(tx, userId);
  if (owned.length > 0)
    throw new Problem("conflict", `This account owns ${named(owned)}. Hand over or delete what it owns first.`);
  const deletionDueAt = Date.now() + setting("accounts.deletion_days", tx) * DAY;
  tx.update(users).set({ deletionDueAt, updatedAt: Date.now() }).where(eq(users.id, userId)).run();
  tell(tx, userId, "deletion", {
    subject: "Your account will be deleted",
    text: `Your account is closed, and on ${new Date(deletionDueAt).toISOString().slice(0, 10)} it will be deleted with everything that belongs to it. If you did not expect that, or changed your mind, ask whoever runs this panel before then.`,
  });
  voidLinks(tx, userId);
  return { id: userId, deletionDueAt, sessionsEnded: endOtherSessions(userId, null, tx) };
}

/** Deletes what is due, an account at a time. Looked for every hour. */
export const deleteDueAccounts = jobKind({
  kind: "accounts.delete",
  schedule: "7 * * * *",
  payload: z.object({}),
  attempts: 3,
  async run(_payload, { signal }) {
    for (const { id } of dueAccounts()) {
      signal.throwIfAborted();
      erase(id);
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
});

const dueAccounts = () => db().select({ id: users.id }).from(users).where(lte(users.deletionDueAt, Date.now())).all();

/** Looks again in the transaction: it may have been kept, or been given an organisation, since. */
function erase(userId: string): void {
  transaction((tx) => {
    const account = tx.select().from(users).where(eq(users.id, userId)).get();
    if (!account || account.deletionDueAt === null || account.deletionDueAt > Date.now()) return;
    if (ownedBy(tx, userId).length > 0) {
      log().warn(
        { account: userId },
        "an account is due for deletion and owns an organisation: it stays until that is handed over",
      );
      return;
    }
    guardRoots(tx, null, () => {
      for (const [table, column] of [
        [organisationInvites, organisationInvites.invitedBy],
        [zoneInvites, zoneInvites.invitedBy],
        [zonePermissions, zonePermissions.userId],
        [organisationMembers, organisationMembers.userId],
        [mails, mails.userId],
      ] as const)
        tx.delete(table).where(eq(column, userId)).run();
      tx.delete(users).where(eq(users.id, userId)).run();
    });
    audit(tx, systemActor("accounts.delete", "panel"), {
      target: { type: "account", id: userId, label: account.email },
      before: { deletionDueAt: account.deletionDueAt },
      after: { deleted: true },
    });
  });
}

const ownedBy = (tx: Tx, userId: string): string[] =>
  tx
    .select({ name: organisations.name })
    .from(organisationMembers)
    .innerJoin(organisations, eq(organisations.id, organisationMembers.organisationId))
    .where(and(eq(organisationMembers.userId, userId), eq(organisationMembers.role, sql`'owner'`)))
    .orderBy(organisations.name)
    .all()
    .map(({ name }) => name);

const named = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
