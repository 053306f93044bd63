/** A mail as it is sent: plain text, and the same as simple HTML. The one place that sees a one-time link in the clear. */
import { env } from "#lib/env.ts";

/** Where the one-time link goes in a mail's text: all that anyone but the recipient ever sees of it. */
export const LINK = "[link]";

export interface Letter {
  messageId: string;
  recipient: string;
  subject: string;
  text: string;
  /** In the place of the text as simple HTML; safe as it is. */
  html?: string;
  headers?: Record<string, string>;
  createdAt: number;
}

/** The message's octets. */
export async function compose(letter: Letter, from: { name: string; address: string }, link: string | null) {
  const { default: MailComposer } = await import("nodemailer/lib/mail-composer");
  const message = new MailComposer({
    from,
    to: { name: "", address: letter.recipient },
    subject: letter.subject,
    messageId: letter.messageId,
    date: new Date(letter.createdAt),
    // Nobody's out-of-office answers it (RFC 3834).
    headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", ...letter.headers },
    text: withLink(letter.text, link),
    html: pageOf(letter.html ?? htmlOf(letter.text, link)),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return message.compile().build();
}

/** Only a line that is nothing else stands for the link: a name that says `[link]` does not. */
const withLink = (text: string, link: string | null): string =>
  text
    .split("\n")
    .map((line) => (line === LINK && link !== null ? link : line))
    .join("\n");

function htmlOf(text: string, link: string | null): string {
  const line = (content: string) => (content === LINK && link !== null ? anchor(link) : escaped(content));
  return text
    .split(/\n{2,}/)
    .map((part) => `<p>${part.split("\n").map(line).join("<br>\n")}</p>`)
    .join("\n");
}

function pageOf(body: string): string {
  const origin = escaped(new URL(env().origin).host);
  return `<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><meta name="viewport" content="width=device-width"></head>
<body style="margin:0;padding:24px;font:15px/1.5 system-ui,sans-serif">
<div style="max-width:560px">
${body}
<p style="font-size:13px;color:#767676">Zonegate at ${origin}</p>
</div>
</body>
</html>
`;
}

function anchor(link: string): string {
  const address = escaped(link);
  return `<a href="${address}" style="color:#2f5fd0;word-break:break-all">${address}</a>`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
