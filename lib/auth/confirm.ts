/** Step-up: proving once more who one is, in a session that has lasted a while. */
import { eq } from "drizzle-orm";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { sessions, users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { showFactor, WRONG_CODE } from "#lib/factors/factors.ts";
import { totpOf } from "#lib/factors/held.ts";
import { comparePassword } from "./password.ts";
import { assertNotLocked, clearFailures, recordFailure, signInLimits } from "./throttle.ts";

type Person = Actor & { id: string };

/**
 * By password, and by a code as well where two-step sign-in is on; by a code alone where there is no password. Guesses count
 * like guesses at sign-in.
 */
export async function confirmByPassword(
  actor: Person,
  given: { password: string; code: string },
): Promise<{ confirmedAt: number }> {
  const user = db().select().from(users).where(eq(users.id, actor.id)).get();
  if (!user) throw notFound("account");
  const twoSteps = totpOf(user.id) !== null;
  if (!user.passwordHash && !twoSteps)
    throw invalid({ password: "Your account has no password. Confirm with a passkey." });
  if (twoSteps && given.code.trim() === "") throw invalid({ code: "Enter a code of your authenticator app." });
  if (user.passwordHash) await assertPassword(actor, user, given.password);
  if (twoSteps && showFactor(actor, user, given.code) !== "right") throw invalid({ code: WRONG_CODE });
  return transaction((tx) => {
    const confirmedAt = confirmSession(tx, actor, twoSteps);
    audit(tx, actor, {
      target: { type: "account", id: user.id, label: user.email },
      after: { password: user.passwordHash !== null, secondFactor: twoSteps },
    });
    return { confirmedAt };
  });
}

async function assertPassword(
  actor: Person,
  user: { id: string; email: string; passwordHash: string | null },
  password: string,
): Promise<void> {
  const [pair] = signInLimits(user.email, actor.address ?? "unknown");
  assertNotLocked([pair]);
  recordFailure([pair]);
  if (!(await comparePassword(password, user.passwordHash))) {
    audit(db(), actor, { target: { type: "account", id: user.id, label: user.email }, outcome: "refused" });
    throw invalid({ password: "This is not your password." });
  }
  clearFailures(pair.key);
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
