/** How mounts are given and shown. */
import * as z from "zod";
import { line } from "#lib/nodes/shapes.ts";

const path = line(255, "A path has at most 255 characters.");
const ids = z.array(z.string().max(100)).max(1000);

export const mountFields = {
  name: line(100, "A name has at most 100 characters.").min(1, "Enter a name."),
  source: path,
  target: path,
  readOnly: z.boolean().default(true),
  selfService: z.boolean().default(false),
  nodes: ids,
  everyEgg: z.boolean().default(true),
  /** Where it is not for every egg. */
  eggs: ids.default([]),
};
const MountFields = z.object(mountFields);
export type MountFields = z.output<typeof MountFields>;
export const mountEdit = {
  ...z
    .object({ ...mountFields, readOnly: z.boolean(), selfService: z.boolean(), everyEgg: z.boolean(), eggs: ids })
    .partial().shape,
  revision: z.number().int().optional(),
};

const Some = z.array(z.object({ id: z.string(), name: z.string() }));
export const Mount = z.object({
  id: z.string(),
  name: z.string(),
  source: z.string(),
  target: z.string(),
  readOnly: z.boolean(),
  selfService: z.boolean(),
  nodes: Some,
  everyEgg: z.boolean(),
  eggs: Some,
  /** How many servers have it. */
  servers: z.number().int(),
  revision: z.number().int(),
  createdAt: z.number().int(),
});

export const ServerMounts = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      target: z.string(),
      /** The folder on the node, for staff. */
      source: z.string().nullable(),
      readOnly: z.boolean(),
      on: z.boolean(),
      /** Its node and egg are among those that it is for: otherwise nothing of it is there. */
      fits: z.boolean(),
      /** The caller may give and take it. */
      theirs: z.boolean(),
    }),
  ),
});
