/** The API of short addresses, for staff. */
import * as z from "zod";
import { staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { masked } from "#lib/api/masked.ts";
import {
  createShortUrl,
  editShortUrl,
  fields,
  listShortUrls,
  openShortUrl,
  removeShortUrl,
  shortUrlStates,
} from "./short-urls.ts";

const flag = { flag: "feature.short_urls" } as const;
const ONE = "/admin/short-urls/{shortUrl}";
const one = { shortUrl: z.string() };
const Named = z.object({ id: z.string() });

const ShortUrl = z.object({
  id: z.string(),
  code: z.string(),
  url: z.string(),
  target: z.string(),
  note: z.string(),
  enabled: z.boolean(),
  expiresAt: z.number().int().nullable(),
  clicks: z.number().int(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});

export const list = staff(
  "admin.shorturl.add",
  keyedQuery(["-createdAt", "code", "clicks"], { state: z.enum(shortUrlStates).optional() }),
  flag,
)
  .route({ method: "GET", path: "/admin/short-urls", summary: "All short addresses" })
  .output(keyedPage(ShortUrl))
  .handler(({ input }) => listShortUrls(input));

export const open = staff("admin.shorturl.add", one, flag)
  .route({ method: "GET", path: ONE, summary: "One short address, with its clicks over time" })
  .output(
    ShortUrl.extend({
      author: masked("name").nullable(),
      days: z.array(z.object({ day: z.string(), clicks: z.number().int() })),
      shownDays: z.number().int(),
    }),
  )
  .handler(({ input }) => openShortUrl(input.shortUrl));

export const create = staff("admin.shorturl.add", fields, flag)
  .route({ method: "POST", path: "/admin/short-urls", successStatus: 201, summary: "Make a short address" })
  .output(Named.extend({ code: z.string() }))
  .handler(({ context, input }) => createShortUrl(input, context.actor));

const change = {
  target: fields.target.optional(),
  code: fields.code.unwrap().optional(),
  note: fields.note.unwrap().optional(),
  expiresAt: z.number().int().nullable().optional(),
  enabled: z.boolean().optional(),
};

export const edit = staff("admin.shorturl.edit", { ...one, ...change }, flag)
  .route({ method: "PATCH", path: ONE, summary: "Change a short address, or switch it off" })
  .output(Named)
  .handler(({ context, input: { shortUrl, ...given } }) => editShortUrl(shortUrl, given, context.actor));

export const remove = staff("admin.shorturl.remove", one, flag)
  .route({ method: "DELETE", path: ONE, summary: "Delete a short address" })
  .output(Named)
  .handler(({ context, input }) => removeShortUrl(input.shortUrl, context.actor));
