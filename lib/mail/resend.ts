/** A mail again, as staff ask for it. One with a one-time link gets a new link: the one that it had is void, and known to nobody. */
import { and, eq, gt } from "drizzle-orm";
import { type Tx, transaction } from "#db/client.ts";
import { mails, organisationInvites, registrations, serverInvites, users, zoneInvites } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { hashToken, randomToken } from "#lib/crypto/secret.ts";
import { env } from "#lib/env.ts";
import { newId } from "#lib/id.ts";
import { canBeAnswered } from "#lib/invites/answer.ts";
import { isOpen, issueLink, newLink, type OneTimeLink, voidLinks } from "#lib/links/links.ts";
import { registrationOpen } from "#lib/registration/registration.ts";
import { isClosed, isShut } from "#lib/users/shut.ts";
import { accountByEmail } from "#lib/users/users.ts";
import { LINK } from "./message.ts";
import { queueMail, withdrawMail } from "./outbox.ts";

type Mail = typeof mails.$inferSelect;

/** Queues the same mail again. Returns the id of the new one. */
export function resendMail(id: string, actor: Actor): { mail: string } {
  return transaction((tx) => {
    const mail = loadMail(tx, id);
    if (mail.status === "queued" || mail.status === "sending")
      throw new Problem("conflict", "This mail has not left yet. It is tried again by itself.");
    const again = { template: mail.template, userId: mail.userId, recipient: mail.recipient, subject: mail.subject };
    const linked = mail.text.split("\n").includes(LINK);
    const made = linked ? relink(tx, mail) : null;
    if (linked && !made)
      throw new Problem("conflict", "What this mail was for is over, so there is no link to put into it.");
    const next = queueMail(tx, { ...again, text: mail.text, ...(made ? { link: made.link } : {}) });
    made?.sentAs(next);
    // Whoever got it after all sees one mail: programs drop the second of the same id. A new link makes it another mail.
    if (!linked && mail.status === "unknown")
      tx.update(mails).set({ messageId: mail.messageId }).where(eq(mails.id, next)).run();
    audit(tx, actor, { ...targetOf(mail), before: { status: mail.status }, after: { mail: next, newLink: linked } });
    return { mail: next };
  });
}

/** It never leaves. */
export function cancelMail(id: string, actor: Actor): { mail: string } {
  return transaction((tx) => {
    const mail = loadMail(tx, id);
    if (mail.status !== "queued") throw new Problem("conflict", "Only a mail that still waits can be cancelled.");
    withdrawMail(tx, id);
    tx.update(mails).set({ answer: "Cancelled by staff." }).where(eq(mails.id, id)).run();
    audit(tx, actor, { ...targetOf(mail), before: { status: mail.status }, after: { status: "cancelled" } });
    return { mail: id };
  });
}

function loadMail(tx: Tx, id: string): Mail {
  const mail = tx.select().from(mails).where(eq(mails.id, id)).get();
  if (!mail) throw notFound("mail");
  return mail;
}

const targetOf = (mail: Mail) => ({ target: { type: "mail", id: mail.id, label: mail.recipient } });

interface Relinked {
  link: OneTimeLink;
  /** Notes which mail the link goes out with. */
  sentAs(mail: string): void;
}

/** A new link for what the mail was about, in the place of the old one; null where that has no sense any more. */
function relink(tx: Tx, mail: Mail): Relinked | null {
  switch (mail.template) {
    case "reset":
    case "verify":
    case "email":
      return accountLink(tx, mail, mail.template);
    case "registration":
      return registrationLink(tx, mail);
    case "invite":
      return inviteLink(tx, mail, organisationInvites);
    case "zone-invite":
      return inviteLink(tx, mail, zoneInvites);
    case "server-invite":
      return inviteLink(tx, mail, serverInvites);
    default:
      return null;
  }
}

function accountLink(tx: Tx, mail: Mail, kind: "reset" | "verify" | "email"): Relinked | null {
  const user = mail.userId === null ? undefined : tx.select().from(users).where(eq(users.id, mail.userId)).get();
  if (!user || (kind === "reset" ? isClosed(tx, user) : isShut(user))) return null;
  const fits = {
    reset: user.email === mail.recipient,
    verify: user.email === mail.recipient && user.emailVerifiedAt === null,
    // A wish that was taken back, or is too old, is not brought back by whoever sends its mail again.
    email: isOpen(tx, "email", user.id, mail.recipient) && !accountByEmail(mail.recipient, tx),
  };
  if (!fits[kind]) return null;
  voidLinks(tx, user.id, [kind]);
  return { link: issueLink(tx, kind, user.id, mail.recipient), sentAs: () => {} };
}

function registrationLink(tx: Tx, mail: Mail): Relinked | null {
  if (!registrationOpen() || accountByEmail(mail.recipient, tx)) return null;
  const { url, tokenHash, expiresAt } = newLink("register");
  tx.delete(registrations).where(eq(registrations.email, mail.recipient)).run();
  tx.insert(registrations)
    .values({ id: newId(), email: mail.recipient, tokenHash, createdAt: Date.now(), expiresAt })
    .run();
  return { link: { url, expiresAt }, sentAs: () => {} };
}

/** It ends when it would have: the text says when. */
function inviteLink(
  tx: Tx,
  mail: Mail,
  invites: typeof organisationInvites | typeof zoneInvites | typeof serverInvites,
): Relinked | null {
  const open = and(eq(invites.mailId, mail.id), gt(invites.expiresAt, Date.now()));
  const invite = tx.select({ id: invites.id, expiresAt: invites.expiresAt }).from(invites).where(open).get();
  // To whom its sender can give nothing any more, no new link is sent.
  if (!invite || !canBeAnswered(tx, invite.id)) return null;
  const token = randomToken();
  return {
    link: { url: `${env().origin}/invite#token=${token}`, expiresAt: invite.expiresAt },
    sentAs: (next) =>
      tx
        .update(invites)
        .set({ tokenHash: hashToken(token), mailId: next })
        .where(eq(invites.id, invite.id))
        .run(),
  };
}
