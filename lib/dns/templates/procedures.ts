/** The API of templates: an organisation's own, and applying one to a zone. */
import * as z from "zod";
import { inOrganisation, inZone } from "#lib/api/guards.ts";
import { answered, inTime } from "../answered.ts";
import { carryOut, preview } from "../large/carry-out.ts";
import * as shapes from "../shapes.ts";
import { addTemplate, editTemplate, listTemplates, removeTemplate, Template, templateInput } from "./templates.ts";

const TEMPLATES = "/organisations/{organisation}/dns/templates";
const options = { flag: "feature.dns" } as const;

export const templates = inOrganisation("member", {}, options)
  .route({ method: "GET", path: TEMPLATES, summary: "The organisation's templates" })
  .output(z.object({ items: z.array(Template) }))
  .handler(({ context }) => listTemplates(context.organisation.id));

export const addOneTemplate = inOrganisation("admin", templateInput, options)
  .route({ method: "POST", path: TEMPLATES, successStatus: 201, summary: "Make a template" })
  .output(Template)
  .handler(({ context, input: { organisation: _o, ...input } }) => addTemplate(context, input, context.actor));

export const editOneTemplate = inOrganisation("admin", { template: z.string(), ...templateInput }, options)
  .route({ method: "PUT", path: `${TEMPLATES}/{template}`, summary: "Replace a template" })
  .output(Template)
  .handler(({ context, input: { organisation: _o, template, ...input } }) =>
    editTemplate(context, template, input, context.actor),
  );

export const removeOneTemplate = inOrganisation("admin", { template: z.string() }, options)
  .route({ method: "DELETE", path: `${TEMPLATES}/{template}`, summary: "Delete a template" })
  .output(z.object({ removed: z.string() }))
  .handler(({ context, input }) => removeTemplate(context, input.template, context.actor));

export const applyOneTemplate = inZone("view", {
  template: z.string(),
  dryRun: z.boolean().default(false),
  confirm: z.boolean().default(false),
})
  .route({
    method: "POST",
    path: "/organisations/{organisation}/dns/zones/{zone}/template",
    summary: "Apply a template, or see what that would do",
  })
  .output(z.union([shapes.Preview, shapes.ChangeResult]))
  .handler(async ({ context, input: { template, dryRun, confirm } }) => {
    const data = { kind: "template" as const, template, confirm };
    if (dryRun) return { dryRun: true as const, ...(await preview(context, data, context.actor)) };
    return { dryRun: false as const, ...answered(context, await inTime(() => carryOut(context, data, context.actor))) };
  });
