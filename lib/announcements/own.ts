/** Announcements as those read them whom they are for: the banners that show, what there was, and whether by mail too. */
import { and, desc, eq, gt, inArray, isNotNull, or, sql } from "drizzle-orm";
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
const LISTED = 200;

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

/** Everything that was announced to one, newest first. */
export function ownAnnouncements(actor: Person) {
  const now = Date.now();
  const out = or(
    inArray(announcements.state, ["sending", "sent"]),
    and(eq(announcements.state, "scheduled"), sql`${announcements.startsAt} <= ${now}`),
  );
  const facts = factsOf(actor.id, actor.grants.grants);
  const byDefault = defaultRoleId();
  return db()
    .select()
    .from(announcements)
    .where(out)
    .orderBy(desc(announcements.startsAt))
    .limit(LISTED)
    .all()
    .map(plain)
    .filter(({ audience }) => isAmong(audience, facts, byDefault))
    .map(({ id, title, body, startsAt }) => ({ id, title, rich: richOf(body), at: startsAt }));
}

/** It stays closed, on every device. */
export function dismiss(id: string, actor: Person): { dismissed: string } {
  const found = ownAnnouncements(actor).find((one) => one.id === id);
  if (!found) throw notFound("announcement");
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
  const before = wantsMail(actor.id);
  transaction((tx) => {
    if (mail) tx.delete(announcementOptouts).where(eq(announcementOptouts.userId, actor.id)).run();
    else tx.insert(announcementOptouts).values({ userId: actor.id, at: Date.now() }).onConflictDoNothing().run();
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
