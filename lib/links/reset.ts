/** A forgotten password: a link by mail or from staff, and a new password with it. */
import { eq } from "drizzle-orm";
import * as z from "zod";
import { type Tx, transaction } from "#db/client.ts";
import { users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { hashPassword } from "#lib/auth/password.ts";
import { endOtherSessions } from "#lib/auth/session.ts";
import { clearFailures, signInLimits } from "#lib/auth/throttle.ts";
import { env } from "#lib/env.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { LINK } from "#lib/mail/message.ts";
import { queueMail } from "#lib/mail/outbox.ts";
import { isClosed } from "#lib/users/shut.ts";
import { accountByEmail } from "#lib/users/users.ts";
import { issueLink, openLink, voidLinks } from "./links.ts";
import { countRequest, mayMail } from "./requests.ts";

/** Asks for a link by mail. Says and does the same whether or not the address has an account. */
export function requestReset(email: string, actor: Actor): void {
  countRequest(actor);
  transaction((tx) => {
    mailReset.enqueue(tx, { email });
    audit(tx, actor, { target: { type: "account", id: null, label: email } });
  });
}

export const mailReset = jobKind({
  kind: "links.reset",
  payload: z.object({ email: z.string() }),
  attempts: 5,
  forget: true,
  run: ({ email }) => transaction((tx) => sendReset(tx, email)),
});

function sendReset(tx: Tx, email: string): void {
  const user = accountByEmail(email, tx);
  if (!user || isClosed(tx, user) || !mayMail(tx, user.email, "reset")) return;
  queueMail(tx, {
    template: "reset",
    userId: user.id,
    recipient: user.email,
    subject: "Set a new password",
    text: [
      `Somebody, most likely you, asked for a new password for your account at ${new URL(env().origin).host}. Set it here, within an hour:`,
      LINK,
      "If it was not you, there is nothing to do: your password stays as it is.",
      ...(user.deletionDueAt === null
        ? []
        : [
            `Your account is to be deleted on ${new Date(user.deletionDueAt).toISOString().slice(0, 10)}. A new password alone does not change that: sign in with it before then, and the account is kept.`,
          ]),
    ].join("\n\n"),
    link: issueLink(tx, "reset", user.id, user.email),
  });
}

/** Whose password the link sets. */
export const resetOf = (token: string): { email: string } => ({ email: openLink(token, ["reset"]).user.email });

/** Sets the password that the link is for, ends all sessions and all other links of the account, and tells its owner. */
export async function resetPassword(token: string, password: string, actor: Actor): Promise<{ email: string }> {
  const passwordHash = await hashPassword(password, openLink(token, ["reset"]).user);
  return transaction((tx) => {
    // Of two at once one sets its password, and the other finds the link used.
    const { link, user } = openLink(token, ["reset"], tx);
    const now = Date.now();
    const emailVerifiedAt = link.email === "" ? user.emailVerifiedAt : (user.emailVerifiedAt ?? now);
    tx.update(users).set({ passwordHash, emailVerifiedAt, updatedAt: now }).where(eq(users.id, user.id)).run();
    voidLinks(tx, user.id);
    const sessionsEnded = endOtherSessions(user.id, null, tx);
    audit(tx, actor, {
      target: { type: "account", id: user.id, label: user.email },
      after: { password: "[changed]", sessionsEnded },
    });
    tellOfPassword(tx, user, actor);
    clearFailures(signInLimits(user.email, actor.address ?? "unknown")[0].key);
    return { email: user.email };
  });
}

/** Tells an account's owner, in case it was somebody else. */
function tellOfPassword(tx: Tx, user: { id: string; email: string }, actor: Actor): void {
  queueMail(tx, {
    template: "security",
    userId: user.id,
    recipient: user.email,
    subject: "Your password was changed",
    text: [
      `The password of your account ${user.email} was changed, from the address ${actor.address ?? "unknown"}, and its other sessions have ended.`,
      "If that was you, there is nothing to do. If it was not, set a new one with “Forgotten your password?” on the sign-in page, or ask whoever runs the panel.",
    ].join("\n\n"),
  });
}
