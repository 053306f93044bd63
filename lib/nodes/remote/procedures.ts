/** What daemons ask the panel for. Each speaks of itself alone: which node it is comes from what it proved. */
import * as z from "zod";
import { anyone, node } from "#lib/api/guards.ts";
import { fetchConfig } from "../setup.ts";

export const configure = anyone({ number: z.string().max(20) })
  .route({
    method: "GET",
    path: "/application/nodes/{number}/configuration",
    summary: "The configuration of a node’s daemon, once, for the command that was made for it",
  })
  .output(z.unknown())
  .handler(({ context, input }) =>
    fetchConfig(input.number, context.bearer, context.actor.address, context.actor.requestId),
  );

/** What is said of servers that the node does not run is dropped, one by one: refused as a whole it would be sent for ever. */
export const activity = node({ data: z.array(z.unknown()).catch([]) })
  .meta({ guard: "node", argument: "", reads: true })
  .route({
    method: "POST",
    path: "/remote/activity",
    successStatus: 204,
    summary: "For a node: what was done on its servers",
  })
  .handler(() => undefined);
