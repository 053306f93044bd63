/** The API of a server's backups. */
import * as z from "zod";
import { serverBackups } from "#db/schema/index.ts";
import { onServer } from "#lib/api/guards.ts";
import { masked } from "#lib/api/masked.ts";
import * as work from "./backups.ts";

const BACKUPS = "/servers/{server}/backups";
const ONE = `${BACKUPS}/{backup}`;
const one = { backup: z.string().max(100) };
const Named = z.object({ id: z.string() });

/** One line, as in `.gitignore`. */
const pattern = z
  .string()
  .trim()
  .max(200, "A line has at most 200 characters.")
  .regex(/^[^\p{Cc}]*$/u, "Enter one line.");

export const list = onServer("backups", {}, { permission: "backups:read" })
  .route({ method: "GET", path: BACKUPS, summary: "The backups of a server" })
  .output(
    z.object({
      items: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          state: z.enum(serverBackups.state.enumValues),
          locked: z.boolean(),
          checksum: z.string().nullable(),
          bytes: z.number().int().nullable(),
          /** Null: the account is gone. */
          createdBy: masked("name").nullable(),
          createdAt: z.number().int(),
          endedAt: z.number().int().nullable(),
          here: z.boolean(),
        }),
      ),
      limit: z.number().int(),
      used: z.number().int(),
    }),
  )
  .handler(({ context }) => work.listBackups(context));

export const create = onServer(
  "backups",
  {
    name: z
      .string()
      .trim()
      .max(100, "A name has at most 100 characters.")
      .regex(/^[^\p{Cc}]*$/u, "Enter one line.")
      .default(""),
    ignored: z.array(pattern).max(100, "Name at most 100.").default([]),
  },
  { permission: "backups:create", asks: true },
)
  .route({ method: "POST", path: BACKUPS, successStatus: 201, summary: "Begin a backup of a server" })
  .output(Named)
  .handler(({ context, input }) => work.createBackup(context, input, context.actor));

export const lock = onServer("backups", { ...one, locked: z.boolean() }, { permission: "backups:write" })
  .route({ method: "PUT", path: `${ONE}/lock`, summary: "Keep a backup from being deleted, or no more" })
  .output(Named)
  .handler(({ context, input }) => work.lockBackup(context, input.backup, input.locked, context.actor));

export const remove = onServer("backups", one, { permission: "backups:write", asks: true })
  .route({ method: "DELETE", path: ONE, summary: "Delete a backup" })
  .output(Named)
  .handler(({ context, input }) => work.removeBackup(context, input.backup, context.actor));

export const restore = onServer(
  "backups",
  { ...one, truncate: z.boolean().default(false) },
  { permission: "backups:write", asks: true },
)
  .route({ method: "POST", path: `${ONE}/restore`, summary: "Begin to restore a backup" })
  .output(Named)
  .handler(({ context, input }) => work.restoreBackup(context, input.backup, input.truncate, context.actor));

/** What leaves the server leaves an entry. */
export const download = onServer("backups", one, { permission: "backups:read", asks: true })
  .meta({ guard: "onServer", argument: "backups or backups:read, asks", audit: true, reads: true })
  .route({
    method: "POST",
    path: `${ONE}/download`,
    summary: "An address from which the node gives a backup, once, within two minutes",
  })
  .output(z.object({ address: z.string() }))
  .handler(({ context, input }) => work.downloadBackup(context, input.backup, context.actor));
