/** The outbox: every mail is a row before it leaves. Its one-time link stands apart, sealed, until it is sent or expires. */
import { eq, sql } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { mailSecrets, mails } from "#db/schema/index.ts";
import { seal } from "#lib/crypto/seal.ts";
import { env } from "#lib/env.ts";
import { newId } from "#lib/id.ts";
import { sendMail } from "./send.ts";

export interface NewMail {
  /** What it is for: `reset`, `verify`, `invite` … */
  template: string;
  /** The account it is about, if there is one. */
  userId: string | null;
  recipient: string;
  subject: string;
  /** Plain text, with `[link]` on a line of its own where the link goes. */
  text: string;
  /** A one-time link, and when it ends (milliseconds). */
  link?: { url: string; expiresAt: number };
}

/** What has no link is news, and not for longer than this. */
const NEWS_MS = 3 * 86_400_000;

/** Puts a mail into the outbox, in the transaction of what it tells about. Returns its id. */
export function queueMail(tx: Tx, mail: NewMail): string {
  const now = Date.now();
  const id = newId(now);
  const { link, ...columns } = mail;
  tx.insert(mails)
    .values({
      id,
      ...columns,
      subject: columns.subject.replace(/\p{Cc}+/gu, " "),
      messageId: `<${id}@${new URL(env().origin).hostname}>`,
      createdAt: now,
      dueAt: now,
      expiresAt: link?.expiresAt ?? now + NEWS_MS,
    })
    .run();
  if (link) {
    const sealed = seal(link.url, { table: "mail_secrets", column: "link", row: id });
    tx.insert(mailSecrets).values({ mailId: id, link: sealed, expiresAt: link.expiresAt }).run();
  }
  sendMail.enqueue(tx, { mail: id });
  return id;
}

/** Takes back a mail whose link is void: if it has not left yet it never does, and the link goes either way. */
export function withdrawMail(tx: Tx, id: string): void {
  tx.update(mails)
    .set({
      status: sql`case ${mails.status} when 'queued' then 'cancelled' else ${mails.status} end`,
      expiresAt: Date.now(),
    })
    .where(eq(mails.id, id))
    .run();
  tx.delete(mailSecrets).where(eq(mailSecrets.mailId, id)).run();
}
