/** The API of nodes, for staff. */
import { and, eq } from "drizzle-orm";
import * as z from "zod";
import { auditLog } from "#db/schema/index.ts";
import { staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { readTrail, TrailEntry } from "#lib/audit/trail.ts";
import { addAllocations, addition, aliasAllocations, listAllocations, removeAllocations } from "./allocations.ts";
import { beatsOf, healths, ranges } from "./health.ts";
import { loadNode } from "./load.ts";
import { createNode, editNode, listNodes, openNode, removeNode } from "./nodes.ts";
import { askAgain, rotate, showConfig, startSetup } from "./setup.ts";
import {
  Allocation,
  classifications,
  creation,
  edit as editable,
  hostname,
  NodeDetail,
  NodeSummary,
} from "./shapes.ts";

const ONE = "/admin/nodes/{node}";
const one = { node: z.string() };
const Named = z.object({ id: z.string() });
const noted = { refusals: "node" } as const;

export const list = staff(
  "nodes:read",
  keyedQuery(["name", "number", "createdAt"], {
    health: z.enum(healths).optional(),
    classification: z.enum(classifications).optional(),
    maintenance: z.enum(["on", "off"]).optional(),
  }),
  { tokens: true },
)
  .route({ method: "GET", path: "/admin/nodes", summary: "All nodes" })
  .output(keyedPage(NodeSummary))
  .handler(({ input }) => listNodes(input));

export const open = staff("nodes:read", one, { tokens: true })
  .route({ method: "GET", path: ONE, summary: "One node, without its secrets" })
  .output(NodeDetail)
  .handler(({ input }) => openNode(input.node));

export const beats = staff("nodes:read", { ...one, range: z.enum(ranges).default("24h") }, { tokens: true })
  .route({ method: "GET", path: `${ONE}/beats`, summary: "How a node's daemon answered over a day or a week" })
  .output(
    z.object({
      range: z.enum(ranges),
      at: z.array(z.number().int()),
      averageMs: z.array(z.number().nullable()),
      mostMs: z.array(z.number().nullable()),
      unanswered: z.array(z.number()),
      asked: z.number().int(),
      /** Of 10,000; null: it was never asked. */
      uptime: z.number().int().nullable(),
      meanMs: z.number().int().nullable(),
    }),
  )
  .handler(({ input }) => beatsOf(loadNode(input.node).id, input.range));

export const history = staff("nodes:read", { ...one, ...keyedQuery(["-at"], {}) })
  .route({ method: "GET", path: `${ONE}/history`, summary: "What was done with a node" })
  .output(keyedPage(TrailEntry))
  .handler(({ input: { node, ...query } }) =>
    readTrail(and(eq(auditLog.targetType, "node"), eq(auditLog.targetId, loadNode(node).id)), query),
  );

export const create = staff("nodes:create", creation, { tokens: true })
  .route({ method: "POST", path: "/admin/nodes", successStatus: 201, summary: "Add a node" })
  .output(Named.extend({ number: z.number().int() }))
  .handler(({ context, input }) => createNode(input, context.actor));

export const edit = staff(
  "nodes:write",
  { ...one, ...editable, revision: z.number().int().optional() },
  { tokens: true, ...noted },
)
  .route({ method: "PATCH", path: ONE, summary: "Change a node, or put it into maintenance" })
  .output(Named)
  .handler(({ context, input: { node, ...given } }) => editNode(node, given, context.actor));

export const remove = staff("nodes:delete", one, { tokens: true, ...noted })
  .route({ method: "DELETE", path: ONE, summary: "Remove a node that runs no servers" })
  .output(Named)
  .handler(({ context, input }) => removeNode(input.node, context.actor));

export const ask = staff("nodes:write", one)
  .route({ method: "POST", path: `${ONE}/ask`, summary: "Ask a node's daemon now how it is" })
  .output(Named)
  .handler(({ context, input }) => askAgain(input.node, context.actor));

export const configuration = staff("nodes:credentials", one, { fresh: true, ...noted })
  .meta({ guard: "staff", argument: "nodes:credentials", audit: true, reads: true })
  .route({
    method: "POST",
    path: `${ONE}/configuration`,
    summary: "The configuration of a node's daemon, with its secret",
  })
  .output(z.object({ text: z.string() }))
  .handler(({ context, input }) => showConfig(input.node, context.actor));

export const setUp = staff("nodes:credentials", one, { fresh: true, ...noted })
  .route({ method: "POST", path: `${ONE}/setup`, summary: "A command that configures a node's daemon, once and soon" })
  .output(z.object({ until: z.number().int(), configure: z.string(), install: z.string() }))
  .handler(({ context, input }) => startSetup(input.node, context.actor));

export const rotateCredentials = staff("nodes:credentials", one, { fresh: true, ...noted })
  .route({ method: "POST", path: `${ONE}/rotate`, summary: "Give a node new credentials" })
  .output(z.object({ applied: z.boolean(), message: z.string(), until: z.number().int() }))
  .handler(({ context, input }) => rotate(input.node, context.actor));

const some = z.array(z.string().max(40)).min(1).max(1000);

export const allocations = staff(
  "nodes:read",
  { ...one, ...keyedQuery(["port"], { state: z.enum(["free", "used"]).optional() }) },
  { tokens: true },
)
  .route({ method: "GET", path: `${ONE}/allocations`, summary: "The addresses and ports of a node" })
  .output(keyedPage(Allocation))
  .handler(({ input: { node, ...query } }) => listAllocations(node, query));

export const allocate = staff("nodes:write", { ...one, ...addition }, { tokens: true, ...noted })
  .route({
    method: "POST",
    path: `${ONE}/allocations`,
    successStatus: 201,
    summary: "Add an address with ports and ranges",
  })
  .output(z.object({ added: z.number().int(), there: z.number().int() }))
  .handler(({ context, input: { node, ...given } }) => addAllocations(node, given, context.actor));

export const alias = staff(
  "nodes:write",
  { ...one, allocations: some, alias: hostname.nullable() },
  { tokens: true, ...noted },
)
  .route({ method: "PATCH", path: `${ONE}/allocations`, summary: "Show another name in the place of addresses" })
  .output(z.object({ changed: z.number().int() }))
  .handler(({ context, input }) => aliasAllocations(input.node, input.allocations, input.alias, context.actor));

export const release = staff("nodes:write", { ...one, allocations: some }, { tokens: true, ...noted })
  .route({
    method: "POST",
    path: `${ONE}/allocations/remove`,
    summary: "Remove addresses and ports that no server has",
  })
  .output(z.object({ removed: z.number().int() }))
  .handler(({ context, input }) => removeAllocations(input.node, input.allocations, context.actor));
