/** The API of the Staff Portal as a whole: which tabs one may open, their files, single fields, and the search over all. */
import * as z from "zod";
import { transaction } from "#db/client.ts";
import { invalid, notFound } from "#lib/api/errors.ts";
import { staff } from "#lib/api/guards.ts";
import { searchText } from "#lib/api/list.ts";
import { masked } from "#lib/api/masked.ts";
import { audit } from "#lib/audit/audit.ts";
import { tabsFor } from "./admission.ts";
import { badgesOf } from "./badges.ts";
import { tabAsCsv } from "./csv.ts";
import { loadOne, privateFields, tabOf } from "./loading.ts";
import { searchEverything } from "./search.ts";

const tab = { tab: z.string().max(40) };

export const tabs = staff("any", {}, { tokens: true })
  .route({ method: "GET", path: "/admin/tabs", summary: "The tabs that one may open, with what waits in each" })
  .output(
    z.object({
      items: z.array(
        z.object({
          id: z.string(),
          title: z.string(),
          group: z.string(),
          /** Rows that need attention; null where nothing is counted. More than 99 are told as 100. */
          badge: z.number().int().nullable(),
        }),
      ),
    }),
  )
  .handler(({ context }) => {
    const open = tabsFor(context.actor.grants);
    const badges = badgesOf(open.map(({ id }) => id));
    return { items: open.map(({ id, title, group }) => ({ id, title, group, badge: badges[id] ?? null })) };
  });

export const csv = staff("any", { ...tab, query: z.string().max(4000).default("") }, { tokens: true })
  .meta({ guard: "staff", argument: "any", audit: true })
  .route({
    method: "GET",
    path: "/admin/tabs/{tab}/csv",
    outputStructure: "detailed",
    summary: "What a tab shows, as a file: `query` is the query string that filters and sorts it",
  })
  .output(z.object({ headers: z.record(z.string(), z.string()), body: z.instanceof(ReadableStream) }))
  .handler(async ({ context, input }) => {
    const found = tabOf(input.tab, context);
    const asked = paramsOf(input.query);
    const body = await tabAsCsv(found, asked, context);
    transaction((tx) =>
      audit(tx, context.actor, {
        target: { type: "tab", id: found.id, label: found.title },
        // Taken apart, so that an address in it is found by whoever hides or erases it.
        after: { query: asked, privacy: context.actor.privacy ?? "hidden" },
      }),
    );
    return {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="${found.id}.csv"`,
      },
      body,
    };
  });

function paramsOf(query: string): Record<string, string | string[]> {
  const params = new URLSearchParams(query);
  const each = [...new Set(params.keys())].map((key) => [key, params.getAll(key)] as const);
  return Object.fromEntries(each.map(([key, [one = "", ...more]]) => [key, more.length > 0 ? [one, ...more] : one]));
}

export const reveal = staff("any", { ...tab, id: z.string().max(255), field: z.string().max(100) })
  .meta({ guard: "staff", argument: "any", audit: true, reads: true })
  .route({ method: "POST", path: "/admin/tabs/{tab}/reveal", summary: "One field of one row that privacy mode hides" })
  .output(z.object({ value: z.string().nullable() }))
  .handler(async ({ context, input }) => {
    const found = tabOf(input.tab, context);
    const path = input.field.replace(/\d+/g, "*");
    if (!(await privateFields(found)).has(path)) throw invalid({ field: "This is no field that is hidden." });
    const row = await loadOne(found, input.id, { ...context, actor: { ...context.actor, privacy: "visible" } });
    const value = input.field.split(".").reduce<unknown>((at, step) => (at as Record<string, unknown>)?.[step], row);
    if (value !== null && typeof value !== "string") throw notFound("field");
    transaction((tx) =>
      audit(tx, context.actor, {
        target: { type: found.id, id: input.id, label: input.id },
        after: { revealed: input.field },
      }),
    );
    return { value };
  });

export const search = staff("any", { q: searchText }, { tokens: true })
  .route({
    method: "GET",
    path: "/admin/search",
    summary: "Users, organisations, servers and zones, of those that one may see",
  })
  .output(
    z.object({
      users: z.array(z.object({ id: z.string(), name: masked("name"), email: masked("email") })).optional(),
      organisations: z.array(z.object({ id: z.string(), handle: z.string(), name: z.string() })).optional(),
      servers: z.array(z.object({ id: z.string(), name: z.string(), short: z.string(), node: z.string() })).optional(),
      zones: z
        .array(
          z.object({
            id: z.string(),
            name: z.string(),
            displayName: z.string(),
            organisation: z.object({ handle: z.string(), name: z.string() }),
          }),
        )
        .optional(),
    }),
  )
  .handler(({ context, input }) => searchEverything(input.q, context.actor.grants));
