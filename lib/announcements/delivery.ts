/**
 * The mails of an announcement: a row for each account first, window by window, then each on its way, a few at once. Rows are
 * marked, some in one transaction, before their mails leave: so after a crash nobody gets one twice, and those that were marked
 * are shown as unknown.
 */
import { and, asc, eq, gt, inArray, lte, min, sql } from "drizzle-orm";
import * as z from "zod";
import { type Tx, transaction } from "#db/client.ts";
import { announcementMails, announcementOptouts, announcements, users } from "#db/schema/index.ts";
import { env } from "#lib/env.ts";
import { type Attempt, jobKind } from "#lib/jobs/queue.ts";
import { compose } from "#lib/mail/message.ts";
import { type Line, type Outcome, openLine } from "#lib/mail/smtp.ts";
import { killHere } from "#lib/test-hook.ts";
import { isShut } from "#lib/users/shut.ts";
import { type Audience, conditionOf } from "./audience.ts";
import { htmlOfRich, richOf } from "./rich.ts";
import { unsubscribeUrl } from "./unsubscribe.ts";

/** Accounts that are looked at in one transaction. */
const WINDOW = 500;
/** Mails that are under way at once, each on a connection of its own that is kept. */
const AT_ONCE = 6;
/** Rows that are marked in one transaction. With those under way, all that nobody knows about after a crash. */
const MARKED = 24;
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
    await sendAll(id, signal, retryAt);
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

/** Until nothing is due. What became of mails is written with the next ones' marks. */
async function sendAll(id: string, signal: AbortSignal, retryAt: number): Promise<void> {
  const { mail } = env();
  if (!mail) return;
  let marked: Taken[] = [];
  let settled: Settled[] = [];
  let broken = false;
  const turn = (most: number): boolean => {
    const { due, taken } = transaction((tx) => {
      for (const one of settled) settle(tx, id, one, retryAt);
      return take(tx, id, most);
    });
    settled = [];
    marked.push(...taken);
    return due > 0;
  };
  const carry = async () => {
    const line = openLine(mail.server);
    try {
      while (!signal.aborted && !broken) {
        if (marked.length === 0 && !turn(MARKED)) return;
        const next = marked.shift();
        if (!next) {
          await breath(signal);
          continue;
        }
        killHere("announcing");
        const outcome = await send(line, mail.from, next, signal);
        killHere("announced");
        settled.push(signal.aborted && outcome.result === "later" ? { ...next, outcome: null } : { ...next, outcome });
      }
    } catch (error) {
      broken = true;
      throw error;
    } finally {
      line.close();
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, carry));
  settled.push(...marked.map((one) => ({ ...one, outcome: null })));
  marked = [];
  turn(0);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

interface Letter {
  announcement: Announcement;
  html: string;
}
interface Taken {
  letter: Letter;
  user: string;
  email: string;
  attempts: number;
}
/** Without an outcome: it was never tried. */
type Settled = Taken & { outcome: Outcome | null };

/** Marks the next that are due as being sent. What has changed about an account since it was addressed counts. */
function take(tx: Tx, id: string, most: number): { due: number; taken: Taken[] } {
  const announcement = tx.select().from(announcements).where(eq(announcements.id, id)).get();
  if (announcement?.state !== "sending") return { due: 0, taken: [] };
  const letter = { announcement, html: htmlOfRich(richOf(announcement.body)) };
  const due = tx
    .select({
      user: announcementMails.userId,
      attempts: announcementMails.attempts,
      account: users,
      left: announcementOptouts.userId,
    })
    .from(announcementMails)
    .innerJoin(users, eq(users.id, announcementMails.userId))
    .leftJoin(announcementOptouts, eq(announcementOptouts.userId, announcementMails.userId))
    .where(
      and(
        eq(announcementMails.announcementId, id),
        eq(announcementMails.status, "queued"),
        lte(announcementMails.dueAt, Date.now()),
      ),
    )
    .orderBy(asc(announcementMails.dueAt))
    .limit(most)
    .all();
  const taken: Taken[] = [];
  for (const { user, attempts, account, left } of due) {
    const why = isShut(account)
      ? SHUT
      : account.emailVerifiedAt === null
        ? UNVERIFIED
        : left === null
          ? null
          : OPTED_OUT;
    if (why) write(tx, id, user, { status: "skipped", answer: why });
    else {
      write(tx, id, user, { status: "sending", attempts: attempts + 1 });
      taken.push({ letter, user, email: account.email, attempts: attempts + 1 });
    }
  }
  if (taken.length < due.length) count(tx, id, "skipped", due.length - taken.length);
  return { due: due.length, taken };
}

function settle(tx: Tx, id: string, { user, attempts, outcome }: Settled, retryAt: number): void {
  if (!outcome) {
    write(tx, id, user, { status: "queued", attempts: attempts - 1 });
    return;
  }
  const { result, answer } = outcome;
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

async function send(
  line: Line,
  from: { name: string; address: string },
  { letter: { announcement, html }, user, email }: Taken,
  signal: AbortSignal,
): Promise<Outcome> {
  const { hostname, host } = new URL(env().origin);
  const stop = unsubscribeUrl(user);
  const because = `You get this because you have an account at ${host}.`;
  const octets = await compose(
    {
      // One for each announcement and account, however often it is tried.
      messageId: `<${announcement.id}.${user}@${hostname}>`,
      recipient: email,
      subject: announcement.title,
      text: `${announcement.body}\n\n-- \n${because} No more of these: ${stop}`,
      html: `${html}<p>${because} <a href="${stop}">No more of these</a></p>`,
      headers: { "List-Unsubscribe": `<${stop}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
      createdAt: announcement.startsAt ?? Date.now(),
    },
    from,
    null,
  );
  return line.send({ from: from.address, to: email }, octets, signal);
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
