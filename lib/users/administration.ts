/** What staff do to other people's accounts: each act needs its permission, and the account has to be within the ceiling. */
import { and, eq } from "drizzle-orm";
import { type Tx, transaction } from "#db/client.ts";
import { passkeys, users } from "#db/schema/index.ts";
import type { Permission } from "#lib/access/permissions.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { endOtherSessions, endSession } from "#lib/auth/session.ts";
import { dropRecoveryCodes, recoveryCodesLeft } from "#lib/factors/recovery-codes.ts";
import { dropTotp } from "#lib/factors/totp.ts";
import { issueLink, type OneTimeLink, voidLinks } from "#lib/links/links.ts";
import { tell } from "#lib/mail/news.ts";
import { onAccount } from "#lib/roles/gate.ts";
import { keepAfterAll, markForDeletion } from "./deletion.ts";
import type { Choice } from "./owned.ts";
import { isShut } from "./shut.ts";

type Account = NonNullable<ReturnType<typeof accountIn>>;

export interface Done {
  id: string;
  /** False: it was so already. */
  changed: boolean;
}

/** What an act changed, for the audit log. Null: it was so already. */
type Changed = { before: unknown; after: unknown } | null;

export const editAccount = (userId: string, name: string, actor: Actor): Done =>
  onOther(userId, "users:write", actor, { self: true }, (tx, account) => {
    if (account.name === name) return null;
    update(tx, userId, { name });
    return { before: { name: account.name }, after: { name } };
  });

/** Staff vouch for the address. The link that was sent to prove it is of no use any more. */
export const verifyEmail = (userId: string, actor: Actor): Done =>
  onOther(userId, "users:write", actor, {}, (tx, account) => {
    if (account.emailVerifiedAt !== null) return null;
    const emailVerifiedAt = Date.now();
    update(tx, userId, { emailVerifiedAt });
    voidLinks(tx, userId, ["verify"]);
    return { before: { emailVerifiedAt: null }, after: { emailVerifiedAt } };
  });

/** The new address counts as unproven, and links that were sent to the old one stop working. */
export const changeEmail = (userId: string, email: string, actor: Actor): Done =>
  onOther(userId, "admin:user:edit", actor, {}, (tx, account) => {
    if (account.email === email) return null;
    if (tx.select({ id: users.id }).from(users).where(eq(users.email, email)).get()) {
      const sentence = "An account with this e-mail address exists.";
      throw new Problem("already_exists", sentence, { fields: { email: sentence } });
    }
    // To the address that it was: whoever reads it there can still object.
    news(tx, userId, "The e-mail address of your account was changed");
    update(tx, userId, { email, emailVerifiedAt: null });
    voidLinks(tx, userId);
    return { before: { email: account.email }, after: { email } };
  });

/** Ends every session at once; tokens stop while it lasts. */
export const suspendAccount = (userId: string, reason: string, actor: Actor): Done =>
  onOther(userId, "users:suspend", actor, {}, (tx, account) => {
    if (account.suspendedAt !== null && account.suspendedReason === reason) return null;
    update(tx, userId, { suspendedAt: account.suspendedAt ?? Date.now(), suspendedReason: reason });
    if (account.suspendedAt === null) news(tx, userId, "Your account was suspended");
    const sessionsEnded = endOtherSessions(userId, null, tx);
    voidLinks(tx, userId);
    return {
      before: { suspended: account.suspendedAt !== null, reason: account.suspendedReason },
      after: { suspended: true, reason, sessionsEnded },
    };
  });

export const unsuspendAccount = (userId: string, actor: Actor): Done =>
  onOther(userId, "users:suspend", actor, {}, (tx, account) => {
    if (account.suspendedAt === null) return null;
    update(tx, userId, { suspendedAt: null, suspendedReason: null });
    news(tx, userId, "Your account is no longer suspended");
    return { before: { suspended: true, reason: account.suspendedReason }, after: { suspended: false } };
  });

/** It is shut at once, and deleted when it is due. */
export const deleteAccount = (userId: string, choices: readonly Choice[], actor: Actor): Done =>
  onOther(userId, "users:delete", actor, {}, (tx, account) => {
    if (account.deletionDueAt !== null) return null;
    const { deletionDueAt, sessionsEnded } = markForDeletion(tx, userId, "staff", choices);
    return { before: { deletionDueAt: null }, after: { deletionDueAt, sessionsEnded, organisations: choices } };
  });

/** Not deleted after all. */
export const keepAccount = (userId: string, actor: Actor): Done =>
  onOther(userId, "deletions:write", actor, {}, (tx, account) => {
    if (account.deletionDueAt === null) return null;
    keepAfterAll(tx, userId, "An administrator kept it.");
    return { before: { deletionDueAt: account.deletionDueAt }, after: { deletionDueAt: null } };
  });

