/**
 * Deleting accounts. It is asked for, nobody gets in from then on, and after some days everything of the account goes; what the
 * audit log says stays. Whoever asked for it themselves keeps the account by signing in before then.
 */

import { rm } from "node:fs/promises";
import { and, asc, eq, inArray, lte } from "drizzle-orm";
import * as z from "zod";
import { db, type Tx, transaction } from "#db/client.ts";
import {
  deletions,
  mails,
  organisationInvites,
  organisationMembers,
  serverInvites,
  serverReports,
  users,
  zoneImports,
  zoneInvites,
  zonePermissions,
} from "#db/schema/index.ts";
import { type Actor, systemActor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { among, type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { audit } from "#lib/audit/audit.ts";
import { nameNoMore } from "#lib/audit/erased.ts";
import { endOtherSessions } from "#lib/auth/session.ts";
import { archivesOf } from "#lib/exports/exports.ts";
import { newId } from "#lib/id.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { voidLinks } from "#lib/links/links.ts";
import { log } from "#lib/log/log.ts";
import { tell } from "#lib/mail/news.ts";
import { onAccount } from "#lib/roles/gate.ts";
import { guardRoots } from "#lib/roles/roles.ts";
import { setting } from "#lib/settings/settings.ts";
import { searchingAbout } from "#lib/staff/find.ts";
import { killHere } from "#lib/test-hook.ts";
import {
  assertChosen,
  type Choice,
  closeWhatCan,
  deleteServersOf,
  deleteZonesOf,
  effectsFor,
  settleOwned,
  Waits,
} from "./owned.ts";

const DAY = 86_400_000;

type Row = typeof deletions.$inferSelect;

export interface DeletionDue {
  id: string;
  /** When everything goes. */
  deletionDueAt: number;
}

/** One's own account: it signs out everywhere at once. */
export const deleteOwnAccount = (actor: Actor & { id: string }, choices: readonly Choice[]): DeletionDue =>
  transaction((tx) => {
    const due = guardRoots(tx, actor, () => markForDeletion(tx, actor.id, "self", choices));
    audit(tx, actor, {
      target: { type: "account", id: actor.id, label: actor.label },
      after: { deletionDueAt: due.deletionDueAt, sessionsEnded: due.sessionsEnded, organisations: choices },
    });
    return { id: actor.id, deletionDueAt: due.deletionDueAt };
  });

/** Call it behind the gate of accounts, or for one's own. Refuses while it is open what becomes of what the account owns. */
export function markForDeletion(
  tx: Tx,
  userId: string,
  askedBy: Row["askedBy"],
  choices: readonly Choice[],
): DeletionDue & { sessionsEnded: number } {
  const now = Date.now();
  const deletionDueAt = now + setting("accounts.deletion_days", tx) * DAY;
  assertChosen(tx, userId, choices, deletionDueAt);
  tx.update(users).set({ deletionDueAt, updatedAt: now }).where(eq(users.id, userId)).run();
  tx.insert(deletions)
    .values({
      id: newId(now),
      userId,
      askedBy,
      choices: JSON.stringify(choices),
      state: "waiting",
      createdAt: now,
      chosenAt: now,
      dueAt: deletionDueAt,
    })
    .run();
  const undo =
    askedBy === "self"
      ? "If you change your mind, sign in before then: that keeps it."
      : "If you did not expect that, ask whoever runs this panel before then.";
  tell(tx, userId, "deletion", {
    subject: "Your account will be deleted",
    text: `Your account is closed, and on ${new Date(deletionDueAt).toISOString().slice(0, 10)} it will be deleted with everything that belongs to it. ${undo}`,
  });
  voidLinks(tx, userId);
  return { id: userId, deletionDueAt, sessionsEnded: endOtherSessions(userId, null, tx) };
}

/** Not deleted after all. `how` is read by staff. */
export function keepAfterAll(tx: Tx, userId: string, how: string): void {
  const now = Date.now();
  tx.update(users).set({ deletionDueAt: null, updatedAt: now }).where(eq(users.id, userId)).run();
  tx.update(deletions)
    .set({ state: "cancelled", message: how, endedAt: now })
    .where(and(eq(deletions.userId, userId), eq(deletions.state, "waiting")))
    .run();
  tell(tx, userId, "deletion", {
    subject: "Your account will not be deleted",
    text: `Your account stays as it was. ${how}`,
  });
}

export const deletionStates = ["waiting", "closing", "done", "cancelled"] as const;

const list = {
  from: deletions,
  id: deletions.id,
  sorts: { dueAt: deletions.dueAt, createdAt: deletions.createdAt },
};

/** Those that are over have no account any more. */
export function listDeletions(query: KeyedQuery & { state?: (typeof deletionStates)[number] | undefined }) {
  const { found, condition } = searchingAbout({ kind: "deletion", ...list, user: deletions.userId }, query.q);
  const state = query.state && among(deletions, eq(deletions.state, query.state));
  return readKeyed(list, query, { conditions: [condition, state || undefined], found }, (ids) =>
    db()
      .select({ row: deletions, name: users.name, email: users.email })
      .from(deletions)
      .leftJoin(users, eq(users.id, deletions.userId))
      .where(inArray(deletions.id, ids))
      .all()
      .map(({ row, name, email }) => ({ ...summaryOf(row), user: row.userId, name, email })),
  );
}

/** What staff see of one: who, when, and what will go. */
export function openDeletion(id: string) {
  const row = load(db(), id);
  const account = row.userId
    ? db().select({ name: users.name, email: users.email }).from(users).where(eq(users.id, row.userId)).get()
    : undefined;
  const choices = row.userId === null ? [] : (JSON.parse(row.choices) as Choice[]);
  return {
    ...summaryOf(row),
    user: row.userId,
    name: account?.name ?? null,
    email: account?.email ?? null,
    effects: row.userId === null || row.state !== "waiting" ? null : effectsFor(row.userId),
    choices,
  };
}

const summaryOf = ({ id, askedBy, state, message, createdAt, dueAt, endedAt }: Row) => ({
  id,
  askedBy,
  state,
  message,
  createdAt,
  dueAt,
  endedAt,
});

/** Now, instead of when it is due. One that is under way has no second entry; one that something stood in the way of is tried again. */
export function expediteDeletion(id: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const { userId, dueAt, message } = waiting(tx, id);
    const now = Date.now();
    const underWay = dueAt <= now && message === "";
    onAccount(tx, actor, userId, ["users:delete"], () => {
      if (underWay) return;
      tx.update(deletions).set({ dueAt: now, message: "" }).where(eq(deletions.id, id)).run();
      tx.update(users).set({ deletionDueAt: now }).where(eq(users.id, userId)).run();
    });
    if (!deleteSoon.waits(tx, { deletion: id })) deleteSoon.enqueue(tx, { deletion: id });
    if (underWay) return { id };
    audit(tx, actor, { ...targetOf(tx, userId), before: { deletionDueAt: dueAt }, after: { expedited: true } });
    return { id };
  });
}

