/** The API of taking changes back: one entry of the history, or all since a moment. */
import * as z from "zod";
import { inZone } from "#lib/api/guards.ts";
import { answered, inTime } from "./answered.ts";
import { carryOut, preview } from "./large/carry-out.ts";
import * as shapes from "./shapes.ts";

const ZONE = "/organisations/{organisation}/dns/zones/{zone}";
const how = { dryRun: z.boolean().default(false), confirm: z.boolean().default(false) };
const left = z.number().int();

const reverted = { left };
export const revert = inZone("view", { change: z.string(), force: z.boolean().default(false), ...how })
  .route({
    method: "POST",
    path: `${ZONE}/changes/{change}/revert`,
    summary: "Undo one change, or see what that would do",
  })
  .output(z.union([shapes.Preview.extend(reverted), shapes.ChangeResult.extend(reverted)]))
  .handler(async ({ context, input: { change, force, dryRun, confirm } }) => {
    const data = { kind: "revert" as const, change, force, confirm };
    if (dryRun) return { dryRun: true as const, ...(await preview(context, data, context.actor)) };
    return { dryRun: false as const, ...answered(context, await inTime(() => carryOut(context, data, context.actor))) };
  });

const restored = {
  at: z.number(),
  notKnown: z.array(
    z.object({ name: z.string(), type: z.string(), since: z.number().nullable(), foundAt: z.number() }),
  ),
  left,
  basedOn: z.number().int(),
};
export const restore = inZone("view", {
  at: z.number({ error: "Say which moment: milliseconds since 1970." }).int(),
  revision: z.number().int().optional(),
  ...how,
})
  .route({
    method: "POST",
    path: `${ZONE}/restore`,
    summary: "Bring the records back to a moment, or see what that would do",
  })
  .output(z.union([shapes.Preview.extend(restored), shapes.ChangeResult.extend(restored)]))
  .handler(async ({ context, input: { at, revision, dryRun, confirm } }) => {
    const data = { kind: "restore" as const, at, revision, confirm };
    if (dryRun) return { dryRun: true as const, ...(await preview(context, data, context.actor)) };
    return { dryRun: false as const, ...answered(context, await inTime(() => carryOut(context, data, context.actor))) };
  });
