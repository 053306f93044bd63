/** Whether a call that nobody waits for any more could still reach its provider. */
import { and, eq, isNotNull } from "drizzle-orm";
import { db } from "#db/client.ts";
import { zoneChanges } from "#db/schema/index.ts";
import { singleton } from "#lib/singleton.ts";
import { landingMs } from "#lib/test-hook.ts";
import type { Entry } from "./journal.ts";

/** By the clock of this process, which nobody can set. */
const givenUp = () => singleton("calls-given-up", () => new Map<string, number>());

/** Its call ended without an answer, just now: long after it was sent, where there were many. Other threads and later processes have the row alone. */
export function noteGivenUp(change: string): void {
  givenUp().set(change, performance.now());
  const sent = and(eq(zoneChanges.id, change), isNotNull(zoneChanges.sentAt));
  db().update(zoneChanges).set({ sentAt: Date.now() }).where(sent).run();
}

/** Nothing is concluded from what is read while this is so. */
export function mayStillLand({ id, sentAt }: Entry): boolean {
  const here = givenUp().get(id);
  if (here !== undefined) return performance.now() - here < landingMs();
  if (sentAt === null) return false;
  const now = Date.now();
  // The clock was set back since the process that sent it: it begins anew.
  if (sentAt > now) db().update(zoneChanges).set({ sentAt: now }).where(eq(zoneChanges.id, id)).run();
  return now < Math.min(sentAt, now) + landingMs();
}