export function cancelDeletion(id: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const { userId, dueAt } = waiting(tx, id);
    onAccount(tx, actor, userId, ["deletions:write"], () => keepAfterAll(tx, userId, "An administrator kept it."));
    audit(tx, actor, { ...targetOf(tx, userId), before: { deletionDueAt: dueAt }, after: { deletionDueAt: null } });
    return { id };
  });
}

/** Staff decide anew what becomes of what the account owns: an heir may have left, or it was handed something meanwhile. */
export function chooseAgain(id: string, choices: readonly Choice[], actor: Actor): { id: string } {
  return transaction((tx) => {
    const { userId, dueAt, choices: before } = waiting(tx, id);
    onAccount(tx, actor, userId, ["users:delete"], () => {
      assertChosen(tx, userId, choices, dueAt);
      const change = { choices: JSON.stringify(choices), message: "", chosenAt: Date.now() };
      tx.update(deletions).set(change).where(eq(deletions.id, id)).run();
    });
    audit(tx, actor, {
      ...targetOf(tx, userId),
      before: { organisations: JSON.parse(before) },
      after: { organisations: choices },
    });
    return { id };
  });
}

function waiting(tx: Tx, id: string): Row & { userId: string } {
  const row = load(tx, id);
  if (row.state !== "waiting" || row.userId === null) throw new Problem("conflict", "This one is over.");
  return { ...row, userId: row.userId };
}

function load(tx: Pick<Tx, "select">, id: string): Row {
  const row = tx.select().from(deletions).where(eq(deletions.id, id)).get();
  if (!row) throw notFound("deletion");
  return row;
}

function targetOf(tx: Tx, userId: string) {
  const account = tx.select({ email: users.email }).from(users).where(eq(users.id, userId)).get();
  return { target: { type: "account", id: userId, label: account?.email ?? "" } };
}

