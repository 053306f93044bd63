/** The API of what a change waits for where a provider takes only so many calls. */
import * as z from "zod";
import { inZone } from "#lib/api/guards.ts";
import { turnAt } from "./turn.ts";

export const turn = inZone("view", { work: z.enum(["single", "bulk"]).default("single") })
  .route({
    method: "GET",
    path: "/organisations/{organisation}/dns/zones/{zone}/turn",
    summary: "How many calls at the provider come before the next of this organisation that waits",
  })
  .output(
    z.object({
      /** The provider counts calls, so that they may have to wait. */
      counted: z.boolean(),
      /** Null: none of this organisation's waits. */
      ahead: z.number().int().nullable(),
      /** Until it can be made, as far as is known now. */
      seconds: z.number().int().nullable(),
    }),
  )
  .handler(({ context, input }) => turnAt(context, input.work === "bulk"));
