/** What daemons ask the panel for. Each speaks of itself alone: which node it is comes from what it proved. */
import * as z from "zod";
import { anyone, node } from "#lib/api/guards.ts";
import { fetchConfig } from "../setup.ts";

/** A daemon counts pages from 0. */
const page = z.coerce.number().int().min(0).max(1_000_000).catch(1);
const whole = z.number().int();

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

export const servers = node({ page, per_page: z.coerce.number().int().min(1).max(100).catch(50) })
  .route({ method: "GET", path: "/remote/servers", summary: "For a node: the servers that it runs" })
  .output(
    z.object({
      data: z.array(z.unknown()),
      meta: z.object({
        current_page: whole,
        from: whole,
        last_page: whole,
        per_page: whole,
        to: whole,
        total: whole,
      }),
    }),
  )
  .handler(({ input }) => ({
    data: [],
    meta: { current_page: Math.max(1, input.page), from: 0, last_page: 1, per_page: input.per_page, to: 0, total: 0 },
  }));

export const reset = node({})
  .meta({ guard: "node", argument: "", reads: true })
  .route({
    method: "POST",
    path: "/remote/servers/reset",
    successStatus: 204,
    summary: "For a node: it has started, and does nothing that it was doing before",
  })
  .handler(() => undefined);

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
