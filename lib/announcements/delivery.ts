/**
 * The mails of an announcement: a row for each account first, window by window, then each on its way, a few at once. A row is
 * marked before its mail leaves, so that after a crash nobody gets it twice, and those that were under way are shown as unknown.
 */
import { and, asc, eq, gt, inArray, lte, min, sql } from "drizzle-orm";
import * as z from "zod";
import { type Tx, transaction } from "#db/client.ts";
import { announcementMails, announcementOptouts, announcements, users } from "#db/schema/index.ts";
import { env } from "#lib/env.ts";
import { type Attempt, jobKind } from "#lib/jobs/queue.ts";
import { compose } from "#lib/mail/message.ts";
import { deliver, type Outcome } from "#lib/mail/smtp.ts";
import { killHere } from "#lib/test-hook.ts";
import { isShut } from "#lib/users/shut.ts";
import { type Audience, conditionOf } from "./audience.ts";
import { htmlOfRich, richOf } from "./rich.ts";
import { unsubscribeUrl } from "./unsubscribe.ts";

/** Accounts that are looked at in one transaction. */
const WINDOW = 500;
/** Mails that are under way at once. */
const AT_ONCE = 4;
/** After so many a mail has failed. */
const ATTEMPTS = 9;

type Announcement = typeof announcements.$inferSelect;

export const sendAnnouncement = jobKind({
  kind: "announcements.send",
  payload: z.object({ announcement: z.string() }),
  // Each mail has attempts of its own; the job comes back for those that the server put off.
  attempts: 200,
  ready: () => env().mail !== undefined,
  async run({ announcement: id }, { signal, retryAt }) {
    loseUnderway(id);
    while (addressNext(id)) await breath(signal);
    await Promise.all(Array.from({ length: AT_ONCE }, () => sendSome(id, signal, retryAt)));
    signal.throwIfAborted();
    if (!finish(id)) throw new Error("The mail server put some off.");
  },
});

/** Whoever was sending these is gone, and may have got them through. */
function loseUnderway(id: string): void {
  transaction((tx) => {
    const underway = and(eq(announcementMails.announcementId, id), eq(announcementMails.status, "sending"));
    const answer = "The panel stopped while it was being sent.";
    const { changes } = tx.update(announcementMails).set({ status: "unknown", answer }).where(underway).run();
    if (changes > 0) count(tx, id, "unknown", changes);
  });
}

/** The next window of accounts, each with a row if it is addressed. False when there are no more. */
function addressNext(id: string): boolean {
  return transaction((tx) => {
    const one = tx.select().from(announcements).where(eq(announcements.id, id)).get();
    if (one?.state !== "sending" || one.reached === END) return false;
    const upTo = tx
      .select({ id: users.id })
      .from(users)
      .where(gt(users.id, one.reached))
      .orderBy(asc(users.id))
      .limit(1)
      .offset(WINDOW - 1)
      .get()?.id;
    const audience = JSON.parse(one.audience) as Audience;
    const optedOut = sql`exists (select 1 from ${announcementOptouts} o where o.user_id = ${users}.id)`;
    const inWindow = and(
      gt(users.id, one.reached),
      upTo === undefined ? undefined : lte(users.id, upTo),
      lte(users.createdAt, one.startsAt ?? 0),
      conditionOf(audience, tx),
    );
    const why = sql`case when ${users}.suspended_at is not null or ${users}.deletion_due_at is not null then ${SHUT} when ${users}.email_verified_at is null then ${UNVERIFIED} when ${optedOut} then ${OPTED_OUT} end`;
    const added = tx.all<{ status: string }>(
      sql`insert into announcement_mails (announcement_id, user_id, status, answer, due_at)
        select ${id}, id, case when why is null then 'queued' else 'skipped' end, why, ${Date.now()}
        from (select ${users}.id as id, ${why} as why from ${users} where ${inWindow}) where true
        on conflict do nothing returning status`,
    );
    const skipped = added.filter(({ status }) => status === "skipped").length;
    tx.update(announcements)
      .set({
        reached: upTo ?? END,
        total: one.total + added.length,
        skipped: one.skipped + skipped,
      })
      .where(eq(announcements.id, id))
      .run();
    return upTo !== undefined;
  });
}

/** After every id. */
const END = "~";
const SHUT = "The account is suspended or about to be deleted.";
const UNVERIFIED = "The address is not verified.";
const OPTED_OUT = "They want no announcements by mail.";

