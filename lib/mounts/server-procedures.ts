/** The API of a server's mounts. */
import * as z from "zod";
import { onServer } from "#lib/api/guards.ts";
import { giveMount, readMounts, takeMount } from "./of-server.ts";
import { ServerMounts } from "./shapes.ts";

const MOUNTS = "/servers/{server}/mounts";
const ONE = `${MOUNTS}/{mount}`;
const one = { mount: z.string().max(100) };
const Named = z.object({ id: z.string() });

export const list = onServer("mounts", {})
  .route({ method: "GET", path: MOUNTS, summary: "The mounts that a server has and can have" })
  .output(ServerMounts)
  .handler(({ context }) => readMounts(context, context.actor));

export const give = onServer(["mounts", "settings"], one, { asks: true })
  .route({ method: "PUT", path: ONE, summary: "Give a server a mount" })
  .output(Named)
  .handler(({ context, input }) => giveMount(context, input.mount, context.actor, context.asStaff));

export const take = onServer(["mounts", "settings"], one, { asks: true })
  .route({ method: "DELETE", path: ONE, summary: "Take a mount from a server" })
  .output(Named)
  .handler(({ context, input }) => takeMount(context, input.mount, context.actor, context.asStaff));
