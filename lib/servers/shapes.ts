/** What the API says of servers. */
import * as z from "zod";
import { servers } from "#db/schema/index.ts";
import { serverCapabilities } from "#lib/access/server-capability.ts";

export const serverStates = servers.state.enumValues;

/** One of somebody's own servers, or one that they were let into. */
export const ServerSummary = z.object({
  id: z.string(),
  uuid: z.string(),
  short: z.string(),
  name: z.string(),
  description: z.string(),
  /** Null: the server is an account's. */
  organisation: z.object({ handle: z.string(), name: z.string() }).nullable(),
  node: z.object({ name: z.string(), location: z.string() }),
  egg: z.string(),
  /** Where it is reached; null: it has no address. */
  address: z.object({ host: z.string(), port: z.number().int() }).nullable(),
  state: z.enum(serverStates),
  suspended: z.boolean(),
  /** The caller's standing. */
  owner: z.boolean(),
  /** What the caller may do without platform permissions. */
  capabilities: z.array(z.enum(serverCapabilities)),
  memory: z.number().int(),
  disk: z.number().int(),
  cpu: z.number().int(),
  createdAt: z.number().int(),
});
export type ServerSummary = z.output<typeof ServerSummary>;

export const ServerDetail = ServerSummary.extend({
  /** Why it is suspended, for those who have it. */
  suspendedReason: z.string().nullable(),
  suspendedAt: z.number().int().nullable(),
  image: z.string(),
  revision: z.number().int(),
  limits: z.object({ databases: z.number().int(), backups: z.number().int(), allocations: z.number().int() }),
  sftp: z.object({ host: z.string(), port: z.number().int() }),
  /** Staff come in through a permission. */
  asStaff: z.boolean(),
});
export type ServerDetail = z.output<typeof ServerDetail>;
