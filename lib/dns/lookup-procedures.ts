/** The API of what the editor asks about names that it does not show. */
import * as z from "zod";
import { zoneLevels } from "#lib/access/zone-level.ts";
import { inZone } from "#lib/api/guards.ts";
import { rrsetsAt } from "./records.ts";
import * as shapes from "./shapes.ts";

const place = z.strictObject({ name: z.string().min(1).max(1024), type: z.string().min(1).max(20) });

export const lookup = inZone("view", { rrsets: z.array(place).min(1).max(500, "At most 500 RRsets at a time.") })
  .meta({ guard: "inZone", argument: "view", reads: true })
  .route({
    method: "POST",
    path: "/organisations/{organisation}/dns/zones/{zone}/rrsets/lookup",
    summary: "RRsets by their absolute names and types, and one's level at each",
  })
  .output(z.object({ items: z.array(shapes.EditableRRset), levels: z.array(z.enum(zoneLevels)) }))
  .handler(({ context, input }) => rrsetsAt(context.zone, context.access, input.rrsets));
