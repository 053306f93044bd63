/** What waits in each tab for somebody of staff. Each count stops at 100 and is found by an index. */
import { type SQL, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { recentErrors } from "#lib/log/errors-list.ts";
import { inHealth } from "#lib/nodes/health.ts";
import type { TabId } from "./tabs.ts";

/** `from` and what follows it. */
const atMost100 = (rest: SQL): number =>
  db().get<{ n: number }>(sql`select count(*) as n from (select 1 from ${rest} limit 100)`).n;

const counts: Partial<Record<TabId, () => number>> = {
  // Due, and something stands in the way.
  deletions: () => atMost100(sql`deletions where state = 'waiting' and due_at <= ${Date.now() - 2 * HOUR}`),
  "export-jobs": () =>
    atMost100(sql`export_jobs where state = 'failed' and created_at > ${Date.now() - 7 * 24 * HOUR}`),
  announcements: () => atMost100(sql`announcements where state = 'sending'`),
  "outbound-emails": () =>
    atMost100(sql`mails where status in ('failed', 'unknown') and created_at > ${Date.now() - 24 * HOUR}`),
  feedback: () => atMost100(sql`feedback where status = 'new'`),
  nodes: () => atMost100(sql`nodes where ${inHealth("unhealthy")}`),
  logs: recentErrors,
};

const HOUR = 3_600_000;

export function badgesOf(ids: readonly TabId[]): Partial<Record<TabId, number>> {
  const found: Partial<Record<TabId, number>> = {};
  for (const id of ids) {
    const n = counts[id]?.();
    if (n) found[id] = n;
  }
  return found;
}
