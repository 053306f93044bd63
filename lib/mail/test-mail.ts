/** A mail to oneself, at once and past the outbox: whether the mail server takes what the panel sends. */
import { eq } from "drizzle-orm";
import { db, transaction } from "#db/client.ts";
import { users } from "#db/schema/index.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import type { AccountActor } from "#lib/api/guards.ts";
import { audit } from "#lib/audit/audit.ts";
import { env } from "#lib/env.ts";
import { newId } from "#lib/id.ts";
import { compose } from "./message.ts";
import { deliver, type Outcome } from "./smtp.ts";

export async function sendTestMail(actor: AccountActor): Promise<Outcome & { recipient: string }> {
  const { mail, origin } = env();
  if (!mail) throw new Problem("conflict", "There is no mail server: SMTP_URL and MAIL_FROM name one.");
  const account = db().select({ email: users.email }).from(users).where(eq(users.id, actor.id)).get();
  if (!account) throw notFound("account");
  const panel = new URL(origin);
  const letter = {
    messageId: `<${newId()}@${panel.hostname}>`,
    recipient: account.email,
    subject: "A test of mail",
    text: `Mail from the panel at ${panel.host} arrives. There is nothing to do.`,
    createdAt: Date.now(),
  };
  const octets = await compose(letter, mail.from, null);
  const envelope = { from: mail.from.address, to: account.email };
  const outcome = await deliver(mail.server, envelope, octets, new AbortController().signal);
  transaction((tx) => audit(tx, actor, { target: { type: "mail", id: null, label: account.email }, after: outcome }));
  return { ...outcome, recipient: account.email };
}
