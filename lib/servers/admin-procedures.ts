/** The API of everybody's servers, for staff. */
import { and, eq } from "drizzle-orm";
import * as z from "zod";
import { auditLog } from "#db/schema/index.ts";
import { staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { masked } from "#lib/api/masked.ts";
import { readTrail, TrailEntry } from "#lib/audit/trail.ts";
import { editServer, removeServer } from "./acts.ts";
import { createForAnybody } from "./create.ts";
import { inspectServer, listAllServers } from "./directory.ts";
import { limitServer } from "./keeping.ts";
import { offersForStaff } from "./offers.ts";
import {
  Made,
  Moving,
  Named,
  StaffOffers,
  serverDescription,
  serverLimits,
  serverName,
  serverStates,
  staffServer,
} from "./shapes.ts";
import { handOver as handOverServer, suspendServer, unsuspendServer } from "./suspension.ts";

const ONE = "/admin/servers/{server}";
const one = { server: z.string().max(100) };
const tokens = { tokens: true };
const id = z.string().max(100).optional();

const Person = z.object({ id: z.string(), name: masked("name"), email: masked("email") });
const Row = z.object({
  id: z.string(),
  uuid: z.string(),
  short: z.string(),
  name: z.string(),
  state: z.enum(serverStates),
  suspended: z.boolean(),
  /** Whose it is: one of the two. */
  user: Person.nullable(),
  organisation: z.object({ id: z.string(), handle: z.string(), name: z.string() }).nullable(),
  node: z.object({ id: z.string(), name: z.string() }),
  egg: z.object({ id: z.string(), name: z.string() }),
  address: z.object({ host: z.string(), port: z.number().int() }).nullable(),
  memory: z.number().int(),
  disk: z.number().int(),
  cpu: z.number().int(),
  createdAt: z.number().int(),
});

export const list = staff(
  "servers:read",
  keyedQuery(["-createdAt", "name"], {
    state: z.enum(serverStates).optional(),
    suspended: z.enum(["yes", "no"]).optional(),
    node: id,
    egg: id,
    user: id,
    organisation: id,
  }),
  tokens,
)
  .route({ method: "GET", path: "/admin/servers", summary: "All servers" })
  .output(keyedPage(Row))
  .handler(({ input }) => listAllServers(input));

export const open = staff("servers:read", one, tokens)
  .route({ method: "GET", path: ONE, summary: "One server, whoever has it" })
  .output(
    Row.extend({
      description: z.string(),
      image: z.string(),
      problem: z.string().nullable(),
      moving: Moving,
      suspendedAt: z.number().int().nullable(),
      suspendedReason: z.string().nullable(),
      swap: z.number().int(),
      io: z.number().int(),
      threads: z.string().nullable(),
      oomKiller: z.boolean(),
      databaseLimit: z.number().int(),
      backupLimit: z.number().int(),
      allocationLimit: z.number().int(),
      installedAt: z.number().int().nullable(),
      revision: z.number().int(),
      subUsers: z.array(Person.extend({ capabilities: z.array(z.string()) })),
      addresses: z.array(z.string()),
    }),
  )
  .handler(({ input }) => inspectServer(input.server));

export const history = staff("servers:read", { ...one, ...keyedQuery(["-at"], {}) })
  .route({ method: "GET", path: `${ONE}/history`, summary: "What was done with a server" })
  .output(keyedPage(TrailEntry))
  .handler(({ input: { server, ...query } }) =>
    readTrail(and(eq(auditLog.targetType, "server"), eq(auditLog.targetId, inspectServer(server).id)), query),
  );

export const offers = staff("admin:servers:write", {}, tokens)
  .route({ method: "GET", path: "/admin/server-offers", summary: "What staff can make a new server of" })
  .output(StaffOffers)
  .handler(() => offersForStaff());

export const create = staff("admin:servers:write", staffServer, tokens)
  .route({ method: "POST", path: "/admin/servers", successStatus: 201, summary: "Make a server for anybody" })
  .output(Made)
  .handler(({ context, input }) => createForAnybody(input, context.actor));

export const edit = staff(
  "servers:write",
  {
    ...one,
    name: serverName.optional(),
    description: serverDescription.optional(),
    revision: z.number().int().optional(),
  },
  tokens,
)
  .route({ method: "PATCH", path: ONE, summary: "Change what a server is called" })
  .output(Named)
  .handler(({ context, input: { server, ...given } }) => editServer({ id: server }, given, context.actor, true));

export const limit = staff(
  "admin:servers:write",
  { ...one, ...z.object(serverLimits).partial().shape, revision: z.number().int().optional() },
  tokens,
)
  .route({ method: "PATCH", path: `${ONE}/limits`, summary: "Change what a server may use" })
  .output(Named)
  .handler(({ context, input: { server, ...given } }) => limitServer(server, given, context.actor));

export const suspend = staff(
  "admin:servers:suspend",
  {
    ...one,
    reason: z.string().trim().min(1, "Say why: whoever has the server reads it.").max(500, "At most 500 characters."),
  },
  tokens,
)
  .route({ method: "POST", path: `${ONE}/suspend`, summary: "Suspend a server: it is stopped, and cannot be used" })
  .output(Named)
  .handler(({ context, input }) => suspendServer(input.server, input.reason, context.actor));

export const unsuspend = staff("admin:servers:suspend", one, tokens)
  .route({ method: "POST", path: `${ONE}/unsuspend`, summary: "Lift the suspension of a server" })
  .output(Named)
  .handler(({ context, input }) => unsuspendServer(input.server, context.actor));

export const handOver = staff("admin:servers:manage", { ...one, owner: staffServer.owner }, tokens)
  .route({ method: "POST", path: `${ONE}/owner`, summary: "Give a server to somebody else; its sub-users end" })
  .output(Named)
  .handler(({ context, input }) => handOverServer(input.server, input.owner, context.actor));

export const remove = staff(
  ["admin:servers:delete", "servers:delete"],
  { ...one, name: z.string().max(200), force: z.boolean().default(false) },
  tokens,
)
  .route({ method: "DELETE", path: ONE, summary: "Delete a server with all of its files" })
  .output(Named)
  .handler(({ context, input: { server, ...given } }) =>
    removeServer(inspectServer(server), given, context.actor, true),
  );
