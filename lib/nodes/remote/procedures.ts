/** What daemons ask the panel for. Each speaks of itself alone: which node it is comes from what it proved. */
import * as z from "zod";
import { anyone } from "#lib/api/guards.ts";
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
