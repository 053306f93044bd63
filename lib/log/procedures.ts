/** The API of the logs, for staff. */
import { eventIterator } from "@orpc/server";
import * as z from "zod";
import { staff } from "#lib/api/guards.ts";
import { searchText } from "#lib/api/list.ts";
import { masked } from "#lib/api/masked.ts";
import { follow, News } from "./follow.ts";
import { knownActions, listLogs, openLog } from "./list.ts";
import { filters, LogRow, listInput, Paged } from "./shapes.ts";

export const list = staff("logs:read", listInput, { tokens: true })
  .route({ method: "GET", path: "/admin/logs", summary: "Audit entries, requests, errors or slow queries" })
  .output(Paged)
  .handler(({ input }) => listLogs(input));

const LogDetail = LogRow.extend({
  targetType: z.string().nullable(),
  targetId: z.string().nullable(),
  /** JSON. */
  before: masked("record").nullable(),
  after: masked("record").nullable(),
  stack: masked("label").nullable(),
  /** What else is known of the same request. */
  related: z.array(LogRow),
});

export const open = staff(
  "logs:read",
  { row: z.string().regex(/^[a-z]+\.\d{1,20}$/, "This is no row of the logs.") },
  { tokens: true },
)
  .route({ method: "GET", path: "/admin/logs/{row}", summary: "One row of the logs" })
  .output(LogDetail)
  .handler(({ context, input }) => openLog(input.row, context.actor));

export const actions = staff("logs:read", {}, { tokens: true })
  .route({ method: "GET", path: "/admin/logs/actions", summary: "What can be filtered by" })
  .output(z.object({ items: z.array(z.string()) }))
  .handler(() => ({ items: knownActions() }));

export const followLogs = staff("logs:read", { ...filters, q: searchText })
  .route({ method: "GET", path: "/admin/logs/follow", summary: "The same as it is written, as server-sent events" })
  .output(eventIterator(News))
  .handler(({ context, input }) => follow(input, context.actor));
