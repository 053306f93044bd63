/** Announcements as staff write them: a draft, a time, and what became of it. */
import { and, eq, inArray, lte, sql } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import { announcementMails, announcements, users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { type Audience, AudienceInput, conditionOf, toAudience, toInput } from "./audience.ts";
import { sendAnnouncement } from "./delivery.ts";
import { richOf } from "./rich.ts";

const DAY = 86_400_000;
/** A banner that says no end has one. */
const BANNER_DAYS = 30;

export const content = {
  title: z
    .string()
    .trim()
    .min(1, "Enter a title.")
    .max(150, "A title has at most 150 characters.")
    .regex(/^\P{Cc}*$/u, "A title is one line."),
  body: z.string().trim().min(1, "Write something.").max(20_000, "A text has at most 20,000 characters."),
  audience: AudienceInput,
  banner: z.boolean(),
  mail: z.boolean(),
  /** Until when the banner shows (milliseconds); null: thirty days. */
  endsAt: z.number().int().nullable().default(null),
};
const Content = z.object(content);
type Content = z.output<typeof Content>;

type Row = typeof announcements.$inferSelect;

export const states = ["draft", "scheduled", "sending", "sent", "cancelled"] as const;

const list = {
  from: announcements,
  id: announcements.id,
  sorts: { createdAt: announcements.createdAt, title: announcements.title },
};

export function listAnnouncements(query: KeyedQuery & { state?: (typeof states)[number] | undefined }) {
  const conditions = [
    query.state && { where: eq(announcements.state, query.state) },
    query.q ? { where: sql`${announcements.title} like ${likeAnywhere(query.q)} escape '\\'` } : undefined,
  ].filter((one) => typeof one === "object");
  return readKeyed(list, query, { conditions }, (ids) =>
    db().select().from(announcements).where(inArray(announcements.id, ids)).all().map(summaryOf),
  );
}

export function openAnnouncement(id: string, { privacy }: Actor) {
  const row = load(db(), id);
  const audience = JSON.parse(row.audience) as Audience;
  const author = row.createdBy
    ? db().select({ name: users.name }).from(users).where(eq(users.id, row.createdBy)).get()
    : undefined;
  return {
    ...summaryOf(row),
    body: row.body,
    rich: richOf(row.body),
    audience: toInput(audience, privacy),
    author: author?.name ?? null,
    unsettled: unsettledOf(id),
  };
}

const summaryOf = ({ audience, banner, mail, reached, createdBy, body, ...row }: Row) => ({
  ...row,
  banner: banner === 1,
  mail: mail === 1,
  audienceKind: (JSON.parse(audience) as Audience).kind,
});

/** Those that somebody has to look at, 100 at most: the mail server may or may not have taken them, or would not. */
const unsettledOf = (id: string) =>
  db()
    .select({
      user: users.id,
      email: users.email,
      status: announcementMails.status,
      answer: announcementMails.answer,
    })
    .from(announcementMails)
    .innerJoin(users, eq(users.id, announcementMails.userId))
    .where(and(eq(announcementMails.announcementId, id), inArray(announcementMails.status, ["unknown", "failed"])))
    .limit(100)
    .all();

export function createAnnouncement(given: Content, actor: Actor): { id: string } {
  assertUseful(given);
  return transaction((tx) => {
    const now = Date.now();
    const id = newId(now);
    const row = { ...columnsOf(given), state: "draft" as const, createdBy: actor.id, createdAt: now, updatedAt: now };
    tx.insert(announcements)
      .values({ id, ...row })
      .run();
    audit(tx, actor, { ...targetOf({ id, title: given.title }), after: given });
    return { id };
  });
}

/** What has gone out stays as people read it. What changes nothing leaves no entry. */
export function editAnnouncement(id: string, given: Content, actor: Actor): { id: string } {
  assertUseful(given);
  return transaction((tx) => {
    const before = load(tx, id);
    assertNotOut(before, "changed");
    const columns = columnsOf(given);
    const endsAt = before.startsAt === null ? columns.endsAt : endOf(columns, before.startsAt);
    if (before.startsAt !== null && endsAt !== null && endsAt <= before.startsAt)
      throw invalid({ endsAt: "Its banner would have ended before it begins." });
    const change = { ...columns, endsAt };
    if (Object.entries(change).every(([name, value]) => before[name as keyof typeof before] === value)) return { id };
    tx.update(announcements)
      .set({ ...change, updatedAt: Date.now() })
      .where(eq(announcements.id, id))
      .run();
    audit(tx, actor, {
      ...targetOf(before),
      before: { title: before.title, body: before.body, audience: JSON.parse(before.audience) },
      after: given,
    });
    return { id };
  });
}

/** At once, or at a time to come. */
export function sendAt(id: string, at: number | null, actor: Actor): { id: string } {
  return transaction((tx) => {
    const row = load(tx, id);
    assertNotOut(row, "sent again");
    const now = Date.now();
    if (at !== null && at > now + 366 * DAY) throw invalid({ at: "Choose a time within a year." });
    const startsAt = Math.max(at ?? now, now);
    if (row.endsAt !== null && row.endsAt <= startsAt) throw invalid({ at: "Its banner would have ended by then." });
    tx.update(announcements)
      .set({ state: "scheduled", startsAt, endsAt: endOf(row, startsAt), updatedAt: now })
      .where(eq(announcements.id, id))
      .run();
    audit(tx, actor, { ...targetOf(row), before: { state: row.state }, after: { state: "scheduled", startsAt } });
    if (startsAt <= now) begin(tx, { ...row, startsAt });
    return { id };
  });
}

/** What is due goes out. Its banner needs nothing more; its mail is a job. */
export function startDue(now: number): void {
  transaction((tx) => {
    const due = and(eq(announcements.state, "scheduled"), lte(announcements.startsAt, now));
    for (const row of tx.select().from(announcements).where(due).all()) begin(tx, row);
  });
}

function begin(tx: Tx, { id, mail }: Pick<Row, "id" | "mail" | "startsAt">): void {
  const state = mail === 1 ? ("sending" as const) : ("sent" as const);
  tx.update(announcements).set({ state }).where(eq(announcements.id, id)).run();
  if (mail === 1) sendAnnouncement.enqueue(tx, { announcement: id });
}

/** Its banner goes at once, and mails that have not left never do. */
export function cancelAnnouncement(id: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const row = load(tx, id);
    if (row.state === "draft" || row.state === "cancelled")
      throw new Problem("conflict", "It is not on its way, so there is nothing to cancel.");
    tx.update(announcements).set({ state: "cancelled", updatedAt: Date.now() }).where(eq(announcements.id, id)).run();
    audit(tx, actor, { ...targetOf(row), before: { state: row.state }, after: { state: "cancelled" } });
    return { id };
  });
}

