/** The API of deletions, for staff. */
import * as z from "zod";
import { staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { masked } from "#lib/api/masked.ts";
import {
  cancelDeletion,
  chooseAgain,
  deletionStates,
  expediteDeletion,
  listDeletions,
  openDeletion,
} from "./deletion.ts";
import { Choice, Effects } from "./owned.ts";

const ONE = "/admin/deletions/{deletion}";
const one = { deletion: z.string() };
const noted = { refusals: "deletion" } as const;
const Named = z.object({ id: z.string() });

const Deletion = z.object({
  id: z.string(),
  askedBy: z.enum(["self", "staff"]),
  state: z.enum(deletionStates),
  message: z.string(),
  createdAt: z.number().int(),
  dueAt: z.number().int(),
  endedAt: z.number().int().nullable(),
  user: z.string().nullable(),
  name: masked("name").nullable(),
  email: masked("email").nullable(),
});

export const list = staff(
  "deletions:write",
  keyedQuery(["dueAt", "createdAt"], { state: z.enum(deletionStates).optional() }),
)
  .route({ method: "GET", path: "/admin/deletions", summary: "Accounts that are to be deleted, and those that were" })
  .output(keyedPage(Deletion))
  .handler(({ input }) => listDeletions(input));

export const open = staff("deletions:write", one)
  .route({ method: "GET", path: ONE, summary: "One deletion, and what goes with it" })
  .output(Deletion.extend({ effects: Effects.nullable(), choices: z.array(Choice) }))
  .handler(({ input }) => openDeletion(input.deletion));

export const cancel = staff("deletions:write", one, noted)
  .route({ method: "POST", path: `${ONE}/cancel`, summary: "Keep the account" })
  .output(Named)
  .handler(({ context, input }) => cancelDeletion(input.deletion, context.actor));

export const expedite = staff("users:delete", one, { ...noted, fresh: true })
  .route({ method: "POST", path: `${ONE}/expedite`, summary: "Delete the account now" })
  .output(Named)
  .handler(({ context, input }) => expediteDeletion(input.deletion, context.actor));

export const choose = staff("users:delete", { ...one, choices: z.array(Choice).max(1000) }, noted)
  .route({ method: "PUT", path: `${ONE}/choices`, summary: "Say anew what becomes of what the account owns" })
  .output(Named)
  .handler(({ context, input }) => chooseAgain(input.deletion, input.choices, context.actor));
