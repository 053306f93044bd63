/** Sign-in by e-mail and password: one answer and one comparison, whatever was wrong. */
import { eq } from "drizzle-orm";
import { db } from "#db/client.ts";
import { users } from "#db/schema/index.ts";
import { systemActor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { comparePassword } from "./password.ts";
import { createSession } from "./session.ts";
import { assertNotLocked, clearFailures, forgiveOne, recordFailure, signInLimits } from "./throttle.ts";

export interface SignInRequest {
  email: string;
  password: string;
  address: string;
  userAgent: string;
}

/** Returns the new session's id, or null when e-mail and password do not fit. Throws `rate_limited`. */
export async function signInWithPassword(request: SignInRequest): Promise<string | null> {
  const email = request.email.trim().toLowerCase().slice(0, 320);
  const limits = signInLimits(email, request.address);
  assertNotLocked(limits);
  const user = db().select().from(users).where(eq(users.email, email)).get();
  // Counted before the comparison: a burst of parallel guesses is as many failures, however long each comparison takes.
  recordFailure(limits);
  const matches = await comparePassword(request.password, user?.passwordHash ?? null);
  if (!user || !matches || user.suspendedAt !== null) {
    refuse(email, request.address);
    return null;
  }
  clearFailures(limits[0].key);
  forgiveOne(limits[1]);
  return createSession({
    userId: user.id,
    address: request.address,
    userAgent: request.userAgent,
    method: "password",
    mfa: false,
  });
}

function refuse(email: string, address: string): void {
  audit(
    db(),
    { ...systemActor("auth.signIn", email || "anonymous"), type: "anonymous", address },
    { target: { type: "account", id: null, label: email }, outcome: "refused" },
  );
}

export const tooManyComparisons = (error: unknown): error is Problem =>
  error instanceof Problem && error.code === "rate_limited";
