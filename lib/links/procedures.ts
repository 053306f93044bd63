/** The API of one-time links: a forgotten password, an address to verify, another address. */
import * as z from "zod";
import { anyone, signedIn } from "#lib/api/guards.ts";
import { emailAddress, newPassword } from "#lib/users/users.ts";
import { requestEmail, requestVerification, verifyAddress } from "./addresses.ts";
import { requestReset, resetOf, resetPassword } from "./reset.ts";

const token = z.string().min(1).max(200);
const Sent = z.object({ sent: z.literal(true) });
const sent = { sent: true } as const;

export const askReset = anyone({ email: emailAddress })
  .route({ method: "POST", path: "/password-reset", summary: "Ask for a link to set a new password" })
  .output(Sent)
  .handler(({ context, input }) => {
    requestReset(input.email, context.actor);
    return sent;
  });

export const openReset = anyone({ token })
  .meta({ guard: "anyone", argument: "", reads: true })
  .route({ method: "POST", path: "/password-reset/open", summary: "Whose password a link sets" })
  .output(z.object({ email: z.string() }))
  .handler(({ input }) => resetOf(input.token));

export const reset = anyone({ token, password: newPassword })
  .route({ method: "POST", path: "/password-reset/complete", summary: "Set a new password with a link" })
  .output(z.object({ email: z.string() }))
  .handler(({ context, input }) => resetPassword(input.token, input.password, context.actor));

export const verify = anyone({ token })
  .route({ method: "POST", path: "/verification", summary: "Verify an address with a link" })
  .output(z.object({ email: z.string(), changed: z.boolean() }))
  .handler(({ context, input }) => verifyAddress(input.token, context.actor));

export const askVerification = signedIn({})
  .route({ method: "POST", path: "/account/verification", summary: "Ask for a link to verify one's own address" })
  .output(Sent)
  .handler(({ context }) => {
    requestVerification(context.actor);
    return sent;
  });

export const askEmail = signedIn({ email: emailAddress }, { fresh: true })
  .route({ method: "POST", path: "/account/email", summary: "Ask for another address for one's own account" })
  .output(Sent)
  .handler(({ context, input }) => {
    requestEmail(context.actor, input.email);
    return sent;
  });
