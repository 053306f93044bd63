/** The API of bundles: all zones of an organisation out, and in. */
import * as z from "zod";
import { inOrganisation } from "#lib/api/guards.ts";
import * as shapes from "../../shapes.ts";
import { bundleName, exportBundle } from "./export.ts";
import { applyBundle, cancelBundle, importBundle, openBundle, ownBundles } from "./import.ts";

const BUNDLE = "/organisations/{organisation}/dns";
const options = { flag: "feature.dns" } as const;
const state = z.enum(["planning", "planned", "applying", "waiting", "done", "failed", "cancelled"]);

const Summary = z.object({
  batch: z.string(),
  mode: z.enum(["merge", "replace"]),
  apex: z.boolean(),
  state: z.enum(["planning", "planned", "applying", "done"]),
  createdAt: z.number().int(),
  total: z.number().int(),
  through: z.number().int(),
});

const Bundle = Summary.extend({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      displayName: z.string(),
      zone: z.string().nullable(),
      state,
      progress: z.number(),
      message: z.string(),
      creates: z.object({ connectionLabel: z.string(), waits: z.boolean(), records: z.number().int() }).nullable(),
      records: shapes.Preview.shape.records.nullable(),
      obstacles: z.array(z.string()),
      warnings: z.number().int(),
      braked: z.boolean(),
      lines: z.array(z.object({ line: z.number(), column: z.number(), reason: z.string() })),
      change: z.string().nullable(),
    }),
  ),
});

export const exportAll = inOrganisation("member", {}, options)
  .meta({ guard: "inOrganisation", argument: "member", audit: true })
  .route({
    method: "GET",
    path: `${BUNDLE}/export`,
    outputStructure: "detailed",
    summary: "Every zone that one can view, as a .tar.gz of zone files",
  })
  .output(z.object({ headers: z.record(z.string(), z.string()), body: z.instanceof(ReadableStream) }))
  .handler(({ context }) => ({
    headers: {
      "content-type": "application/gzip",
      "content-disposition": `attachment; filename="${bundleName(context.organisation)}"`,
    },
    body: exportBundle(context, context.actor),
  }));

/** As `application/gzip` or `application/x-tar` up to 50 MB, with the other fields in the query; or up to 4 MB as JSON. */
export const importAll = inOrganisation(
  "member",
  {
    mode: z.enum(["merge", "replace"], { error: "Choose merge or replace." }),
    apex: z.boolean().default(false),
    create: z.boolean().default(true),
    connection: z.string().max(100).default(""),
    zones: z
      .array(z.object({ name: z.string().max(1100), text: z.string() }))
      .max(500)
      .optional(),
  },
  options,
)
  .route({ method: "POST", path: `${BUNDLE}/import`, successStatus: 202, summary: "Plan the import of a bundle" })
  .output(Bundle)
  .handler(({ context, input: { organisation: _, ...request } }) =>
    importBundle(context, request, context.upload, context.actor),
  );

export const bundles = inOrganisation("member", {}, options)
  .route({ method: "GET", path: `${BUNDLE}/imports`, summary: "One's own last bundles" })
  .output(z.object({ items: z.array(Summary) }))
  .handler(({ context }) => ownBundles(context, context.actor));

export const bundle = inOrganisation("member", { batch: z.string() }, options)
  .route({ method: "GET", path: `${BUNDLE}/imports/{batch}`, summary: "How far a bundle is, zone by zone" })
  .output(Bundle)
  .handler(({ context, input }) => openBundle(context, input.batch, context.actor));

export const bundleApply = inOrganisation(
  "member",
  {
    batch: z.string(),
    confirm: z.boolean().default(false),
    items: z.array(z.string()).max(500).optional(),
  },
  options,
)
  .route({
    method: "POST",
    path: `${BUNDLE}/imports/{batch}/apply`,
    summary: "Carry out the plans of a bundle that nothing stands in the way of",
  })
  .output(Bundle)
  .handler(({ context, input }) => applyBundle(context, input.batch, input, context.actor));

export const bundleCancel = inOrganisation("member", { batch: z.string() }, options)
  .route({
    method: "POST",
    path: `${BUNDLE}/imports/{batch}/cancel`,
    summary: "Leave be what is not on its way",
  })
  .output(Bundle)
  .handler(({ context, input }) => cancelBundle(context, input.batch, context.actor));
