/** The API of a server's databases. */
import * as z from "zod";
import { onServer } from "#lib/api/guards.ts";
import { databaseKinds } from "./adapter.ts";
import { createDatabase, databasesOf, removeDatabase, rotatePassword, showCredentials } from "./databases.ts";
import { Credentials, label, ServerDatabase } from "./shapes.ts";

const ALL = "/servers/{server}/databases";
const ONE = `${ALL}/{database}`;
const Named = z.object({ id: z.string() });
const one = { database: z.string().max(100) };
const writing = { permission: "databases:write", asks: true } as const;

export const list = onServer("databases", {}, { permission: "databases:read" })
  .route({ method: "GET", path: ALL, summary: "The databases of a server" })
  .output(
    z.object({
      items: z.array(ServerDatabase),
      limit: z.number().int(),
      /** Where another can be made. */
      hosts: z.array(z.object({ id: z.string(), name: z.string(), kind: z.enum(databaseKinds) })),
    }),
  )
  .handler(({ context }) => databasesOf(context.server));

export const create = onServer("databases", { label, host: z.string().max(100).optional() }, writing)
  .route({ method: "POST", path: ALL, successStatus: 201, summary: "Make a database for a server" })
  .output(Named)
  .handler(({ context, input }) => createDatabase(context.server, input, context.actor, context.asStaff));

export const credentials = onServer("databases", one, writing)
  .meta({ guard: "onServer", argument: "databases or databases:write, asks", audit: true, reads: true })
  .route({ method: "POST", path: `${ONE}/credentials`, summary: "A database’s user name and password" })
  .output(Credentials)
  .handler(({ context, input }) => showCredentials(context.server, input.database, context.actor, context.asStaff));

export const rotate = onServer("databases", one, writing)
  .route({ method: "POST", path: `${ONE}/rotate`, summary: "Give a database a new password" })
  .output(Named)
  .handler(({ context, input }) => rotatePassword(context.server, input.database, context.actor, context.asStaff));

export const remove = onServer("databases", { ...one, name: z.string().max(100) }, writing)
  .route({ method: "DELETE", path: ONE, summary: "Delete a database with everything in it" })
  .output(Named)
  .handler(({ context, input }) =>
    removeDatabase(context.server, input.database, input.name, context.actor, context.asStaff),
  );
