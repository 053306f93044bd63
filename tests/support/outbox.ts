/** What waits in the outbox of a panel in this process, with the one-time link that only the recipient would see. */
export interface Waiting {
  id: string;
  template: string;
  userId: string | null;
  recipient: string;
  subject: string;
  text: string;
  status: string;
  /** Null: it has none, or not any more. */
  link: string | null;
}

/** The mails to an address, oldest first. */
export async function outboxOf(recipient: string): Promise<Waiting[]> {
  const { db } = await import("#db/client.ts");
  const { unseal } = await import("#lib/crypto/seal.ts");
  const rows = db()
    .$client.prepare(
      "select id, template, user_id as userId, recipient, subject, text, status, s.link as sealed from mails left join mail_secrets s on s.mail_id = id where recipient = ? order by created_at, id",
    )
    .all(recipient) as (Omit<Waiting, "link"> & { sealed: string | null })[];
  return rows.map(({ sealed, ...mail }) => ({
    ...mail,
    link: sealed === null ? null : unseal(sealed, { table: "mail_secrets", column: "link", row: mail.id }),
  }));
}

/** The token of the last link that was mailed to an address. */
export async function lastToken(recipient: string): Promise<string> {
  const link = (await outboxOf(recipient)).findLast((mail) => mail.link !== null)?.link ?? "";
  const token = /#token=([\w-]{43})$/.exec(link)?.[1];
  if (!token) throw new Error(`no link waits for ${recipient}`);
  return token;
}