/** Ends one session, or all but the actor's own. Returns how many. */
export function endSessionsOf(userId: string, session: string | null, actor: Actor): number {
  let ended = 0;
  onOther(userId, "admin:user:edit", actor, { self: true }, (tx) => {
    ended = session === null ? endOtherSessions(userId, actor.sessionId, tx) : Number(endSession(userId, session, tx));
    if (session !== null && ended === 0) throw notFound("session");
    return ended === 0 ? null : { before: undefined, after: { sessionsEnded: ended } };
  });
  return ended;
}

/** Whoever knew the password has no session either. The person gets in with a passkey or by a reset link. */
export const removePassword = (userId: string, actor: Actor): Done =>
  onOther(userId, "admin:user:edit", actor, {}, (tx, account) => {
    if (account.passwordHash === null) return null;
    update(tx, userId, { passwordHash: null });
    news(tx, userId, "Your password was removed");
    voidLinks(tx, userId, ["reset"]);
    return {
      before: { password: "[set]" },
      after: { password: null, sessionsEnded: endOtherSessions(userId, null, tx) },
    };
  });

/** For somebody whom no mail reaches: shown once, and no proof of an address. Links that were made before stay as they are. */
export function makeResetLink(userId: string, actor: Actor): OneTimeLink {
  let link: OneTimeLink | undefined;
  onOther(userId, "admin:user:edit", actor, {}, (tx, account) => {
    if (isShut(account))
      throw new Problem("conflict", "This account is suspended or about to be deleted: no link lets it in.");
    link = issueLink(tx, "reset", userId, "");
    return { before: undefined, after: { link: "[link]", expiresAt: link.expiresAt } };
  });
  if (!link) throw new Error("there is no link");
  return link;
}

/** One passkey, or all of them. */
export const removePasskeys = (userId: string, passkey: string | null, actor: Actor): Done =>
  onOther(userId, "admin:user:edit", actor, {}, (tx) => {
    const removed = tx
      .delete(passkeys)
      .where(and(eq(passkeys.userId, userId), passkey === null ? undefined : eq(passkeys.id, passkey)))
      .returning({ id: passkeys.id, name: passkeys.name })
      .all();
    if (removed.length === 0) {
      if (passkey !== null) throw notFound("passkey");
      return null;
    }
    news(tx, userId, removed.length === 1 ? "Your passkey was removed" : "Your passkeys were removed");
    return { before: { passkeys: removed }, after: { sessionsEnded: endOtherSessions(userId, null, tx) } };
  });

/** One-time passwords and recovery codes. If a role asks for a second factor, the person sets up a new one. */
export const removeFactors = (userId: string, actor: Actor): Done =>
  onOther(userId, "admin:user:edit", actor, {}, (tx) => {
    const codes = recoveryCodesLeft(userId, tx);
    const authenticator = dropTotp(tx, userId);
    if (!authenticator && codes === 0) return null;
    dropRecoveryCodes(tx, userId);
    news(tx, userId, "Two-step sign-in is off");
    return {
      before: { authenticator, recoveryCodes: codes },
      after: { authenticator: false, sessionsEnded: endOtherSessions(userId, null, tx) },
    };
  });

/** Behind the gate of accounts. What one does to one's own account goes through one's own settings, unless it is harmless. */
function onOther(
  userId: string,
  needs: Permission,
  actor: Actor,
  { self = false },
  act: (tx: Tx, account: Account) => Changed,
): Done {
  return transaction((tx) => {
    const account = accountIn(tx, userId);
    if (!account) throw notFound("account");
    if (userId === actor.id && !self) {
      throw new Problem("forbidden", "This is your own account. Use your own settings, or ask another administrator.");
    }
    let changed: Changed = null;
    onAccount(tx, actor, userId, [needs], () => {
      changed = act(tx, account);
    });
    if (changed)
      audit(tx, actor, { target: { type: "account", id: userId, label: account.email }, ...(changed as object) });
    return { id: userId, changed: changed !== null };
  });
}

/** Whoever an administrator does something to is told, in the same transaction. */
const news = (tx: Tx, userId: string, subject: string): void =>
  tell(tx, userId, "administration", {
    subject,
    text: `${subject}, by an administrator. If you did not expect that, ask them.`,
  });

const accountIn = (tx: Tx, userId: string) => tx.select().from(users).where(eq(users.id, userId)).get();

const update = (tx: Tx, userId: string, values: Partial<Account>): void => {
  tx.update(users)
    .set({ ...values, updatedAt: Date.now() })
    .where(eq(users.id, userId))
    .run();
};
