/**
 * Whose account is gone is named nowhere in what is kept about acts: the audit log and the history of zones say `deleted account`
 * in the place of its address. Its id stays, so that what one account did still belongs together.
 */
import { setImmediate as breath } from "node:timers/promises";
import { and, asc, eq, gt, ne, or, sql } from "drizzle-orm";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import { auditLog, zoneChanges } from "#db/schema/index.ts";
import { jobKind } from "#lib/jobs/queue.ts";

/** Triggers let a label become this and nothing else, and that only once the account is gone. */
export const ERASED = "deleted account";
/** Rows that are rewritten at once; others get their turn in between. */
const AT_ONCE = 200;

export const nameNoMore = jobKind({
  kind: "accounts.name-no-more",
  payload: z.object({ user: z.string(), email: z.string() }),
  attempts: 20,
  forget: true,
  async run({ user, email }, { signal }) {
    const pause = async () => {
      signal.throwIfAborted();
      await breath();
    };
    for (const where of [
      eq(auditLog.actorId, user),
      and(eq(auditLog.targetType, "account"), eq(auditLog.targetId, user)),
    ])
      for (let after: Place | null = { at: -1, id: "" }; after !== null; await pause())
        after = eraseSome(where, after, user, email);
    for (let zone = nextZone(""); zone !== undefined; zone = nextZone(zone)) {
      eraseHistory(zone, user);
      await pause();
    }
  },
});

interface Place {
  at: number;
  id: string;
}

/** The next entries along their index; where it stopped, or null at the end. */
function eraseSome(where: ReturnType<typeof and>, after: Place, user: string, email: string): Place | null {
  return transaction((tx) => {
    const rows = tx
      .select()
      .from(auditLog)
      .where(and(where, or(gt(auditLog.at, after.at), and(eq(auditLog.at, after.at), gt(auditLog.id, after.id)))))
      .orderBy(asc(auditLog.at), asc(auditLog.id))
      .limit(AT_ONCE)
      .all();
    for (const row of rows) {
      const about = row.targetType === "account" && row.targetId === user;
      const change = {
        actorLabel: row.actorId === user ? ERASED : row.actorLabel,
        targetLabel: about ? ERASED : row.targetLabel,
        before: withoutName(row.before, about, email),
        after: withoutName(row.after, about, email),
      };
      tx.update(auditLog).set(change).where(eq(auditLog.id, row.id)).run();
    }
    return rows.length < AT_ONCE ? null : (rows.at(-1) ?? null);
  });
}

/** Of an entry about the account itself, also what it was called before. */
function withoutName(json: string | null, about: boolean, email: string): string | null {
  if (json === null) return null;
  const clean = (value: unknown, key = ""): unknown => {
    if (typeof value === "string") {
      if (about && NAMES.has(key)) return ERASED;
      return value.toLowerCase().includes(email) ? ERASED : value;
    }
    if (Array.isArray(value)) return value.map((one) => clean(one, key));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, clean(one, name)]));
    return value;
  };
  return JSON.stringify(clean(JSON.parse(json)));
}

const NAMES: ReadonlySet<string> = new Set(["email", "name"]);

const nextZone = (after: string): string | undefined =>
  db()
    .select({ id: zoneChanges.zoneId })
    .from(zoneChanges)
    .where(gt(zoneChanges.zoneId, after))
    .orderBy(asc(zoneChanges.zoneId))
    .limit(1)
    .get()?.id;

function eraseHistory(zone: string, user: string): void {
  const theirs = and(eq(zoneChanges.zoneId, zone), eq(zoneChanges.actorId, user), ne(zoneChanges.actorLabel, ERASED));
  for (let changed = AT_ONCE; changed === AT_ONCE; )
    changed = db()
      .update(zoneChanges)
      .set({ actorLabel: ERASED, actor: sql`json_set(${zoneChanges.actor}, '$.label', ${ERASED})` })
      .where(sql`rowid in (select rowid from zone_changes where ${theirs} limit ${AT_ONCE})`)
      .run().changes;
}
