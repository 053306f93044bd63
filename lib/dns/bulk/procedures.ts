/** The API of changing records in many zones at once: a dry run, the change itself as a job, and taking it back. */
import * as z from "zod";
import { signedIn } from "#lib/api/guards.ts";
import { listBulks, openBulk, startBulk, undoBulk } from "./bulk.ts";
import { planEverywhere } from "./plan.ts";
import * as shapes from "./shapes.ts";
import { checkWanted } from "./wanted.ts";

const options = { flag: "feature.dns", tokens: true } as const;

export const bulk = signedIn(shapes.bulk, options)
  .route({
    method: "POST",
    path: "/dns/bulk",
    summary: "Change records in many zones: first a dry run, then those of its zones that still have the same plan",
  })
  .output(z.discriminatedUnion("dryRun", [shapes.BulkPreview, shapes.BulkStarted]))
  .handler(async ({ context, input: { dryRun, ...input } }) => {
    if (dryRun) return shapes.toPreview(await planEverywhere(checkWanted(input), context.actor));
    context.trace.status = 202;
    return { dryRun: false as const, ...startBulk(input, context.actor) };
  });

export const bulks = signedIn({}, options)
  .route({ method: "GET", path: "/dns/bulk", summary: "One's latest bulk changes" })
  .output(z.object({ items: z.array(shapes.BulkSummary) }))
  .handler(({ context }) => listBulks(context.actor));

export const bulkOne = signedIn({ bulk: z.string() }, options)
  .route({ method: "GET", path: "/dns/bulk/{bulk}", summary: "A bulk change, zone by zone" })
  .output(shapes.Bulk)
  .handler(({ context, input }) => openBulk(input.bulk, context.actor));

export const bulkUndo = signedIn({ bulk: z.string() }, options)
  .route({ method: "POST", path: "/dns/bulk/{bulk}/undo", successStatus: 202, summary: "Take all of it back" })
  .output(shapes.Bulk)
  .handler(({ context, input }) => undoBulk(input.bulk, context.actor));
