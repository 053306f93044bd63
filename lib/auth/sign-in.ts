/** Sign-in by e-mail and password, in two steps where two-step sign-in is on: one answer and one comparison, whatever was wrong. */
import { eq } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { users } from "#db/schema/index.ts";
import { systemActor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { showFactor, WRONG_CODE } from "#lib/factors/factors.ts";
import { totpOf } from "#lib/factors/held.ts";
import { keepAfterAll } from "#lib/users/deletion.ts";
import { isClosed } from "#lib/users/shut.ts";
import { comparePassword } from "./password.ts";
import { createSession, type NewSession } from "./session.ts";
import { assertNotLocked, clearFailures, forgiveOne, recordFailure, signInLimits } from "./throttle.ts";
import { closeTicket, openTicket, type Ticket, ticketHolder } from "./ticket.ts";

/** Whoever asks, as far as it can be told. */
export interface Visitor {
  address: string;
  userAgent: string;
  /** The `Cookie` header. */
  cookies: string;
}

/** A session, or what the second step is asked with. */
export type SignedIn = { session: string } | { ticket: Ticket };

/** Null when e-mail and password do not fit. Throws `rate_limited`. */
export async function signInWithPassword(
  given: { email: string; password: string },
  visitor: Visitor,
): Promise<SignedIn | null> {
  const email = given.email.trim().toLowerCase().slice(0, 320);
  const limits = signInLimits(email, visitor.address);
  assertNotLocked(limits);
  const user = db().select().from(users).where(eq(users.email, email)).get();
  // Counted before the comparison: a burst of parallel guesses is as many failures, however long each comparison takes.
  recordFailure(limits);
  const matches = await comparePassword(given.password, user?.passwordHash ?? null);
  const signedIn = user && matches ? afterPassword(user, visitor) : null;
  if (signedIn === null) {
    refuse(email, visitor);
    return null;
  }
  clearFailures(limits[0].key);
  forgiveOne(limits[1]);
  return signedIn;
}

/** Null if the account is shut, or its password changed, while this one was compared. */
function afterPassword(compared: { id: string; passwordHash: string | null }, visitor: Visitor): SignedIn | null {
  return transaction((tx) => {
    const user = tx.select().from(users).where(eq(users.id, compared.id)).get();
    if (!user || isClosed(tx, user) || user.passwordHash !== compared.passwordHash) return null;
    if (totpOf(user.id, tx) !== null) return { ticket: openTicket(user.id, visitor.cookies) };
    return { session: beginSession(tx, user, visitor, { method: "password", mfa: false }) };
  });
}

/** The second step. Throws `invalid_input` when the code is not right, `unauthenticated` when one has to begin anew. */
export function signInWithFactor(given: { ticket: string; code: string }, visitor: Visitor): SignedIn {
  const userId = ticketHolder(given.ticket, visitor.cookies);
  const user = userId === null ? undefined : db().select().from(users).where(eq(users.id, userId)).get();
  if (!user || isClosed(db(), user) || totpOf(user.id) === null) throw anew();
  const actor = { ...systemActor("auth.signIn", user.email), type: "anonymous" as const, address: visitor.address };
  const shown = showFactor(actor, user, given.code.slice(0, 100));
  if (shown === "locked") closeTicket(given.ticket);
  if (shown !== "right") throw invalid({ code: WRONG_CODE });
  return transaction((tx) => {
    if (!closeTicket(given.ticket, tx)) throw anew();
    return { session: beginSession(tx, user, visitor, { method: "password", mfa: true }) };
  });
}

/** A session, and its entry in the audit log. Returns its id. */
export function beginSession(
  tx: Tx,
  account: { id: string; email: string; deletionDueAt: number | null },
  { address, userAgent }: Pick<Visitor, "address" | "userAgent">,
  how: Pick<NewSession, "method" | "mfa">,
): string {
  const kept = account.deletionDueAt !== null;
  if (kept) keepAfterAll(tx, account.id, "You signed in again.");
  const session = createSession({ userId: account.id, address, userAgent, ...how }, tx);
  audit(
    tx,
    { ...systemActor("auth.signIn", account.email), type: "user", id: account.id, address },
    {
      target: { type: "account", id: account.id, label: account.email },
      after: { ...how, ...(kept ? { deletionCancelled: true } : {}) },
    },
  );
  return session;
}

function refuse(email: string, { address }: Visitor): void {
  audit(
    db(),
    { ...systemActor("auth.signIn", email || "anonymous"), type: "anonymous", address },
    { target: { type: "account", id: null, label: email }, outcome: "refused" },
  );
}

const anew = () =>
  new Problem("unauthenticated", "That took too long, or too many codes were wrong. Enter your password again.");
