/** The API of registration. */
import * as z from "zod";
import { anyone } from "#lib/api/guards.ts";
import { AccountSummary } from "#lib/users/shapes.ts";
import { emailAddress, newPassword, personName } from "#lib/users/users.ts";
import { register, registrationOf, requestRegistration } from "./registration.ts";

const token = z.string().min(1).max(200);
const flag = { flag: "feature.registration" } as const;

export const ask = anyone({ email: emailAddress }, flag)
  .route({ method: "POST", path: "/registration", summary: "Ask for a link to make an account" })
  .output(z.object({ sent: z.literal(true) }))
  .handler(({ context, input }) => {
    requestRegistration(input.email, context.actor);
    return { sent: true as const };
  });

export const open = anyone({ token }, flag)
  .meta({ guard: "anyone", argument: "", reads: true })
  .route({ method: "POST", path: "/registration/open", summary: "Whose account a link makes" })
  .output(z.object({ email: z.string() }))
  .handler(({ input }) => registrationOf(input.token));

export const complete = anyone({ token, name: personName, password: newPassword }, flag)
  .route({ method: "POST", path: "/registration/complete", successStatus: 201, summary: "Make an account with a link" })
  .output(AccountSummary)
  .handler(({ context, input }) => register(input, context.actor));
