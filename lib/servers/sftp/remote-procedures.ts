/** What daemons ask when somebody logs in over SFTP. */
import * as z from "zod";
import { node } from "#lib/api/guards.ts";
import { admitOverSftp } from "./login.ts";

export const sftp = node({
  type: z.enum(["password", "public_key"]).catch("password"),
  username: z.string().max(400),
  password: z.string().max(10_000),
  ip: z.string().max(100).catch(""),
})
  .route({
    method: "POST",
    path: "/remote/sftp/auth",
    summary: "For a node: who logs in over SFTP, and what they may do",
  })
  .output(z.object({ server: z.string(), user: z.string(), permissions: z.array(z.string()) }))
  .handler(({ context, input }) => admitOverSftp(context.node, input, context.actor));
