/** The API of zone files: in, out, and what becomes of large ones. */
import * as z from "zod";
import { inZone } from "#lib/api/guards.ts";
import { answered } from "../answered.ts";
import * as shapes from "../shapes.ts";
import { exportName, exportZone } from "./export.ts";
import { applyImport, cancelImport, importFile, openImport, ownImports } from "./imports.ts";

const ZONE = "/organisations/{organisation}/dns/zones/{zone}";

const Import = z.object({
  id: z.string(),
  state: z.enum(["planning", "planned", "applying", "waiting", "done", "failed", "cancelled"]),
  mode: z.enum(["merge", "replace"]),
  apex: z.boolean(),
  progress: z.number(),
  message: z.string(),
  preview: shapes.Preview.omit({ dryRun: true }).nullable(),
  lines: z.array(z.object({ line: z.number(), column: z.number(), reason: z.string() })),
  moreLines: z.number().int(),
  change: z.string().nullable(),
  createdAt: z.number(),
  finishedAt: z.number().nullable(),
});

/** Up to 4 MB as JSON; as `text/dns` or `text/plain` up to 20 MB, with the other fields in the query. */
export const importZone = inZone("view", {
  text: z.string().optional(),
  mode: z.enum(["merge", "replace"], { error: "Choose merge or replace." }),
  apex: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  confirm: z.boolean().default(false),
})
  .route({ method: "POST", path: `${ZONE}/import`, summary: "Import a zone file, or see what it would change" })
  .output(z.union([shapes.Preview, shapes.ChangeResult, z.object({ import: Import })]))
  .handler(async ({ context, input }) => {
    const answer = await importFile(context, input, context.upload, context.actor);
    if ("import" in answer) context.trace.status = 202;
    else if (!answer.dryRun) answered(context, answer);
    return answer;
  });

export const imports = inZone("view", {})
  .route({ method: "GET", path: `${ZONE}/imports`, summary: "One's own last imports of large files" })
  .output(z.object({ items: z.array(Import) }))
  .handler(({ context }) => ({ items: ownImports(context, context.actor) }));

export const importOne = inZone("view", { import: z.string() })
  .route({ method: "GET", path: `${ZONE}/imports/{import}`, summary: "How far an import of one's own is" })
  .output(Import)
  .handler(({ context, input }) => openImport(context, input.import, context.actor));

export const importApply = inZone("view", { import: z.string(), confirm: z.boolean().default(false) })
  .route({ method: "POST", path: `${ZONE}/imports/{import}/apply`, summary: "Carry out what was planned" })
  .output(Import)
  .handler(({ context, input }) => applyImport(context, input.import, input, context.actor));

export const importCancel = inZone("view", { import: z.string() })
  .route({ method: "POST", path: `${ZONE}/imports/{import}/cancel`, summary: "Leave it be" })
  .output(Import)
  .handler(({ context, input }) => cancelImport(context, input.import, context.actor));

export const exportFile = inZone("view", {})
  .meta({ guard: "inZone", argument: "view", audit: true })
  .route({
    method: "GET",
    path: `${ZONE}/export`,
    outputStructure: "detailed",
    summary: "The zone as a file, with what one may see of it",
  })
  .output(z.object({ headers: z.record(z.string(), z.string()), body: z.instanceof(ReadableStream) }))
  .handler(({ context }) => ({
    headers: {
      "content-type": "text/dns; charset=utf-8",
      "content-disposition": `attachment; filename="${exportName(context)}"`,
    },
    body: exportZone(context, context.actor),
  }));
