/** The API of the first start. */
import * as z from "zod";
import { anyone } from "#lib/api/guards.ts";
import { env } from "#lib/env.ts";
import { registrationOpen } from "#lib/registration/registration.ts";
import { AccountSummary } from "#lib/users/shapes.ts";
import { emailAddress, newPassword, personName } from "#lib/users/users.ts";
import { isSetUp, setUp } from "./setup.ts";

export const status = anyone({})
  .route({
    method: "GET",
    path: "/setup",
    summary: "Whether the panel is set up, and what it offers those who cannot sign in",
  })
  .output(z.object({ done: z.boolean(), mail: z.boolean(), registration: z.boolean() }))
  .handler(() => ({ done: isSetUp(), mail: env().mail !== undefined, registration: registrationOpen() }));

export const create = anyone({
  token: z.string().min(1).max(200),
  name: personName,
  email: emailAddress,
  password: newPassword,
})
  .route({ method: "POST", path: "/setup", successStatus: 201, summary: "Make the first account" })
  .output(AccountSummary)
  .handler(({ context, input }) => setUp(input, context.actor));
