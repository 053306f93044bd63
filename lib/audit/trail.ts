/** Entries of the audit log about one thing, the newest first, as the page of that thing lists them. */
import { and, eq, inArray, type SQL } from "drizzle-orm";
import * as z from "zod";
import { db } from "#db/client.ts";
import { auditLog } from "#db/schema/index.ts";
import { type KeyedPage, type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { masked } from "#lib/api/masked.ts";

/** What was before and after is read in the log itself: it can hold more than whoever looks here may see. */
export const TrailEntry = z.object({
  id: z.string(),
  at: z.number().int(),
  actorType: z.string(),
  actor: masked("label"),
  /** The procedure's name, or what a command or job calls itself. */
  action: z.string(),
  targetType: z.string(),
  target: masked("label"),
  outcome: z.string(),
  asStaff: z.boolean(),
});
export type TrailEntry = z.output<typeof TrailEntry>;

/** What an entry has to be to be about an account. */
export const aboutAccount = (id: string): SQL | undefined =>
  and(eq(auditLog.targetType, "account"), eq(auditLog.targetId, id));

const entries = { from: auditLog, id: auditLog.id, sorts: { at: auditLog.at } };

/** `where` has to be met by an index that goes on with the time. */
export const readTrail = (where: SQL | undefined, query: KeyedQuery): KeyedPage<TrailEntry> =>
  readKeyed(entries, query, { conditions: where ? [{ where }] : [] }, (ids) =>
    db()
      .select({
        id: auditLog.id,
        at: auditLog.at,
        actorType: auditLog.actorType,
        actor: auditLog.actorLabel,
        action: auditLog.action,
        targetType: auditLog.targetType,
        target: auditLog.targetLabel,
        outcome: auditLog.outcome,
        asStaff: auditLog.asStaff,
      })
      .from(auditLog)
      .where(inArray(auditLog.id, ids))
      .all()
      .map((row) => ({ ...row, asStaff: row.asStaff === 1 })),
  );
