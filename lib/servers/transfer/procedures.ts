/** The API of moving servers from node to node, for staff. */
import * as z from "zod";
import { serverTransfers } from "#db/schema/index.ts";
import { staff } from "#lib/api/guards.ts";
import { masked } from "#lib/api/masked.ts";
import { Named } from "../shapes.ts";
import { beginTransfer, cancelMove, previewTransfer } from "./transfer.ts";

const ONE = "/admin/servers/{server}/transfer";
const one = { server: z.string().max(100) };
const tokens = { tokens: true };

const End = z.object({ name: z.string(), addresses: z.array(z.string()) });

export const open = staff(
  "admin:servers:manage",
  {
    ...one,
    /** Of nodes. */
    q: z.string().trim().max(200).default(""),
    /** Whose free addresses are told. */
    node: z.string().max(100).nullable().default(null),
  },
  tokens,
)
  .route({ method: "GET", path: ONE, summary: "Where a server can move, and where it has moved" })
  .output(
    z.object({
      /** Why it cannot move now. */
      notNow: z.string().nullable(),
      addresses: z.array(z.string()),
      /** Those that stay behind. */
      backups: z.object({ all: z.number().int(), locked: z.number().int() }),
      /** `problem`: why it cannot go there. */
      targets: z.array(
        z.object({ id: z.string(), name: z.string(), location: z.string(), problem: z.string().nullable() }),
      ),
      free: z.array(z.object({ id: z.string(), address: z.string(), alias: z.string().nullable() })),
      moves: z.array(
        z.object({
          id: z.string(),
          state: z.enum(serverTransfers.state.enumValues),
          problem: z.string().nullable(),
          from: End,
          to: End,
          /** Null: the account is gone. */
          by: z.object({ name: masked("name") }).nullable(),
          startedAt: z.number().int(),
          endedAt: z.number().int().nullable(),
          /** Nothing is left of it where it is not. */
          cleared: z.boolean(),
        }),
      ),
    }),
  )
  .handler(({ input: { server, ...query } }) => previewTransfer(server, query));

export const begin = staff(
  "admin:servers:manage",
  {
    ...one,
    /** Null: wherever there is room. */
    node: z.string().max(100).nullable().default(null),
    /** At the target, the main one first; those that are left out are chosen. */
    allocations: z.array(z.string().max(100)).max(1000).default([]),
    /** Backups stay behind, and are deleted. */
    losesBackups: z.boolean().default(false),
  },
  tokens,
)
  .route({ method: "POST", path: ONE, summary: "Begin to move a server to another node" })
  .output(Named)
  .handler(({ context, input: { server, ...wanted } }) => beginTransfer(server, wanted, context.actor));

export const cancel = staff("admin:servers:manage", one, tokens)
  .route({ method: "DELETE", path: ONE, summary: "Call off a move: the server stays where it is" })
  .output(Named)
  .handler(({ context, input }) => cancelMove(input.server, context.actor));
