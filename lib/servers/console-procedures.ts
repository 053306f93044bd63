/** The API of a server's console. */
import * as z from "zod";
import { onServer } from "#lib/api/guards.ts";
import { openConsole } from "./console.ts";

/** Whoever may only see the usage gets none: at the node a connection is all or nothing. */
export const open = onServer("console", {}, { permission: "commands:execute", asks: true })
  .route({
    method: "POST",
    path: "/servers/{server}/console",
    summary: "The address of a server’s console and a token for it, for ten minutes",
  })
  .output(
    z.object({
      address: z.string(),
      token: z.string(),
      expiresAt: z.number().int(),
      permissions: z.array(z.string()),
    }),
  )
  .handler(({ context }) => openConsole(context, context.actor));
