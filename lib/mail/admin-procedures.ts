/** The API of the outbox, for staff. What a mail's one-time link was is in none of it. */
import * as z from "zod";
import { staff } from "#lib/api/guards.ts";
import { cancelMail, resendMail } from "./resend.ts";

const ONE = "/admin/outbound-emails/{mail}";
const one = { mail: z.string() };
const Named = z.object({ mail: z.string() });

export const resend = staff("admin:outbound-emails", one)
  .route({ method: "POST", path: `${ONE}/resend`, summary: "Send a mail again, with a new link where it had one" })
  .output(Named)
  .handler(({ context, input }) => resendMail(input.mail, context.actor));

export const cancel = staff("admin:outbound-emails", one)
  .route({ method: "POST", path: `${ONE}/cancel`, summary: "Take back a mail that has not left" })
  .output(Named)
  .handler(({ context, input }) => cancelMail(input.mail, context.actor));
