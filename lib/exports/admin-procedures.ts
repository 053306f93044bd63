/** The API of everybody's exports, for staff. */
import * as z from "zod";
import { staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { masked } from "#lib/api/masked.ts";
import {
  cancelExport,
  exportStates,
  listExports,
  NEED,
  openArchive,
  openExport,
  removeExport,
  retryExport,
  startFor,
} from "./exports.ts";
import { Archive, ExportState, Named } from "./shapes.ts";

const ONE = "/admin/export-jobs/{export}";
const one = { export: z.string() };
const noted = { refusals: "export" } as const;

const Export = ExportState.extend({
  userId: z.string(),
  name: masked("name"),
  email: masked("email"),
  byStaff: z.boolean(),
});

export const list = staff(NEED, keyedQuery(["-createdAt", "size"], { state: z.enum(exportStates).optional() }))
  .route({ method: "GET", path: "/admin/export-jobs", summary: "Exports of people's data" })
  .output(keyedPage(Export))
  .handler(({ input }) => listExports(input));

export const open = staff(NEED, one)
  .route({ method: "GET", path: ONE, summary: "How far one is" })
  .output(Export)
  .handler(({ input }) => openExport(input.export));

export const start = staff(
  NEED,
  { user: z.string().trim().min(1, "Name an account.").max(320) },
  { refusals: "account" },
)
  .route({ method: "POST", path: "/admin/export-jobs", successStatus: 201, summary: "Export somebody's data" })
  .output(Named)
  .handler(({ context, input }) => startFor(input.user, context.actor));

export const retry = staff(NEED, one, noted)
  .route({ method: "POST", path: `${ONE}/retry`, summary: "Make an export again" })
  .output(Named)
  .handler(({ context, input }) => retryExport(input.export, context.actor));

export const cancel = staff(NEED, one, noted)
  .route({ method: "POST", path: `${ONE}/cancel`, summary: "Stop an export" })
  .output(Named)
  .handler(({ context, input }) => cancelExport(input.export, context.actor));

export const download = staff(NEED, one, noted)
  .meta({ guard: "staff", argument: NEED, audit: true })
  .route({ method: "GET", path: `${ONE}/file`, outputStructure: "detailed", summary: "Somebody's archive" })
  .output(Archive)
  .handler(({ context, input }) => openArchive(input.export, context.actor));

export const remove = staff(NEED, one, noted)
  .route({ method: "DELETE", path: ONE, summary: "Delete an export" })
  .output(Named)
  .handler(({ context, input }) => removeExport(input.export, context.actor));
