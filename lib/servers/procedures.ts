/** The API of servers, for those who have a part in them. */
import { onServer, signedIn } from "#lib/api/guards.ts";
import { listQuery, page } from "#lib/api/list.ts";
import { listServers, openServer } from "./servers.ts";
import { ServerDetail, ServerSummary } from "./shapes.ts";

export const list = signedIn(listQuery(["name", "createdAt"]), { tokens: true })
  .route({ method: "GET", path: "/servers", summary: "The servers that the account has a part in" })
  .output(page(ServerSummary))
  .handler(({ context, input }) => listServers(input, context.actor));

export const open = onServer("any", {})
  .route({ method: "GET", path: "/servers/{server}", summary: "One server" })
  .output(ServerDetail)
  .handler(({ context }) => openServer(context, context.actor, context.asStaff));
