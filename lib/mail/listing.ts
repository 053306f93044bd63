/** The outbox as staff look at it. */
import { eq, inArray } from "drizzle-orm";
import { db } from "#db/client.ts";
import { mails } from "#db/schema/index.ts";
import { notFound } from "#lib/api/errors.ts";
import { among, type KeyedPage, type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { searchingStarts } from "#lib/staff/find.ts";

export const mailStates = ["queued", "sending", "sent", "failed", "cancelled", "unknown"] as const;
export type MailState = (typeof mailStates)[number];

const list = { from: mails, id: mails.id, sorts: { createdAt: mails.createdAt, recipient: mails.recipient } };

const columns = {
  id: mails.id,
  template: mails.template,
  recipient: mails.recipient,
  subject: mails.subject,
  status: mails.status,
  attempts: mails.attempts,
  answer: mails.answer,
  createdAt: mails.createdAt,
  sentAt: mails.sentAt,
};

export type MailRow = Pick<typeof mails.$inferSelect, keyof typeof columns>;

export function listMails(query: KeyedQuery & { status?: MailState | undefined }): KeyedPage<MailRow> {
  const { condition } = searchingStarts({ ...list, starts: [mails.recipient, mails.subject] }, query.q);
  const status = query.status && among(mails, eq(mails.status, query.status));
  return readKeyed(list, query, { conditions: [condition, status || undefined] }, (ids) =>
    db().select(columns).from(mails).where(inArray(mails.id, ids)).all(),
  );
}

/** With its text, in which `[link]` stands for the one-time link. */
export function openMail(id: string) {
  const row = db()
    .select({
      ...columns,
      text: mails.text,
      messageId: mails.messageId,
      dueAt: mails.dueAt,
      expiresAt: mails.expiresAt,
    })
    .from(mails)
    .where(eq(mails.id, id))
    .get();
  if (!row) throw notFound("mail");
  return row;
}
