/** What daemons ask and tell of servers. Each speaks of those that it runs alone: to it there are no others. */
import * as z from "zod";
import { node } from "#lib/api/guards.ts";
import type { Configuration } from "./configuration.ts";
import { noteInstallation, noteStart } from "./installation.ts";
import { configurationFor, installationFor, pageOfServers, serverOfNode } from "./told.ts";

const ONE = "/remote/servers/{uuid}";
const one = { uuid: z.string().max(100) };
const whole = z.number().int();
const Told = z.custom<Configuration>();

/** A daemon counts pages from 0, and takes that for the first. */
const page = z.coerce.number().int().min(0).max(1_000_000).catch(1);

export const list = node({ page, per_page: z.coerce.number().int().min(1).max(100).catch(50) })
  .route({ method: "GET", path: "/remote/servers", summary: "For a node: the servers that it runs" })
  .output(
    z.object({
      data: z.array(Told),
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
  .handler(({ context, input }) => pageOfServers(context.node, Math.max(1, input.page), input.per_page));

export const open = node(one)
  .route({ method: "GET", path: ONE, summary: "For a node: one server that it runs" })
  .output(Told)
  .handler(({ context, input }) => configurationFor(context.node, input.uuid));

export const installation = node(one)
  .route({ method: "GET", path: `${ONE}/install`, summary: "For a node: what installs a server" })
  .output(z.object({ container_image: z.string(), entrypoint: z.string(), script: z.string() }))
  .handler(({ context, input }) => installationFor(context.node, input.uuid));

export const installed = node({ ...one, successful: z.boolean().catch(false) })
  .route({
    method: "POST",
    path: `${ONE}/install`,
    successStatus: 204,
    summary: "For a node: what came of an installation",
  })
  .handler(({ context, input }) => noteInstallation(context.node, input.uuid, input.successful, context.actor));

/** What a server is doing is asked when somebody looks: nothing is kept of this. */
export const status = node(one)
  .meta({ guard: "node", argument: "", reads: true })
  .route({
    method: "POST",
    path: `${ONE}/container/status`,
    successStatus: 204,
    summary: "For a node: what a server is doing",
  })
  .handler(({ context, input }) => void serverOfNode(context.node, input.uuid));

export const reset = node({})
  .route({
    method: "POST",
    path: "/remote/servers/reset",
    successStatus: 204,
    summary: "For a node: it has started, and does nothing that it was doing before",
  })
  .handler(({ context }) => noteStart(context.node, context.actor));
