/** What people think of a release: once each, answered by staff. */
import { and, desc, eq, gt, inArray, sql } from "drizzle-orm";
import * as z from "zod";
import { db, type Tx, transaction } from "#db/client.ts";
import { feedback, users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { among, type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { tell } from "#lib/mail/news.ts";
import { searchingAbout } from "#lib/staff/find.ts";
import { release } from "#lib/version.ts";

const WEEK = 7 * 86_400_000;
const SHOWN_WEEKS = 26;

export const said = {
  rating: z.number().int().min(1, "Choose 1 to 5.").max(5, "Choose 1 to 5."),
  message: z.string().trim().max(4000, "A message has at most 4,000 characters.").default(""),
};

type Row = typeof feedback.$inferSelect;

/** What one said, newest first, and whether one has yet to say something about this release. */
export function ownFeedback(userId: string) {
  const items = db()
    .select()
    .from(feedback)
    .where(eq(feedback.userId, userId))
    .orderBy(desc(feedback.createdAt))
    .limit(100)
    .all()
    .map(({ userId: _, repliedBy: __, status: ___, updatedAt: ____, ...row }) => row);
  return { release, open: !items.some((item) => item.release === release), items };
}

export function giveFeedback(
  given: { rating: number; message: string },
  actor: Actor & { id: string },
): { id: string } {
  return transaction((tx) => {
    const before = and(eq(feedback.userId, actor.id), eq(feedback.release, release));
    if (tx.select({ id: feedback.id }).from(feedback).where(before).get())
      throw new Problem(
        "already_exists",
        "You have said what you think of this release. Thank you; the next one asks again.",
      );
    const now = Date.now();
    const id = newId(now);
    tx.insert(feedback)
      .values({ id, userId: actor.id, release, ...given, createdAt: now, updatedAt: now })
      .run();
    audit(tx, actor, { target: { type: "feedback", id, label: release }, after: { rating: given.rating } });
    return { id };
  });
}

export const statuses = ["new", "seen", "planned", "done", "declined"] as const;

const list = {
  from: feedback,
  id: feedback.id,
  sorts: { createdAt: feedback.createdAt, rating: feedback.rating },
};

export function listFeedback(query: KeyedQuery & { status?: Row["status"] | undefined; rating?: number | undefined }) {
  const { found, condition } = searchingAbout(
    { kind: "feedback", ...list, user: feedback.userId, words: feedback.message },
    query.q,
  );
  const conditions = [
    condition,
    query.status === undefined ? undefined : among(feedback, eq(feedback.status, query.status)),
    query.rating === undefined ? undefined : among(feedback, eq(feedback.rating, query.rating)),
  ];
  const page = readKeyed(list, query, { conditions, found }, (ids) =>
    db()
      .select({ row: feedback, name: users.name, email: users.email })
      .from(feedback)
      .innerJoin(users, eq(users.id, feedback.userId))
      .where(inArray(feedback.id, ids))
      .all()
      .map(({ row, name, email }) => ({ ...row, name, email })),
  );
  return { ...page, trend: trend() };
}

export function openFeedback(id: string) {
  const row = load(db(), id);
  const author = nameOf(row.userId);
  return {
    ...row,
    name: author?.name ?? "",
    email: author?.email ?? "",
    repliedBy: row.repliedBy === null ? null : (nameOf(row.repliedBy)?.name ?? null),
  };
}

const nameOf = (id: string) =>
  db().select({ name: users.name, email: users.email }).from(users).where(eq(users.id, id)).get();

/** What has it already is left as it is, without an entry. */
export function setStatus(id: string, status: Row["status"], actor: Actor): { id: string } {
  return transaction((tx) => {
    const row = load(tx, id);
    if (row.status === status) return { id };
    tx.update(feedback).set({ status, updatedAt: Date.now() }).where(eq(feedback.id, id)).run();
    audit(tx, actor, { target: targetOf(row), before: { status: row.status }, after: { status } });
    return { id };
  });
}

/** The author reads it on their page, and in a mail. */
export function reply(id: string, text: string, actor: Actor & { id: string }): { id: string } {
  return transaction((tx) => {
    const row = load(tx, id);
    const now = Date.now();
    const status = row.status === "new" ? "seen" : row.status;
    tx.update(feedback)
      .set({ reply: text, repliedBy: actor.id, repliedAt: now, status, updatedAt: now })
      .where(eq(feedback.id, id))
      .run();
    tell(tx, row.userId, "feedback-reply", {
      subject: "An answer to your feedback",
      text: `You wrote about release ${row.release}:\n\n${row.message || `${row.rating} of 5`}\n\nThe answer:\n\n${text}`,
    });
    audit(tx, actor, { target: targetOf(row), before: { replied: row.reply !== null }, after: { replied: true } });
    return { id };
  });
}

export function removeFeedback(id: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const row = load(tx, id);
    tx.delete(feedback).where(eq(feedback.id, id)).run();
    audit(tx, actor, { target: targetOf(row), before: { rating: row.rating, status: row.status } });
    return { id };
  });
}

/** By week, of the last half year. */
const trend = () =>
  db()
    .select({
      // A number that is bound is not whole to SQLite, and neither would be what it divides.
      week: sql<number>`${feedback.createdAt} / ${sql.raw(String(WEEK))} * ${sql.raw(String(WEEK))}`.as("week"),
      n: sql<number>`count(*)`,
      average: sql<number>`avg(${feedback.rating})`,
    })
    .from(feedback)
    .where(gt(feedback.createdAt, Date.now() - SHOWN_WEEKS * WEEK))
    .groupBy(sql`week`)
    .orderBy(sql`week`)
    .all();

function load(tx: Pick<Tx, "select">, id: string): Row {
  const row = tx.select().from(feedback).where(eq(feedback.id, id)).get();
  if (!row) throw notFound("feedback");
  return row;
}

const targetOf = ({ id, release: of }: Row) => ({ type: "feedback", id, label: of });
