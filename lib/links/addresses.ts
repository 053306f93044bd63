/** Whether an account's address is read by its owner, and another address in its place. */

import { eq } from "drizzle-orm";
import * as z from "zod";
import { type Tx, transaction } from "#db/client.ts";
import { users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { env } from "#lib/env.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { LINK } from "#lib/mail/message.ts";
import { queueMail } from "#lib/mail/outbox.ts";
import { isShut } from "#lib/users/shut.ts";
import { accountByEmail } from "#lib/users/users.ts";
import { issueLink, NEW_ADDRESS, openLink, voidLinks } from "./links.ts";
import { assertMayMail, mayMail } from "./requests.ts";

type Person = Actor & { id: string };

const panel = (): string => new URL(env().origin).host;

/** Mails a link that verifies the address one has. */
export function requestVerification(actor: Person): void {
  transaction((tx) => {
    const user = accountOf(tx, actor);
    if (user.emailVerifiedAt !== null) throw new Problem("conflict", "Your address is verified already.");
    assertMayMail(tx, user.email, "verify");
    queueMail(tx, {
      template: "verify",
      userId: user.id,
      recipient: user.email,
      subject: "Verify your address",
      text: [`Verify that this is the address of your account at ${panel()}, within an hour:`, LINK].join("\n\n"),
      link: issueLink(tx, "verify", user.id, user.email),
    });
    audit(tx, actor, { target: { type: "account", id: user.id, label: user.email } });
  });
}

/** Asks for another address. It counts once the link that is mailed there is used; the present one is told at once. */
export function requestEmail(actor: Person, email: string): void {
  transaction((tx) => {
    const user = accountOf(tx, actor);
    if (user.email === email) throw invalid({ email: "This is your address already." });
    assertMayMail(tx, user.email, "email-asked");
    queueMail(tx, {
      template: "email-asked",
      userId: user.id,
      recipient: user.email,
      subject: "Another address for your account",
      text: [
        `Somebody who is signed in to your account at ${panel()} asked to change its address to ${email}. That happens once a link in a mail to that address is opened.`,
        "If it was you, there is nothing to do here. If it was not, change your password now: that ends the link too.",
      ].join("\n\n"),
    });
    mailNewAddress.enqueue(tx, { user: user.id, email });
    audit(tx, actor, {
      target: { type: "account", id: user.id, label: user.email },
      before: { email: user.email },
      after: { asked: email },
    });
  });
}

/** Whether the address has an account already is told to nobody but who reads it. */
export const mailNewAddress = jobKind({
  kind: NEW_ADDRESS,
  payload: z.object({ user: z.string(), email: z.string() }),
  attempts: 5,
  forget: true,
  run: ({ user, email }) => transaction((tx) => sendNewAddress(tx, user, email)),
});

function sendNewAddress(tx: Tx, userId: string, email: string): void {
  const user = tx
    .select({ suspendedAt: users.suspendedAt, deletionDueAt: users.deletionDueAt })
    .from(users)
    .where(eq(users.id, userId))
    .get();
  if (!user || isShut(user) || !mayMail(tx, email, "email")) return;
  const taken = accountByEmail(email, tx);
  voidLinks(tx, userId, ["email"]);
  queueMail(tx, {
    template: "email",
    userId,
    recipient: email,
    subject: taken ? "This address has an account" : "Verify your new address",
    text: taken
      ? `Somebody asked to use this address for another account at ${panel()}. It belongs to an account there, so nothing was changed.`
      : [`Verify that this is the new address of your account at ${panel()}, within an hour:`, LINK].join("\n\n"),
    ...(!taken && { link: issueLink(tx, "email", userId, email) }),
  });
}

/** Uses a link that verifies an address, or puts a new one in place of the old. */
export function verifyAddress(token: string, actor: Actor): { email: string; changed: boolean } {
  return transaction((tx) => {
    const { link, user } = openLink(token, ["verify", "email"], tx);
    const changed = link.kind === "email";
    if (changed && accountByEmail(link.email, tx)) {
      throw new Problem("already_exists", "Meanwhile this address has an account of its own. Nothing was changed.");
    }
    const now = Date.now();
    tx.update(users)
      .set({ email: link.email, emailVerifiedAt: now, updatedAt: now })
      .where(eq(users.id, user.id))
      .run();
    voidLinks(tx, user.id, changed ? undefined : ["verify"]);
    audit(tx, actor, {
      target: { type: "account", id: user.id, label: link.email },
      before: { email: user.email, verified: user.emailVerifiedAt !== null },
      after: { email: link.email, verified: true },
    });
    if (changed) tellOldAddress(tx, user, link.email);
    return { email: link.email, changed };
  });
}

function tellOldAddress(tx: Tx, user: { id: string; email: string }, email: string): void {
  queueMail(tx, {
    template: "security",
    userId: user.id,
    recipient: user.email,
    subject: "The address of your account was changed",
    text: [
      `Your account at ${panel()} now has the address ${email}. Mails about it go there, and one signs in with it.`,
      "If it was not you, ask whoever runs the panel.",
    ].join("\n\n"),
  });
}

function accountOf(tx: Tx, actor: Person) {
  const user = tx.select().from(users).where(eq(users.id, actor.id)).get();
  if (!user) throw notFound("account");
  return user;
}
