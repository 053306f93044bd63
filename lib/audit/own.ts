/** What one did oneself, as the audit log has it: in the words of the API's own documentation. */
import { isProcedure } from "@orpc/server";
import * as z from "zod";
import { listAudit } from "#lib/log/audit-list.ts";
import { listInput } from "#lib/log/shapes.ts";

export const activityQuery = { perPage: listInput.perPage, at: listInput.at };

export const Activity = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      at: z.number().int(),
      action: z.string(),
      /** What the act is, in a few words. */
      says: z.string(),
      about: z.string().nullable(),
      outcome: z.string().nullable(),
      /** An API token did it. */
      byToken: z.boolean(),
      address: z.string().nullable(),
    }),
  ),
  total: z.number().int(),
  capped: z.boolean(),
  next: z.string().nullable(),
  previous: z.string().nullable(),
});

const plain = z.object(listInput);

export async function ownActivity(userId: string, query: { perPage: number; at?: string | undefined }) {
  const { items, ...rest } = listAudit(plain.parse({ ...query, actor: userId }));
  const says = await summaries();
  return {
    ...rest,
    items: items.map(({ id, at, action, target, outcome, actorType, address }) => ({
      id,
      at,
      action,
      says: says(action),
      about: target,
      outcome,
      byToken: actorType === "token",
      address,
    })),
  };
}

/** Acts are named as procedures are; what commands and jobs do keeps its own name. */
async function summaries(): Promise<(action: string) => string> {
  // The router holds the procedure that asks this.
  const { router } = await import("#lib/api/router.ts");
  return (action) => {
    let found: unknown = router;
    for (const step of action.split(".")) found = (found as Record<string, unknown> | undefined)?.[step];
    return (isProcedure(found) ? found["~orpc"].route.summary : undefined) ?? action;
  };
}
