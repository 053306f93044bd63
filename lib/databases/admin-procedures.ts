/** The API of database hosts, and of every server's databases, for staff. */
import * as z from "zod";
import { staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { databaseKinds } from "./adapter.ts";
import { listDatabases } from "./databases.ts";
import { createHost, editHost, listHosts, openHost, removeHost, testHost } from "./hosts.ts";
import { HostDetail, HostSummary, hostCreation, hostEdit, StaffDatabase } from "./shapes.ts";

const ALL = "/admin/database-hosts";
const ONE = `${ALL}/{id}`;
const one = { id: z.string() };
const Named = z.object({ id: z.string() });

export const list = staff(
  "databases:read",
  keyedQuery(["name", "createdAt"], { kind: z.enum(databaseKinds).optional() }),
  { tokens: true },
)
  .route({ method: "GET", path: ALL, summary: "All database hosts" })
  .output(keyedPage(HostSummary))
  .handler(({ input }) => listHosts(input));

export const open = staff("databases:read", one, { tokens: true })
  .route({ method: "GET", path: ONE, summary: "One database host, without its secret" })
  .output(HostDetail)
  .handler(({ input }) => openHost(input.id));

export const databases = staff(
  "databases:read",
  keyedQuery(["-createdAt", "name"], { host: z.string().max(100).optional() }),
  { tokens: true },
)
  .route({ method: "GET", path: "/admin/databases", summary: "The databases of all servers" })
  .output(keyedPage(StaffDatabase))
  .handler(({ input }) => listDatabases(input));

export const create = staff("admin:databases:manage", hostCreation)
  .route({ method: "POST", path: ALL, successStatus: 201, summary: "Add a database host" })
  .output(Named)
  .handler(({ context, input }) => createHost(input, context.actor));

export const edit = staff("admin:databases:manage", { ...one, ...hostEdit, revision: z.number().int().optional() })
  .route({ method: "PATCH", path: ONE, summary: "Change a database host" })
  .output(Named)
  .handler(({ context, input: { id, ...given } }) => editHost(id, given, context.actor));

export const remove = staff("admin:databases:manage", one)
  .route({ method: "DELETE", path: ONE, summary: "Remove a database host that no database is on" })
  .output(Named)
  .handler(({ context, input }) => removeHost(input.id, context.actor));

export const test = staff("databases:read", one)
  .route({ method: "POST", path: `${ONE}/test`, summary: "Ask a database host how it is" })
  .output(
    z.object({
      state: z.enum(["ok", "failed"]),
      error: z.string().nullable(),
      version: z.string().nullable(),
      /** Of all databases of the panel there. */
      octets: z.number().int().nullable(),
      /** Those that the host does not have. */
      missing: z.array(z.string()),
    }),
  )
  .handler(({ context, input }) => testHost(input.id, context.actor));
