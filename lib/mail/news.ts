/** Short mails about what happened to somebody: nothing to answer, no link. */
import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { users } from "#db/schema/index.ts";
import { env } from "#lib/env.ts";
import { queueMail } from "./outbox.ts";

/** Tells an account. One that is gone is told nothing. */
export function tell(tx: Tx, userId: string, template: string, mail: { subject: string; text: string }): void {
  const account = tx.select({ email: users.email }).from(users).where(eq(users.id, userId)).get();
  if (!account) return;
  const text = `${mail.text}\n\nThis is the panel at ${new URL(env().origin).host}.`;
  queueMail(tx, { template, userId, recipient: account.email, subject: mail.subject, text });
}
