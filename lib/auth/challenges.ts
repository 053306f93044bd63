/** Challenges: rows that are answered once, for one purpose, from the browser they were given to, within five minutes. */
import { eq, lt } from "drizzle-orm";
import { db, transaction } from "#db/client.ts";
import { challenges } from "#db/schema/index.ts";
import type { Cookies } from "#lib/api/request.ts";
import { hashToken, randomToken } from "#lib/crypto/secret.ts";
import { cookieName, hiddenCookieLine, readCookie } from "#lib/http/cookies.ts";

export const CHALLENGE_MS = 5 * 60_000;

export interface Asked {
  purpose: "passkey.add" | "passkey.signIn" | "passkey.confirm";
  /** The account that alone may answer; null where that is what the answer tells. */
  userId: string | null;
  cookies: Cookies | undefined;
}

/** Makes a challenge, 256 random bits in base64url, and the browser's cookie if it has none. Sweeps those that have expired. */
export function openChallenge({ purpose, userId, cookies }: Asked): string {
  const challenge = randomToken();
  const browserHash = hashToken(browserOf(cookies));
  const createdAt = Date.now();
  transaction((tx) => {
    tx.delete(challenges).where(lt(challenges.expiresAt, createdAt)).run();
    tx.insert(challenges)
      .values({
        id: hashToken(challenge),
        purpose,
        userId,
        challenge,
        browserHash,
        createdAt,
        expiresAt: createdAt + CHALLENGE_MS,
      })
      .run();
  });
  return challenge;
}

/** Whether this was asked of this browser for this purpose. It never is a second time: reading removes it, right or wrong. */
export function takeChallenge(challenge: string, { purpose, userId, cookies }: Asked): boolean {
  const id = hashToken(challenge);
  const row = db().delete(challenges).where(eq(challenges.id, id)).returning().get();
  const browser = readCookie(cookies?.sent ?? "", browserCookie());
  return (
    row !== undefined &&
    browser !== null &&
    row.browserHash === hashToken(browser) &&
    row.purpose === purpose &&
    row.userId === userId &&
    row.expiresAt > Date.now()
  );
}

const browserCookie = (): string => cookieName("zonegate.browser");

/** What this browser holds and no other does. It ends with the browser. */
function browserOf(cookies: Cookies | undefined): string {
  const held = readCookie(cookies?.sent ?? "", browserCookie());
  if (held !== null && /^[\w-]{43}$/.test(held)) return held;
  const made = randomToken();
  cookies?.set.push(hiddenCookieLine(browserCookie(), made));
  return made;
}
