/** The API of health checks. For who manages the zone: what is found speaks of all its records. */
import * as z from "zod";
import { inZone } from "#lib/api/guards.ts";
import { masked } from "#lib/api/masked.ts";
import { healthOf, startHealth } from "./health.ts";

const PATH = "/organisations/{organisation}/dns/zones/{zone}/health";

const Finding = z.object({ code: z.string(), name: z.string(), type: z.string(), message: z.string() });
const Health = z.object({
  running: z.boolean(),
  finishedAt: z.number().nullable(),
  askedBy: masked("label"),
  result: z
    .object({
      troubles: z.array(
        z.object({
          code: z.string(),
          severity: z.enum(["bad", "warn", "info"]),
          what: z.string(),
          why: z.string(),
          todo: z.string(),
        }),
      ),
      warnings: z.object({ findings: z.array(Finding), more: z.number() }),
      servers: z.array(
        z.object({
          name: z.string(),
          address: z.string(),
          state: z.enum(["ok", "lame", "silent", "barred", "unknown"]),
          says: z.string(),
          serial: z.number().nullable(),
          differs: z.array(z.object({ name: z.string(), type: z.string() })),
        }),
      ),
      /** How many record sets each server was asked for, of how many that it could have been. */
      compared: z.object({ sets: z.number().int(), of: z.number().int() }).nullable(),
      delegation: z.object({ parent: z.string(), nameServers: z.array(z.string()) }).nullable(),
    })
    .nullable(),
});

export const health = inZone("manage", {})
  .route({ method: "GET", path: PATH, summary: "What the last health check found" })
  .output(Health)
  .handler(({ context }) => healthOf(context));

export const checkHealth = inZone("manage", {})
  .meta({ guard: "inZone", argument: "manage", reads: true })
  .route({ method: "POST", path: PATH, summary: "Check records, delegation, name servers and keys" })
  .output(Health)
  .handler(({ context }) => startHealth(context, context.actor));
