/** Sends what is in the outbox: a job a mail, so that a crash, a busy server or a wrong password loses none. */
import { and, eq, inArray } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { mailSecrets, mails } from "#db/schema/index.ts";
import { unseal } from "#lib/crypto/seal.ts";
import { env } from "#lib/env.ts";
import { JobRefused, jobKind } from "#lib/jobs/queue.ts";
import { compose, type Letter } from "./message.ts";
import { deliver, type Outcome } from "./smtp.ts";

export const sendMail = jobKind({
  kind: "mail.send",
  payload: z.object({ mail: z.string() }),
  // About two hours.
  attempts: 9,
  ready: () => env().mail !== undefined,
  async run({ mail: id }, { retryAt, signal }) {
    const letter = begin(id);
    if (!letter) return;
    const { result, answer } = await send(letter, signal);
    transaction((tx) => {
      if (result === "later") settle(tx, id, { status: "queued", answer, dueAt: retryAt });
      else if (result === "sent") settle(tx, id, { status: "sent", answer, sentAt: Date.now() });
      else settle(tx, id, { status: result === "refused" ? "failed" : "unknown", answer });
    });
    if (result === "refused") throw new JobRefused(answer);
    if (result === "later") throw new Error(answer);
  },
  failed: (tx, { mail }, error) => settle(tx, mail, { status: "failed", answer: error }),
});

/** Marks it as being sent, and returns what there is to send; null if there is nothing to do. */
function begin(id: string): (Letter & { id: string }) | null {
  return transaction((tx) => {
    const mail = tx.select().from(mails).where(eq(mails.id, id)).get();
    if (mail?.status === "sending") {
      // Whoever was sending it is gone, and may have got it through: nobody wants the same mail twice.
      settle(tx, id, { status: "unknown", answer: "The panel stopped while it was being sent." });
      return null;
    }
    if (mail?.status !== "queued") return null;
    if (mail.expiresAt !== null && mail.expiresAt <= Date.now()) {
      settle(tx, id, { status: "failed", answer: EXPIRED });
      return null;
    }
    tx.update(mails)
      .set({ status: "sending", attempts: mail.attempts + 1 })
      .where(eq(mails.id, id))
      .run();
    return mail;
  });
}

export const EXPIRED = "It could not be sent while it made sense.";

async function send(letter: Letter & { id: string }, signal: AbortSignal): Promise<Outcome> {
  const { mail } = env();
  if (!mail) return { result: "later", answer: "There is no mail server." };
  try {
    const octets = await compose(letter, mail.from, linkOf(letter.id));
    return await deliver(mail.server, { from: mail.from.address, to: letter.recipient }, octets, signal);
  } catch (error) {
    // A link that does not open will not open later either.
    return { result: "refused", answer: error instanceof Error ? error.message : String(error) };
  }
}

function linkOf(id: string): string | null {
  const secret = db().select().from(mailSecrets).where(eq(mailSecrets.mailId, id)).get();
  return secret ? unseal(secret.link, { table: "mail_secrets", column: "link", row: id }) : null;
}

/** What became of an attempt. Once nothing more will happen to the mail, its link goes. */
function settle(tx: DbOrTx, id: string, change: Partial<typeof mails.$inferInsert>): void {
  const open = inArray(mails.status, ["queued", "sending"]);
  tx.update(mails)
    .set(change)
    .where(and(eq(mails.id, id), open))
    .run();
  if (change.status !== "queued") tx.delete(mailSecrets).where(eq(mailSecrets.mailId, id)).run();
}
