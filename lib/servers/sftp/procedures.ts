/** The API of SFTP: how somebody gets in. */
import * as z from "zod";
import { onServer } from "#lib/api/guards.ts";
import { dropSftpPassword, makeSftpPassword, sftpAccess } from "./passwords.ts";

const AT = "/servers/{server}/sftp";
const permission = "files:write";

export const open = onServer("files", {}, { permission })
  .route({ method: "GET", path: AT, summary: "Where and how one gets at a server’s files over SFTP" })
  .output(
    z.object({
      host: z.string(),
      port: z.number().int(),
      login: z.string(),
      password: z.object({ createdAt: z.number().int(), lastUsedAt: z.number().int().nullable() }).nullable(),
      keys: z.number().int(),
    }),
  )
  .handler(({ context }) => sftpAccess(context, context.actor));

export const makePassword = onServer("files", {}, { permission, fresh: true })
  .route({
    method: "POST",
    path: `${AT}/password`,
    successStatus: 201,
    summary: "Make a password for SFTP, shown this once, for oneself and this server",
  })
  .output(z.object({ password: z.string() }))
  .handler(({ context }) => makeSftpPassword(context, context.actor));

export const dropPassword = onServer("files", {}, { permission, tokens: false })
  .route({ method: "DELETE", path: `${AT}/password`, summary: "Remove one's password for SFTP" })
  .output(z.object({ removed: z.literal(true) }))
  .handler(({ context }) => dropSftpPassword(context, context.actor));
