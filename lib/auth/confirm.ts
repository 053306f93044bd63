/** Step-up: proving once more who one is, in a session that has lasted a while. */
import { eq } from "drizzle-orm";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { sessions, users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { showFactor } from "#lib/factors/factors.ts";
import { totpOf } from "#lib/factors/totp.ts";
import { comparePassword } from "./password.ts";
import { assertNotLocked, clearFailures, recordFailure, signInLimits } from "./throttle.ts";

type Person = Actor & { id: string };

/** By password, and by a code as well where two-step sign-in is on. Guesses count like guesses at sign-in. */
export async function confirmByPassword(
  actor: Person,
  password: string,
  code: string,
): Promise<{ confirmedAt: number }> {
  const user = db().select().from(users).where(eq(users.id, actor.id)).get();
  if (!user?.passwordHash) throw invalid({ password: "This account has no password. Use a passkey." });
  const twoSteps = totpOf(user.id) !== null;
  if (twoSteps && code.trim() === "") throw invalid({ code: "Enter a code of your authenticator app." });
  const [pair] = signInLimits(user.email, actor.address ?? "unknown");
  assertNotLocked([pair]);
  recordFailure([pair]);
  const target = { type: "account", id: user.id, label: user.email };
  if (!(await comparePassword(password, user.passwordHash))) {
    audit(db(), actor, { target, outcome: "refused" });
    throw invalid({ password: "This is not your password." });
  }
  clearFailures(pair.key);
  if (twoSteps && !showFactor(actor, code))
    throw invalid({ code: "This code is not right, or it was used already. Try the next one." });
  return transaction((tx) => {
    const confirmedAt = confirmSession(tx, actor, twoSteps);
    audit(tx, actor, { target, after: { with: twoSteps ? "password and second factor" : "password" } });
    return { confirmedAt };
  });
}

/** Notes on the session that its person proved who they are just now, and whether with a second factor. */
export function confirmSession(tx: DbOrTx, actor: Person, mfa: boolean): number {
  const confirmedAt = Date.now();
  const { changes } = tx
    .update(sessions)
    .set({ confirmedAt, ...(mfa && { mfa: 1 }) })
    .where(eq(sessions.id, actor.sessionId ?? ""))
    .run();
  // It may have been ended while the password was compared.
  if (changes === 0) throw new Problem("unauthenticated", "Your session has ended. Sign in again.");
  return confirmedAt;
}
