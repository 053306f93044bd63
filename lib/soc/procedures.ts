/** The API of the overview, and of what accounts and organisations use. */
import * as z from "zod";
import { can, inOrganisation, signedIn } from "#lib/api/guards.ts";
import { healths } from "#lib/nodes/health.ts";
import { overviewFor } from "./overview.ts";
import { usageOfAccount, usageOfOrganisation } from "./usage.ts";

const Usage = z.object({
  /** That the account owns; null for an organisation. */
  organisations: z.number().int().nullable(),
  /** Null: that is for dns:read. */
  zones: z.number().int().nullable(),
  records: z.number().int().nullable(),
  /** Null: that is for servers:read. In MiB, as their limits say. */
  servers: z.object({ count: z.number().int(), memory: z.number().int(), disk: z.number().int() }).nullable(),
  /** The last 14 days in UTC: of an account its requests, of an organisation what was done in it. */
  days: z.array(z.object({ day: z.string(), count: z.number().int(), capped: z.boolean() })),
});

export const overview = can("soc:read", {})
  .route({ method: "GET", path: "/soc/overview", summary: "What needs attention, as far as one may see it" })
  .output(
    z.object({
      items: z.array(
        z.object({
          id: z.enum(["zones", "claims", "active", "signIns", "jobs", "deletions", "nodes", "servers"]),
          scope: z.enum(["own", "all"]),
          count: z.number().int(),
          /** There are more than were counted. */
          capped: z.boolean(),
          href: z.string().nullable(),
          /** Of nodes: how many are how. */
          states: z
            .array(
              z.object({
                state: z.enum(healths),
                count: z.number().int(),
                capped: z.boolean(),
                href: z.string().nullable(),
              }),
            )
            .optional(),
        }),
      ),
    }),
  )
  .handler(({ context }) => ({ items: overviewFor(context.actor) }));

export const ofAccount = signedIn({ user: z.string().max(100) })
  .route({ method: "GET", path: "/soc/usage/user/{user}", summary: "What an account uses: one's own, or anyone's" })
  .output(Usage)
  .handler(({ context, input }) => usageOfAccount(input.user, context.actor));

export const ofOrganisation = inOrganisation("member", {}, { tokens: false })
  .route({ method: "GET", path: "/soc/usage/org/{organisation}", summary: "What an organisation uses" })
  .output(Usage)
  .handler(({ context }) => usageOfOrganisation(context.organisation, context.access, context.actor));
