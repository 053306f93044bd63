/** What daemons tell of what was done. */
import * as z from "zod";
import { node } from "#lib/api/guards.ts";
import { noteReports } from "./reports.ts";

export const activity = node({ data: z.array(z.unknown()).catch([]) })
  .meta({ guard: "node", argument: "", reads: true })
  .route({
    method: "POST",
    path: "/remote/activity",
    successStatus: 204,
    summary: "For a node: what was done on its servers",
  })
  .handler(({ context, input }) => noteReports(context.node, input.data));
