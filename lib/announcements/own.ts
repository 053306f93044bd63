/** Announcements as those read them whom they are for: the banners that show, what there was, and whether by mail too. */
import { and, desc, eq, gt, inArray, isNotNull, lte, or, sql } from "drizzle-orm";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import { prepared, remembered } from "#db/hot.ts";
import { announcementDismissals, announcementOptouts, announcements } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { type Audience, defaultRoleId, type Facts, factsOf, isAmong } from "./audience.ts";
import { richOf } from "./rich.ts";

type Person = Actor & { id: string };

/** At most so many banners stand above each other. */
const BANNERS = 3;
const PER_PAGE = 20;
/** Of others among them so many are passed over for a page. */
const LOOKED_AT = 2_000;
const AT_ONCE = 200;

/** Those that may show now or later. Read again only when something was written. */
const live = remembered((_: "all") => {
  const out = and(
    inArray(announcements.state, ["scheduled", "sending", "sent"]),
    eq(announcements.banner, 1),
    gt(announcements.endsAt, Date.now()),
    isNotNull(announcements.startsAt),
  );
  const rows = db().select().from(announcements).where(out).orderBy(desc(announcements.startsAt)).all();
  return { byDefault: rows.length > 0 ? defaultRoleId() : undefined, rows: rows.map(plain) };
});

/** What stands above every page. With nothing to say it asks the database nothing; otherwise for what was closed, by its key. */
export function bannersFor(actor: Person) {
  const { rows, byDefault } = live("all");
  const now = Date.now();
  const showing = rows.filter(({ startsAt, endsAt }) => startsAt <= now && now < (endsAt ?? 0));
  if (showing.length === 0) return [];
  const closed = new Set(
    dismissed()
      .all({ user: actor.id })
      .map(({ id }) => id),
  );
  let facts: Facts | undefined;
  return showing
    .filter(({ id }) => !closed.has(id))
    .filter(({ audience }) => {
      if (audience.kind === "everyone") return true;
      facts ??= factsOf(actor.id, actor.grants.grants);
      return isAmong(audience, facts, byDefault);
    })
    .slice(0, BANNERS)
    .map(({ id, title, body }) => ({ id, title, rich: richNow(body) }));
}

const richNow = remembered(richOf);

const dismissed = prepared((handle) =>
  handle
    .select({ id: announcementDismissals.announcementId })
    .from(announcementDismissals)
    .where(eq(announcementDismissals.userId, sql.placeholder("user")))
    .prepare(),
);

/** Where a page begins: after what went out at this moment, with this id. */
export const place = z
  .string()
  .regex(/^\d{1,16}\.[\w-]{1,40}$/, "This is no part of the list: begin again with the newest.");

/** What was announced to one, newest first, a page at a time. Where little of much is for one, a page may be short, and the next one goes on. */
export function ownAnnouncements(after: string | undefined, actor: Person) {
  const isFor = reaching(actor);
  const shown: string[] = [];
  let at = after;
  for (let looked = 0; looked < LOOKED_AT; looked += AT_ONCE) {
    const rows = outAfter(at, AT_ONCE);
    for (const row of rows) {
      if (shown.length === PER_PAGE) return { items: texts(shown), next: at ?? null };
      at = `${row.startsAt}.${row.id}`;
      if (isFor(row.audience)) shown.push(row.id);
    }
    if (rows.length < AT_ONCE) return { items: texts(shown), next: null };
  }
  return { items: texts(shown), next: at ?? null };
}

const isOut = (now = Date.now()) =>
  or(
    inArray(announcements.state, ["sending", "sent"]),
    and(eq(announcements.state, "scheduled"), lte(announcements.startsAt, now)),
  );

/** Whom they are for is read without what they say. */
function outAfter(after: string | undefined, most: number) {
  const [at = "", id = ""] = after?.split(".") ?? [];
  const older =
    after === undefined ? undefined : sql`(${announcements.startsAt}, ${announcements.id}) < (${Number(at)}, ${id})`;
  return db()
    .select({ id: announcements.id, audience: announcements.audience, startsAt: announcements.startsAt })
    .from(announcements)
    .where(and(isOut(), isNotNull(announcements.startsAt), older))
    .orderBy(desc(announcements.startsAt), desc(announcements.id))
    .limit(most)
    .all();
}

function reaching(actor: Person): (audience: string) => boolean {
  const facts = factsOf(actor.id, actor.grants.grants);
  const byDefault = defaultRoleId();
  return (audience) => isAmong(JSON.parse(audience) as Audience, facts, byDefault);
}

const texts = (ids: readonly string[]) =>
  db()
    .select()
    .from(announcements)
    .where(inArray(announcements.id, [...ids]))
    .orderBy(desc(announcements.startsAt), desc(announcements.id))
    .all()
    .map(({ id, title, body, startsAt }) => ({ id, title, rich: richOf(body), at: startsAt ?? 0 }));

/** It stays closed, on every device. */
export function dismiss(id: string, actor: Person): { dismissed: string } {
  const found = db()
    .select({ title: announcements.title, audience: announcements.audience })
    .from(announcements)
    .where(and(eq(announcements.id, id), isOut()))
    .get();
  if (!found || !reaching(actor)(found.audience)) throw notFound("announcement");
  transaction((tx) => {
    const row = { userId: actor.id, announcementId: id, at: Date.now() };
    tx.insert(announcementDismissals).values(row).onConflictDoNothing().run();
    audit(tx, actor, { target: { type: "announcement", id, label: found.title }, after: { dismissed: true } });
  });
  return { dismissed: id };
}

export const wantsMail = (userId: string): boolean =>
  !db().select().from(announcementOptouts).where(eq(announcementOptouts.userId, userId)).get();

export function setWantsMail(mail: boolean, actor: Person): { mail: boolean } {
  transaction((tx) => {
    const before = wantsMail(actor.id);
    if (before === mail) return;
    if (mail) tx.delete(announcementOptouts).where(eq(announcementOptouts.userId, actor.id)).run();
    else tx.insert(announcementOptouts).values({ userId: actor.id, at: Date.now() }).run();
    audit(tx, actor, {
      target: { type: "account", id: actor.id, label: actor.label },
      before: { announcementsByMail: before },
      after: { announcementsByMail: mail },
    });
  });
  return { mail };
}

const plain = ({ id, title, body, audience, startsAt, endsAt }: typeof announcements.$inferSelect) => ({
  id,
  title,
  body,
  audience: JSON.parse(audience) as Audience,
  startsAt: startsAt ?? 0,
  endsAt,
});
