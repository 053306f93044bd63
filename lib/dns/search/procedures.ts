/** The API of searching every zone that the account can view. */
import * as z from "zod";
import { zoneLevels } from "#lib/access/zone-level.ts";
import { invalid } from "#lib/api/errors.ts";
import { signedIn } from "#lib/api/guards.ts";
import { searchRRsets, toHit } from "./search.ts";
import { termsOf } from "./terms.ts";

const Hit = z.object({
  zone: z.object({
    id: z.string(),
    name: z.string(),
    displayName: z.string(),
    organisation: z.object({ id: z.string(), handle: z.string(), name: z.string() }),
  }),
  name: z.string(),
  displayName: z.string(),
  relative: z.string(),
  type: z.string(),
  ttl: z.union([z.number(), z.literal("auto")]),
  /** What the account may do with it. */
  level: z.enum(zoneLevels),
  records: z.array(z.object({ id: z.string(), content: z.string(), disabled: z.boolean().optional() })),
  others: z.number().int(),
});

export const search = signedIn(
  {
    q: z.string().trim().max(255, "Search for at most 255 characters.").default(""),
    type: z.string().trim().max(20).default(""),
    limit: z.coerce.number().int().min(1).max(50).default(50),
  },
  { flag: "feature.dns", tokens: true },
)
  .route({
    method: "GET",
    path: "/dns/search",
    summary: "Names and contents of records in every zone that the account can view; type:TXT narrows",
  })
  .output(z.object({ items: z.array(Hit), more: z.boolean() }))
  .handler(async ({ context, input }) => {
    if (input.q === "" && input.type === "") throw invalid({ q: "Enter what to search for." });
    const terms = termsOf(input.q, input.type);
    const { items, more } = await searchRRsets(terms, input.limit, context.actor);
    return { items: items.map((found) => toHit(found, terms)), more };
  });
