/** What daemons tell of backups that lie on them. Read kindly: a refusal makes the daemon delete what it has made. */
import * as z from "zod";
import { node } from "#lib/api/guards.ts";
import { noteBackup, noteRestoration } from "./told.ts";

const one = { uuid: z.string().max(100) };
const word = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[\w-]*$/)
    .catch("");

export const ended = node({
  ...one,
  successful: z.boolean().catch(false),
  checksum: word(128),
  checksum_type: word(20),
  size: z.number().int().nonnegative().catch(0),
})
  .route({
    method: "POST",
    path: "/remote/backups/{uuid}",
    successStatus: 204,
    summary: "For a node: what came of a backup",
  })
  .handler(({ context, input: { uuid, checksum_type: checksumType, size: bytes, ...rest } }) =>
    noteBackup(context.node, uuid, { ...rest, checksumType, bytes }, context.actor),
  );

export const restored = node({ ...one, successful: z.boolean().catch(false) })
  .route({
    method: "POST",
    path: "/remote/backups/{uuid}/restore",
    successStatus: 204,
    summary: "For a node: what came of restoring a backup",
  })
  .handler(({ context, input }) => noteRestoration(context.node, input.uuid, input.successful, context.actor));
