/** The API of exports of one's own data. */
import * as z from "zod";
import { signedIn } from "#lib/api/guards.ts";
import { askForOwn, cancelExport, openArchive, ownExports, removeExport } from "./exports.ts";
import { Archive, ExportState, Named } from "./shapes.ts";

const ONE = "/account/exports/{export}";
const one = { export: z.string() };

export const own = signedIn({})
  .route({ method: "GET", path: "/account/exports", summary: "Exports of one's own data" })
  .output(z.object({ items: z.array(ExportState.extend({ byStaff: z.boolean() })) }))
  .handler(({ context }) => ({ items: ownExports(context.actor.id) }));

export const ask = signedIn({}, { fresh: true })
  .route({ method: "POST", path: "/account/exports", successStatus: 201, summary: "Ask for one's own data" })
  .output(Named)
  .handler(({ context }) => askForOwn(context.actor));

export const fetchOwn = signedIn(one)
  .meta({ guard: "signedIn", argument: "", audit: true })
  .route({ method: "GET", path: `${ONE}/file`, outputStructure: "detailed", summary: "The archive" })
  .output(Archive)
  .handler(({ context, input }) => openArchive(input.export, context.actor, context.actor.id));

export const cancelOwn = signedIn(one)
  .route({ method: "POST", path: `${ONE}/cancel`, summary: "Leave it be" })
  .output(Named)
  .handler(({ context, input }) => cancelExport(input.export, context.actor, context.actor.id));

export const removeOwn = signedIn(one)
  .route({ method: "DELETE", path: ONE, summary: "Delete an archive before its time" })
  .output(Named)
  .handler(({ context, input }) => removeExport(input.export, context.actor, context.actor.id));
