/** Deletes what has had its time, a little at a time, so that no request waits for it. */
import { and, eq, inArray, lt, lte, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import {
  accountLinks,
  attempts,
  challenges,
  jobs,
  mailSecrets,
  mails,
  organisationInvites,
  registrations,
  serverInvites,
  serverReports,
  sessions,
  zoneInvites,
} from "#db/schema/index.ts";
import { IDLE_DAYS } from "#lib/auth/live-session.ts";
import { EXPIRED } from "#lib/mail/send.ts";
import { setting } from "#lib/settings/settings.ts";
import { type Attempt, jobKind } from "./queue.ts";

const DAY = 86_400_000;
const AT_ONCE = 200;

export const sweep = jobKind({
  kind: "sweep",
  schedule: "*/5 * * * *",
  payload: z.object({}),
  attempts: 3,
  async run(_payload, { signal }) {
    const now = Date.now();
    giveUpMails(now);
    const gone: [SQLiteTable, SQL | undefined][] = [
      [challenges, lte(challenges.expiresAt, now)],
      [accountLinks, lte(accountLinks.expiresAt, now)],
      [registrations, lte(registrations.expiresAt, now)],
      [attempts, lte(attempts.expiresAt, now)],
      [sessions, lte(sessions.expiresAt, now)],
      [sessions, lte(sessions.lastSeenAt, now - IDLE_DAYS * DAY)],
      [mailSecrets, lte(mailSecrets.expiresAt, now)],
      // Who sent one sees for a while that nobody came.
      [organisationInvites, lte(organisationInvites.expiresAt, now - 30 * DAY)],
      [zoneInvites, lte(zoneInvites.expiresAt, now - 30 * DAY)],
      [serverInvites, lte(serverInvites.expiresAt, now - 30 * DAY)],
      [jobs, and(inArray(jobs.state, ["done", "cancelled"]), lt(jobs.dueAt, now - 7 * DAY))],
      [jobs, and(eq(jobs.state, "failed"), lt(jobs.dueAt, now - 30 * DAY))],
      // What the panel knows itself has its own end, after as many days.
      [serverReports, lt(serverReports.receivedAt, now - setting("logs.audit_days") * DAY)],
      [mails, lt(mails.createdAt, now - setting("mail.days") * DAY)],
    ];
    for (const [table, condition] of gone) await removeAll(table, condition, signal);
  },
});

/** Mails that nothing sent in time, also where there is nothing to send them with. */
function giveUpMails(now: number): void {
  transaction((tx) => {
    tx.update(mails)
      .set({ status: "failed", answer: EXPIRED })
      .where(and(eq(mails.status, "queued"), lte(mails.expiresAt, now)))
      .run();
    const mail = sql`select 1 from ${mails} m where m.id = json_extract(${jobs.payload}, '$.mail') and m.status in ('queued', 'sending')`;
    tx.delete(jobs)
      .where(and(eq(jobs.kind, "mail.send"), eq(jobs.state, "queued"), sql`not exists (${mail})`))
      .run();
  });
}

async function removeAll(table: SQLiteTable, condition: SQL | undefined, signal: Attempt["signal"]): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const some = sql`rowid in (select rowid from ${table} where ${condition} limit ${AT_ONCE})`;
    if (db().delete(table).where(some).run().changes < AT_ONCE) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
