/** What stands between the two steps of a sign-in: the password was right, and nothing is open yet. */
import { and, eq, gt, lte } from "drizzle-orm";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { challenges } from "#db/schema/index.ts";
import { hashToken, randomToken } from "#lib/crypto/secret.ts";
import { cookieName, hiddenCookieLine, readCookie } from "#lib/http/cookies.ts";
import { newId } from "#lib/id.ts";

const PURPOSE = "sign-in.factor";
const LIVES_S = 300;

export interface Ticket {
  /** Goes out in the answer, and comes back with the code. */
  id: string;
  /** A `Set-Cookie` line: without what it holds the ticket is worth nothing. */
  cookie: string;
}

/** For five minutes, for one account, in the browser that sent this `Cookie` header. */
export function openTicket(userId: string, sent: string): Ticket {
  const now = Date.now();
  const id = newId(now);
  // A second tab goes on with the same cookie, so that it does not end the first one's sign-in.
  const held = readCookie(sent, ticketCookie());
  const secret = held !== null && /^[\w-]{43}$/.test(held) ? held : randomToken();
  transaction((tx) => {
    tx.delete(challenges).where(lte(challenges.expiresAt, now)).run();
    tx.insert(challenges)
      .values({
        id,
        purpose: PURPOSE,
        userId,
        browserHash: hashToken(secret),
        createdAt: now,
        expiresAt: now + LIVES_S * 1000,
      })
      .run();
  });
  return { id, cookie: cookieLine(secret, LIVES_S) };
}

/** The account that a ticket is for, if it is of this browser and has not ended. */
export function ticketHolder(id: string, sent: string): string | null {
  const secret = readCookie(sent, ticketCookie());
  if (secret === null) return null;
  const row = db()
    .select({ userId: challenges.userId })
    .from(challenges)
    .where(
      and(
        eq(challenges.id, id),
        eq(challenges.purpose, PURPOSE),
        eq(challenges.browserHash, hashToken(secret)),
        gt(challenges.expiresAt, Date.now()),
      ),
    )
    .get();
  return row?.userId ?? null;
}

/** False if it had ended. */
export const closeTicket = (id: string, tx: DbOrTx = db()): boolean =>
  tx
    .delete(challenges)
    .where(and(eq(challenges.id, id), eq(challenges.purpose, PURPOSE)))
    .run().changes > 0;

/** Takes the cookie back. */
export const noTicketCookie = (): string => cookieLine("", 0);

const ticketCookie = (): string => cookieName("zonegate.ticket");

const cookieLine = (value: string, seconds: number): string => hiddenCookieLine(ticketCookie(), value, seconds);