/** Deletes what is due, an account at a time. Looked for every hour. */
export const deleteDueAccounts = jobKind({
  kind: "accounts.delete",
  schedule: "7 * * * *",
  payload: z.object({}),
  attempts: 3,
  async run(_payload, { signal }) {
    const due = and(eq(deletions.state, "waiting"), lte(deletions.dueAt, Date.now()));
    for (const { id } of db()
      .select({ id: deletions.id })
      .from(deletions)
      .where(due)
      .orderBy(asc(deletions.dueAt))
      .all())
      await carryOut(id, signal);
    for (const row of db().select().from(deletions).where(eq(deletions.state, "closing")).all())
      transaction((tx) => end(tx, row, closeWhatCan(tx, JSON.parse(row.choices) as string[])));
  },
});

/** One, at once. */
export const deleteSoon = jobKind({
  kind: "accounts.delete-now",
  payload: z.object({ deletion: z.string() }),
  attempts: 3,
  run: ({ deletion }, { signal }) => carryOut(deletion, signal),
});

/** Can be called again at any point. What stands in the way is said in the row, and tried again in an hour. */
async function carryOut(id: string, signal: AbortSignal): Promise<void> {
  const row = db().select().from(deletions).where(eq(deletions.id, id)).get();
  if (row?.state !== "waiting" || row.userId === null || row.dueAt > Date.now()) return;
  try {
    deleteServersOf(row.userId, JSON.parse(row.choices) as Choice[]);
    await deleteZonesOf(row.userId, JSON.parse(row.choices) as Choice[], signal);
    killHere("erasing");
    for (const file of erase(id)) await rm(file, { force: true });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Waits || error instanceof Problem)) throw error;
    log().warn({ account: row.userId, reason: error.message }, "an account that is due for deletion waits");
    db().update(deletions).set({ message: error.message }).where(eq(deletions.id, id)).run();
  }
}

/** Looks again in the transaction: it may have been kept since. Returns the files that go too. */
function erase(id: string): string[] {
  return transaction((tx) => {
    const row = tx.select().from(deletions).where(eq(deletions.id, id)).get();
    const userId = row?.state === "waiting" && row.dueAt <= Date.now() ? row.userId : null;
    const account = userId === null ? undefined : tx.select().from(users).where(eq(users.id, userId)).get();
    if (!row || userId === null || !account || account.deletionDueAt === null) return [];
    const files = archivesOf(tx, userId);
    let closing: string[] = [];
    guardRoots(tx, null, () => {
      closing = settleOwned(tx, userId, JSON.parse(row.choices) as Choice[], row.chosenAt);
      // What the law makes one keep, such as orders and invoices, is to be taken off the account here, with no more than it asks for.
      for (const [table, column] of [
        [organisationInvites, organisationInvites.invitedBy],
        [zoneInvites, zoneInvites.invitedBy],
        [serverInvites, serverInvites.invitedBy],
        [zonePermissions, zonePermissions.userId],
        [organisationMembers, organisationMembers.userId],
        [mails, mails.userId],
        // Seen by nobody else; what came of them is in the history of their zones.
        [zoneImports, zoneImports.userId],
      ] as const)
        tx.delete(table).where(eq(column, userId)).run();
      tx.delete(mails).where(eq(mails.recipient, account.email)).run();
      tx.update(serverReports).set({ address: null }).where(eq(serverReports.userId, userId)).run();
      tx.delete(deletions)
        .where(and(eq(deletions.userId, userId), inArray(deletions.state, ["done", "cancelled"])))
        .run();
      tx.delete(users).where(eq(users.id, userId)).run();
    });
    end(tx, row, closing);
    audit(tx, systemActor("accounts.delete", "panel"), {
      target: { type: "account", id: userId, label: account.email },
      before: { deletionDueAt: account.deletionDueAt },
      after: { deleted: true },
    });
    nameNoMore.enqueue(tx, { user: userId, email: account.email, at: Date.now() });
    return files;
  });
}

/** Nothing says any more whose it was. */
function end(tx: Tx, { id }: Row, closing: readonly string[]): void {
  const over = closing.length === 0;
  tx.update(deletions)
    .set({
      userId: null,
      choices: JSON.stringify(closing),
      state: over ? "done" : "closing",
      message: over ? "" : "What it owned goes when its zones can no longer be brought back.",
      endedAt: Date.now(),
    })
    .where(eq(deletions.id, id))
    .run();
}
