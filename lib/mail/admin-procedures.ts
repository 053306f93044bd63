/** The API of the outbox, for staff. What a mail's one-time link was is in none of it. */
import * as z from "zod";
import { staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { masked } from "#lib/api/masked.ts";
import { listMails, mailStates, openMail } from "./listing.ts";
import { cancelMail, resendMail } from "./resend.ts";

const ONE = "/admin/outbound-emails/{mail}";
const one = { mail: z.string() };
const Named = z.object({ mail: z.string() });

const Mail = z.object({
  id: z.string(),
  /** What it is for: `reset`, `invite`, `security` … */
  template: z.string(),
  recipient: masked("email"),
  subject: masked("text"),
  status: z.enum(mailStates),
  attempts: z.number().int(),
  /** What the mail server answered last. */
  answer: masked("label").nullable(),
  createdAt: z.number().int(),
  sentAt: z.number().int().nullable(),
});

export const list = staff(
  "admin:outbound-emails",
  keyedQuery(["-createdAt", "recipient"], { status: z.enum(mailStates).optional() }),
)
  .route({ method: "GET", path: "/admin/outbound-emails", summary: "Mails that the panel sent, or is to send" })
  .output(keyedPage(Mail))
  .handler(({ input }) => listMails(input));

export const open = staff("admin:outbound-emails", one)
  .route({ method: "GET", path: ONE, summary: "One mail, without its one-time link" })
  .output(
    Mail.extend({
      text: masked("text"),
      messageId: z.string(),
      dueAt: z.number().int(),
      expiresAt: z.number().int().nullable(),
    }),
  )
  .handler(({ input }) => openMail(input.mail));

export const resend = staff("admin:outbound-emails", one)
  .route({ method: "POST", path: `${ONE}/resend`, summary: "Send a mail again, with a new link where it had one" })
  .output(Named)
  .handler(({ context, input }) => resendMail(input.mail, context.actor));

export const cancel = staff("admin:outbound-emails", one)
  .route({ method: "POST", path: `${ONE}/cancel`, summary: "Take back a mail that has not left" })
  .output(Named)
  .handler(({ context, input }) => cancelMail(input.mail, context.actor));
