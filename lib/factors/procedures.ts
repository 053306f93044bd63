/** The API of second factors, and of proving once more who one is. */
import * as z from "zod";
import { signedIn } from "#lib/api/guards.ts";
import { confirmByPassword } from "#lib/auth/confirm.ts";
import { factorsOf, finishTotp, removeTotp, renewRecoveryCodes, startTotp } from "./factors.ts";

const code = z.string().trim().min(1, "Enter the code.").max(40, "This is too long for a code.");

export const state = signedIn({}, { enrolling: true })
  .route({ method: "GET", path: "/account/factors", summary: "What one's account can prove itself with" })
  .output(
    z.object({
      password: z.boolean(),
      totp: z.object({ since: z.number().int() }).nullable(),
      /** How many are left. */
      recoveryCodes: z.number().int(),
      passkeys: z.number().int(),
      /** A role asks for a second factor. */
      required: z.boolean(),
      /** This session has shown one. */
      shown: z.boolean(),
      /** This session may add one: it owes none that the account has. */
      mayEnrol: z.boolean(),
    }),
  )
  .handler(({ context }) => factorsOf(context.actor));

export const start = signedIn({}, { fresh: true, enrolling: true })
  .meta({ guard: "signedIn", argument: "", fresh: true, enrolling: true, reads: true })
  .route({ method: "POST", path: "/account/totp", summary: "A secret for an authenticator app" })
  .output(
    z.object({
      /** Base32. */
      secret: z.string(),
      /** What a QR code of it holds. */
      uri: z.string(),
      /** To be sent back with a code of the app. */
      enrolment: z.string(),
      expiresAt: z.number().int(),
    }),
  )
  .handler(({ context }) => startTotp(context.actor));

export const finish = signedIn({ enrolment: z.string().max(2000), code }, { fresh: true, enrolling: true })
  .route({ method: "PUT", path: "/account/totp", summary: "Turn two-step sign-in on, or replace its app" })
  .output(z.object({ recoveryCodes: z.array(z.string()), sessionsEnded: z.number().int() }))
  .handler(({ context, input }) => finishTotp(context.actor, input.enrolment, input.code));

export const remove = signedIn({}, { fresh: true })
  .route({ method: "DELETE", path: "/account/totp", summary: "Turn two-step sign-in off" })
  .output(z.object({ removed: z.literal(true) }))
  .handler(({ context }) => {
    removeTotp(context.actor);
    return { removed: true as const };
  });

export const renewCodes = signedIn({}, { fresh: true })
  .route({ method: "POST", path: "/account/recovery-codes", summary: "New recovery codes" })
  .output(z.object({ recoveryCodes: z.array(z.string()) }))
  .handler(({ context }) => ({ recoveryCodes: renewRecoveryCodes(context.actor) }));

export const confirm = signedIn(
  { password: z.string().max(1000).default(""), code: z.string().max(40).default("") },
  { enrolling: true },
)
  .route({ method: "POST", path: "/account/confirm", summary: "Prove once more who one is" })
  .output(z.object({ confirmedAt: z.number().int() }))
  .handler(({ context, input }) => confirmByPassword(context.actor, input));
