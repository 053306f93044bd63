/** The API of mounts, for staff. */
import * as z from "zod";
import { staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { createMount, editMount, listMounts, removeMount } from "./mounts.ts";
import { Mount, mountEdit, mountFields } from "./shapes.ts";

const ALL = "/admin/mounts";
const ONE = `${ALL}/{mount}`;
const one = { mount: z.string().max(100) };
const Named = z.object({ id: z.string() });
const id = z.string().max(100).optional();

export const list = staff("nodes:read", keyedQuery(["name", "createdAt"], { node: id, elsewhere: id }), {
  tokens: true,
})
  .route({ method: "GET", path: ALL, summary: "Folders of nodes that servers can get" })
  .output(keyedPage(Mount))
  .handler(({ input }) => listMounts(input));

export const create = staff("nodes:write", mountFields, { tokens: true })
  .route({ method: "POST", path: ALL, successStatus: 201, summary: "Let servers have a folder of nodes" })
  .output(Named)
  .handler(({ context, input }) => createMount(input, context.actor));

export const edit = staff("nodes:write", { ...one, ...mountEdit }, { tokens: true })
  .route({ method: "PATCH", path: ONE, summary: "Change a mount" })
  .output(Named)
  .handler(({ context, input: { mount, ...given } }) => editMount(mount, given, context.actor));

export const remove = staff("nodes:write", one, { tokens: true })
  .route({ method: "DELETE", path: ONE, summary: "Remove a mount, also from the servers that have it" })
  .output(Named)
  .handler(({ context, input }) => removeMount(input.mount, context.actor));
