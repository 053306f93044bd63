/** The end of the audit log: what is older than the setting says goes, and triggers of the database let nothing else go. */
import { setImmediate as breath } from "node:timers/promises";
import { asc, inArray, lt } from "drizzle-orm";
import * as z from "zod";
import { transaction } from "#db/client.ts";
import { auditLog } from "#db/schema/index.ts";
import { systemActor } from "#lib/actor.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { setting } from "#lib/settings/settings.ts";
import { killHere } from "#lib/test-hook.ts";
import { audit } from "./audit.ts";

const DAY = 86_400_000;
/** Entries that go at once; others get their turn in between. */
const AT_ONCE = 200;

export const auditRetention = jobKind({
  kind: "audit.retention",
  schedule: "47 3 * * *",
  payload: z.object({}),
  attempts: 3,
  async run(_payload, { signal }) {
    const before = Date.now() - setting("logs.audit_days") * DAY;
    for (let gone = shorten(before); gone === AT_ONCE; gone = shorten(before)) {
      killHere("shortening");
      signal.throwIfAborted();
      await breath();
    }
  },
});

/** The oldest of them, and how many; the log says so itself. */
function shorten(before: number): number {
  return transaction((tx) => {
    const oldest = tx
      .select({ id: auditLog.id })
      .from(auditLog)
      .where(lt(auditLog.at, before))
      .orderBy(asc(auditLog.at))
      .limit(AT_ONCE)
      .all()
      .map(({ id }) => id);
    if (oldest.length === 0) return 0;
    tx.delete(auditLog).where(inArray(auditLog.id, oldest)).run();
    audit(tx, systemActor("audit.retention"), {
      target: { type: "audit", id: null, label: "Audit log" },
      after: { before, entries: oldest.length },
    });
    return oldest.length;
  });
}