/** One after the other, until nothing is due. */
async function sendSome(id: string, signal: AbortSignal, retryAt: number): Promise<void> {
  let done: Settled | null = null;
  while (!signal.aborted) {
    const before: Settled | null = done;
    const next = transaction((tx) => {
      if (before) settle(tx, id, before, retryAt);
      return take(tx, id);
    });
    done = null;
    if (!next) return;
    if ("skipped" in next) continue;
    killHere("announcing");
    done = { ...next, outcome: await send(next, signal) };
    killHere("announced");
  }
  const last = done;
  if (last) transaction((tx) => settle(tx, id, last, retryAt));
}

interface Taken {
  announcement: Announcement;
  user: string;
  email: string;
  attempts: number;
}
type Settled = Taken & { outcome: Outcome };

/** Marks the next that is due as being sent. What has changed about the account since it was addressed counts. */
function take(tx: Tx, id: string): Taken | { skipped: true } | null {
  const announcement = tx.select().from(announcements).where(eq(announcements.id, id)).get();
  if (announcement?.state !== "sending") return null;
  const row = tx
    .select({ user: announcementMails.userId, attempts: announcementMails.attempts })
    .from(announcementMails)
    .where(
      and(
        eq(announcementMails.announcementId, id),
        eq(announcementMails.status, "queued"),
        lte(announcementMails.dueAt, Date.now()),
      ),
    )
    .orderBy(asc(announcementMails.dueAt))
    .limit(1)
    .get();
  if (!row) return null;
  const account = tx.select().from(users).where(eq(users.id, row.user)).get();
  const left = tx.select().from(announcementOptouts).where(eq(announcementOptouts.userId, row.user)).get();
  const why = !account || isShut(account) ? SHUT : account.emailVerifiedAt === null ? UNVERIFIED : left && OPTED_OUT;
  if (!account || why) {
    write(tx, id, row.user, { status: "skipped", answer: why || SHUT });
    count(tx, id, "skipped", 1);
    return { skipped: true };
  }
  write(tx, id, row.user, { status: "sending", attempts: row.attempts + 1 });
  return { announcement, user: row.user, email: account.email, attempts: row.attempts + 1 };
}

function settle(tx: Tx, id: string, { user, attempts, outcome: { result, answer } }: Settled, retryAt: number): void {
  if (result === "later" && attempts < ATTEMPTS) {
    write(tx, id, user, { status: "queued", answer, dueAt: retryAt });
    return;
  }
  const status = result === "sent" ? "sent" : result === "unknown" ? "unknown" : "failed";
  write(tx, id, user, { status, answer });
  count(tx, id, status, 1);
}

function write(tx: Tx, id: string, user: string, change: Partial<typeof announcementMails.$inferInsert>): void {
  tx.update(announcementMails)
    .set({ dueAt: Date.now(), ...change })
    .where(and(eq(announcementMails.announcementId, id), eq(announcementMails.userId, user)))
    .run();
}

function count(tx: Tx, id: string, what: "sent" | "failed" | "unknown" | "skipped", n: number): void {
  tx.update(announcements)
    .set({ [what]: sql`${announcements[what]} + ${n}` })
    .where(eq(announcements.id, id))
    .run();
}

async function send({ announcement, user, email }: Taken, signal: AbortSignal): Promise<Outcome> {
  const { mail, origin } = env();
  if (!mail) return { result: "later", answer: "There is no mail server." };
  const { hostname, host } = new URL(origin);
  const stop = unsubscribeUrl(user);
  const because = `You get this because you have an account at ${host}.`;
  const octets = await compose(
    {
      // One for each announcement and account, however often it is tried.
      messageId: `<${announcement.id}.${user}@${hostname}>`,
      recipient: email,
      subject: announcement.title,
      text: `${announcement.body}\n\n-- \n${because} No more of these: ${stop}`,
      html: `${htmlOfRich(richOf(announcement.body))}<p>${because} <a href="${stop}">No more of these</a></p>`,
      headers: { "List-Unsubscribe": `<${stop}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
      createdAt: announcement.startsAt ?? Date.now(),
    },
    mail.from,
    null,
  );
  return deliver(mail.server, { from: mail.from.address, to: email }, octets, signal);
}

/** False while some wait for another time. */
function finish(id: string): boolean {
  return transaction((tx) => {
    const one = tx.select({ state: announcements.state }).from(announcements).where(eq(announcements.id, id)).get();
    if (one?.state !== "sending") return true;
    const waiting = tx
      .select({ at: min(announcementMails.dueAt) })
      .from(announcementMails)
      .where(and(eq(announcementMails.announcementId, id), inArray(announcementMails.status, ["queued", "sending"])))
      .get();
    if (waiting?.at != null) return false;
    tx.update(announcements).set({ state: "sent" }).where(eq(announcements.id, id)).run();
    return true;
  });
}

async function breath(signal: Attempt["signal"]): Promise<void> {
  signal.throwIfAborted();
  await new Promise((resolve) => setImmediate(resolve));
}
