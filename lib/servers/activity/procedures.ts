/** The API of what was done on a server. */
import * as z from "zod";
import { onServer } from "#lib/api/guards.ts";
import { masked } from "#lib/api/masked.ts";
import { activityOf } from "./activity.ts";

export const list = onServer("activity", { before: z.string().max(100).optional() })
  .route({ method: "GET", path: "/servers/{server}/activity", summary: "What was done on a server, latest first" })
  .output(
    z.object({
      items: z.array(
        z.object({
          id: z.string(),
          at: z.number().int(),
          source: z.enum(["panel", "node"]),
          what: z.string(),
          by: masked("label").nullable(),
          to: masked("label").nullable(),
          details: z.unknown(),
          outcome: z.enum(["done", "refused"]),
        }),
      ),
      next: z.string().nullable(),
    }),
  )
  .handler(({ context, input }) => activityOf(context, input.before));
