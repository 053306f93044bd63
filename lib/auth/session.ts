/** Sessions: a row each, looked up on every request. The cookie holds nothing but an encrypted session id. */
import { and, desc, eq, gt, ne } from "drizzle-orm";
import { decode, encode } from "next-auth/jwt";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { challenges, sessions } from "#db/schema/index.ts";
import { compileGrants } from "#lib/access/permissions.ts";
import type { Actor, Mfa } from "#lib/actor.ts";
import { deriveKey, hashToken } from "#lib/crypto/secret.ts";
import { cookieName, readCookie } from "#lib/http/cookies.ts";
import { newId } from "#lib/id.ts";
import { stage } from "#lib/log/stages.ts";
import { standingOf } from "#lib/roles/roles.ts";
import { cutEverywhere } from "#lib/servers/holders.ts";
import { singleton } from "#lib/singleton.ts";
import { withPrivacy } from "#lib/staff/privacy.ts";
import { deviceOf } from "./device.ts";
import { IDLE_DAYS, liveSession } from "./live-session.ts";

const DAY = 86_400_000;
export const SESSION_DAYS = 30;
/** `last_seen_at` is written at most this often. */
const SEEN_EVERY = 60_000;

export const sessionSecret = (): string => singleton("session-secret", () => deriveKey("next-auth").toString("hex"));
export const SESSION_COOKIE = "zonegate.session";
export const sessionCookie = (): string => cookieName(SESSION_COOKIE);

export const encodeSession = (sid: string): Promise<string> =>
  encode({ token: { sid }, secret: sessionSecret(), maxAge: (SESSION_DAYS * DAY) / 1000 });

export interface NewSession {
  userId: string;
  address: string;
  userAgent: string;
  method: "password" | "passkey";
  /** A second factor was shown, or a passkey that verified its user. */
  mfa: boolean;
}

export function createSession(input: NewSession, tx: DbOrTx = db()): string {
  const now = Date.now();
  const id = newId(now);
  tx.insert(sessions)
    .values({
      id,
      ...input,
      mfa: input.mfa ? 1 : 0,
      userAgent: input.userAgent.slice(0, 300),
      createdAt: now,
      lastSeenAt: now,
      confirmedAt: now,
      expiresAt: now + SESSION_DAYS * DAY,
    })
    .run();
  return id;
}

const nothing = compileGrants([]);

/** The actor behind a request's cookie; anonymous when there is none, or when its row is gone. */
export async function actorOf(headers: Headers, request: { address: string; requestId: string }): Promise<Actor> {
  const anonymous: Actor = {
    type: "anonymous",
    id: null,
    label: "anonymous",
    grants: nothing,
    sessionId: null,
    confirmedAt: 0,
    mfa: "open",
    action: "",
    ...request,
  };
  const cookie = readCookie(headers.get("cookie") ?? "", sessionCookie());
  const sid = cookie ? await sessionIdOf(cookie) : null;
  stage("cookie");
  const row = sid ? liveSession(sid) : undefined;
  if (!row) return anonymous;
  touch(row.id, row.lastSeenAt, request.address);
  stage("session");
  const standing = standingOf(row.userId);
  stage("standing");
  const mfa: Mfa = row.mfa === 1 ? "shown" : standing.requiresMfa ? "missing" : "open";
  const actor: Actor = {
    ...anonymous,
    type: "user",
    id: row.userId,
    label: row.email,
    grants: standing.held,
    sessionId: row.id,
    confirmedAt: row.confirmedAt,
    mfa,
  };
  return withPrivacy(actor, headers, row.visibleAt);
}

function touch(sid: string, lastSeenAt: number, address: string): void {
  const now = Date.now();
  if (now - lastSeenAt < SEEN_EVERY) return;
  db().update(sessions).set({ lastSeenAt: now, address }).where(eq(sessions.id, sid)).run();
}

/** Cookies kept opened. */
const OPENED = 2000;

/** A cookie that somebody else made, or that has expired, is no session. One that was opened is kept so, under its hash. */
async function sessionIdOf(cookie: string): Promise<string | null> {
  const opened = singleton("opened-cookies", () => new Map<string, { sid: string; until: number }>());
  const key = hashToken(cookie);
  const known = opened.get(key);
  if (known && known.until > Date.now()) return known.sid;
  opened.delete(key);
  try {
    const token = await decode({ token: cookie, secret: sessionSecret() });
    if (typeof token?.sid !== "string" || typeof token.exp !== "number") return null;
    const [oldest] = opened.keys();
    if (opened.size >= OPENED && oldest !== undefined) opened.delete(oldest);
    opened.set(key, { sid: token.sid, until: token.exp * 1000 });
    return token.sid;
  } catch {
    return null;
  }
}

/** An account's live sessions, the one in use last first. */
export function listSessions(userId: string, current: string | null) {
  const now = Date.now();
  const rows = db()
    .select()
    .from(sessions)
    .where(
      and(eq(sessions.userId, userId), gt(sessions.expiresAt, now), gt(sessions.lastSeenAt, now - IDLE_DAYS * DAY)),
    )
    .orderBy(desc(sessions.lastSeenAt))
    .all();
  return rows.map((row) => ({
    ...row,
    current: row.id === current,
    device: deviceOf(row.userAgent),
    mfa: row.mfa === 1,
  }));
}

/** Ends one of an account's sessions. False if there was none. */
export function endSession(userId: string, sid: string, tx: DbOrTx = db()): boolean {
  const ended = tx
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), eq(sessions.id, sid)))
    .run().changes;
  if (ended > 0) cutEverywhere(tx, userId);
  return ended > 0;
}

/**
 * Ends all of an account's sessions but one, and whatever sign-in is half done, with what nodes hold for it: the account is
 * shut, or who knew its password may not any more. Returns how many ended.
 */
export function endOtherSessions(userId: string, keep: string | null, tx: DbOrTx = db()): number {
  tx.delete(challenges).where(eq(challenges.userId, userId)).run();
  cutEverywhere(tx, userId);
  return tx
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), keep ? ne(sessions.id, keep) : undefined))
    .run().changes;
}

/** Sign-out: whoever holds the cookie may end its session. */
export function endSessionById(sid: string): void {
  transaction((tx) => {
    const ended = tx.delete(sessions).where(eq(sessions.id, sid)).returning({ user: sessions.userId }).get();
    if (ended) cutEverywhere(tx, ended.user);
  });
}
