/** Whether a session is one still: asked with every request, and again of whoever had to wait. */
import { and, eq, gt, sql } from "drizzle-orm";
import { prepared } from "#db/hot.ts";
import { sessions, users } from "#db/schema/index.ts";
import { isShut } from "#lib/users/shut.ts";

/** A session that nobody used for so many days has ended. */
export const IDLE_DAYS = 7;
const DAY = 86_400_000;

const sessionById = prepared((handle) =>
  handle
    .select({
      id: sessions.id,
      userId: users.id,
      email: users.email,
      suspendedAt: users.suspendedAt,
      deletionDueAt: users.deletionDueAt,
      lastSeenAt: sessions.lastSeenAt,
      confirmedAt: sessions.confirmedAt,
      mfa: sessions.mfa,
      visibleAt: sessions.visibleAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sessions.id, sql.placeholder("sid")),
        gt(sessions.expiresAt, sql.placeholder("now")),
        gt(sessions.lastSeenAt, sql.placeholder("seenAfter")),
      ),
    )
    .prepare(),
);

/** With what is known of its account; undefined where it has ended or expired, or its account is shut. */
export function liveSession(sid: string) {
  const now = Date.now();
  const row = sessionById().get({ sid, now, seenAfter: now - IDLE_DAYS * DAY });
  return row && !isShut(row) ? row : undefined;
}

/** Whether the session has neither ended nor expired, and its account is open. */
export const isLive = (sid: string): boolean => liveSession(sid) !== undefined;
