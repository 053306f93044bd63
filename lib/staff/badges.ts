/** What waits in each tab for somebody of staff. Each count stops at 100 and is found by an index. */
import { type SQL, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { prepared } from "#db/hot.ts";
import { recentErrors } from "#lib/log/errors-list.ts";
import { inHealth } from "#lib/nodes/health.ts";
import type { TabId } from "./tabs.ts";

const HOUR = 3_600_000;

/** What comes after `from`; the placeholder stands for the moment that lies so many hours back. */
function atMost100(rest: SQL, hoursBack = 0): () => number {
  const query = prepared((handle) =>
    handle.select({ n: sql<number>`count(*)` }).from(sql`(select 1 from ${rest} limit 100)`).prepare(),
  );
  return () => query().get({ from: Date.now() - hoursBack * HOUR })?.n ?? 0;
}

const from = sql.placeholder("from");

const counts: Partial<Record<TabId, () => number>> = {
  // Due, and something stands in the way.
  deletions: atMost100(sql`deletions where state = 'waiting' and due_at <= ${from}`, 2),
  "export-jobs": atMost100(sql`export_jobs where state = 'failed' and created_at > ${from}`, 7 * 24),
  announcements: atMost100(sql`announcements where state = 'sending'`),
  "outbound-emails": atMost100(sql`mails where status in ('failed', 'unknown') and created_at > ${from}`, 24),
  feedback: atMost100(sql`feedback where status = 'new'`),
  nodes: () =>
    db().get<{ n: number }>(
      sql`select count(*) as n from (select 1 from nodes where ${inHealth("unhealthy")} limit 100)`,
    ).n,
  logs: recentErrors,
};

export function badgesOf(ids: readonly TabId[]): Partial<Record<TabId, number>> {
  const found: Partial<Record<TabId, number>> = {};
  for (const id of ids) {
    const n = counts[id]?.();
    if (n) found[id] = n;
  }
  return found;
}
