/** The link with which whoever reads a mail stops more of its kind, signed in or not (RFC 8058). It does nothing else. */
import { createHmac } from "node:crypto";
import { eq } from "drizzle-orm";
import { transaction } from "#db/client.ts";
import { announcementOptouts, users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { deriveKey, sameSecret } from "#lib/crypto/secret.ts";
import { env } from "#lib/env.ts";
import { singleton } from "#lib/singleton.ts";

const key = () => singleton("unsubscribe-key", () => deriveKey("announcements.unsubscribe"));
const proofOf = (userId: string): string => createHmac("sha256", key()).update(userId).digest("base64url");

const tokenOf = (userId: string): string => `${userId}.${proofOf(userId)}`;

/** Where a mail program posts to by itself; whoever opens it comes to a page that asks. */
export const unsubscribeUrl = (userId: string): string => `${env().origin}/unsubscribe/${tokenOf(userId)}`;

/** Once more is as good as once. */
export function unsubscribe(token: string, actor: Actor): { done: true } {
  const [userId = "", proof = ""] = token.split(".");
  if (!sameSecret(proof, proofOf(userId))) throw wrong();
  transaction((tx) => {
    const account = tx.select({ id: users.id, email: users.email }).from(users).where(eq(users.id, userId)).get();
    if (!account) throw wrong();
    tx.insert(announcementOptouts).values({ userId, at: Date.now() }).onConflictDoNothing().run();
    audit(tx, actor, {
      target: { type: "account", id: userId, label: account.email },
      after: { announcementsByMail: false },
    });
  });
  return { done: true };
}

const wrong = () =>
  new Problem(
    "wrong_token",
    "This link does not work any more. Sign in, and switch announcements off in your settings.",
  );