/** What nobody has read. */
export function removeAnnouncement(id: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const row = load(tx, id);
    if (row.state !== "draft" && !(row.state === "cancelled" && row.total === 0))
      throw new Problem("conflict", "This has gone out. Cancel it instead, so that it stays known what was said.");
    tx.delete(announcements).where(eq(announcements.id, id)).run();
    audit(tx, actor, { ...targetOf(row), before: { title: row.title, body: row.body } });
    return { id };
  });
}

/** Counted up to here. */
const COUNTED = 10_000;

/** How it will look, and how many accounts it is for. */
export function preview(given: Pick<Content, "body" | "audience">) {
  const condition = conditionOf(toAudience(given.audience));
  const { n } = db().get<{ n: number }>(
    sql`select count(*) as n from (select 1 from ${users} where ${condition} limit ${COUNTED + 1})`,
  );
  return { rich: richOf(given.body), accounts: Math.min(n, COUNTED), more: n > COUNTED };
}

/** Some mails of one that nobody knows about, or that failed, are tried again: those of these accounts. */
export function retryMails(id: string, userIds: readonly string[], actor: Actor): { queued: number } {
  return transaction((tx) => {
    const row = load(tx, id);
    if (row.state === "cancelled") throw new Problem("conflict", "It was cancelled.");
    const again = tx
      .select({ user: announcementMails.userId, status: announcementMails.status })
      .from(announcementMails)
      .where(
        and(
          eq(announcementMails.announcementId, id),
          inArray(announcementMails.userId, [...userIds]),
          inArray(announcementMails.status, ["unknown", "failed"]),
        ),
      )
      .all();
    for (const { user } of again)
      tx.update(announcementMails)
        .set({ status: "queued", attempts: 0, dueAt: Date.now() })
        .where(and(eq(announcementMails.announcementId, id), eq(announcementMails.userId, user)))
        .run();
    if (again.length === 0) return { queued: 0 };
    const of = (status: string) => again.filter((one) => one.status === status).length;
    tx.update(announcements)
      .set({ state: "sending", unknown: row.unknown - of("unknown"), failed: row.failed - of("failed") })
      .where(eq(announcements.id, id))
      .run();
    sendAnnouncement.enqueue(tx, { announcement: id });
    audit(tx, actor, { ...targetOf(row), after: { triedAgain: again.map(({ user }) => user) } });
    return { queued: again.length };
  });
}

const columnsOf = ({ audience, banner, mail, endsAt, ...rest }: Content) => ({
  ...rest,
  audience: JSON.stringify(toAudience(audience)),
  banner: Number(banner),
  mail: Number(mail),
  endsAt: banner ? endsAt : null,
});

/** One that says no end has its days from when it begins. */
const endOf = ({ banner, endsAt }: Pick<Row, "banner" | "endsAt">, startsAt: number): number | null =>
  banner === 1 ? (endsAt ?? startsAt + BANNER_DAYS * DAY) : null;

function assertUseful({ banner, mail, endsAt }: Content): void {
  if (!banner && !mail) throw invalid({ banner: "Choose a banner, a mail, or both." });
  if (banner && endsAt !== null && endsAt <= Date.now()) throw invalid({ endsAt: "Choose a time to come." });
}

function assertNotOut(row: Row, done: string): void {
  if (row.state === "draft" || row.state === "scheduled") return;
  throw new Problem("conflict", `This has gone out or was cancelled, and cannot be ${done}.`);
}

function load(tx: DbOrTx, id: string): Row {
  const row = tx.select().from(announcements).where(eq(announcements.id, id)).get();
  if (!row) throw notFound("announcement");
  return row;
}

const targetOf = ({ id, title }: Pick<Row, "id" | "title">) => ({ target: { type: "announcement", id, label: title } });
