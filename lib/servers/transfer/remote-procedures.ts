/** What daemons say of servers that move between them. */
import * as z from "zod";
import { node } from "#lib/api/guards.ts";
import { noteArrival, noteFailure } from "./reports.ts";

const ONE = "/remote/servers/{uuid}/transfer";
const one = { uuid: z.string().max(100) };

export const arrived = node(one)
  .route({
    method: "POST",
    path: `${ONE}/success`,
    successStatus: 204,
    summary: "For a node: a server that moves has arrived there",
  })
  .handler(({ context, input }) => noteArrival(context.node, input.uuid, context.actor));

export const failed = node(one)
  .route({
    method: "POST",
    path: `${ONE}/failure`,
    successStatus: 204,
    summary: "For a node: a server could not be sent, or not be taken",
  })
  .handler(({ context, input }) => noteFailure(context.node, input.uuid, context.actor));
