/** Signing in, and confirming that it is you, with a passkey. */

import { eq } from "drizzle-orm";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import { sessions, users } from "#db/schema/index.ts";
import { type Actor, systemActor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import type { AccountActor } from "#lib/api/guards.ts";
import type { Cookies } from "#lib/api/request.ts";
import { audit } from "#lib/audit/audit.ts";
import type { Asked } from "#lib/auth/challenges.ts";
import { confirmSession } from "#lib/auth/confirm.ts";
import { takeRequest } from "#lib/auth/request-limit.ts";
import { beginSession } from "#lib/auth/sign-in.ts";
import { assertNotLocked, forgiveOne, networkOf, recordFailure, signInLimits } from "#lib/auth/throttle.ts";
import { isClosed } from "#lib/users/shut.ts";
import { passkeyByCredential, passkeyRefused, passkeysOf, usePasskey } from "./passkeys.ts";
import { Assertion } from "./shapes.ts";
import { Refused, requestOptions, verifyAssertion } from "./webauthn.ts";

export interface PasskeySignIn {
  /** JSON of an `Assertion`. */
  response: string;
  /** The account that was named, if one was: the passkey has to be its. */
  email: string;
  cookies: Cookies;
  address: string;
  userAgent: string;
}

/** What the browser is asked is the same for everybody: it says nothing about who has an account, or a passkey. */
export function optionsToSignIn(actor: Actor, cookies: Cookies | undefined) {
  assertNotFlooding(actor.address ?? "unknown");
  return requestOptions({ purpose: "passkey.signIn", userId: null, cookies });
}

/** Returns the new session's id, or null when the answer proves nothing. Throws `rate_limited`. */
export async function signInWithPasskey(request: PasskeySignIn): Promise<string | null> {
  const email = request.email.trim().toLowerCase().slice(0, 320);
  const [, network] = signInLimits(email, request.address);
  assertNotLocked([network]);
  recordFailure([network]);
  const asked: Asked = { purpose: "passkey.signIn", userId: null, cookies: request.cookies };
  let claimed: { id: string; email: string } | undefined;
  try {
    const { credential, proof } = await verifyAssertion(assertionOf(request.response), asked, (id) => {
      const found = passkeyByCredential(id);
      claimed = found && accountOf(found.userId);
      return found;
    });
    const sid = transaction((tx) => {
      const { userId } = usePasskey(tx, credential.id, proof);
      const account = tx.select().from(users).where(eq(users.id, userId)).get();
      if (!account || isClosed(tx, account)) throw new Refused("the account is suspended or about to be deleted");
      if (email !== "" && email !== account.email) throw new Refused("the passkey of another account than was named");
      return beginSession(tx, account, request, { method: "passkey", mfa: proof.userVerified });
    });
    forgiveOne(network);
    return sid;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const label = claimed?.email ?? (email || "anonymous");
    audit(
      db(),
      { ...systemActor("auth.signIn", label), type: "anonymous", address: request.address },
      {
        target: { type: "account", id: claimed?.id ?? null, label },
        outcome: "refused",
        after: { method: "passkey", reason: error.message },
      },
    );
    return null;
  }
}

/** What the browser is asked of an account that is signed in: one of its own passkeys. */
export const optionsToConfirm = (actor: AccountActor, cookies: Cookies | undefined) =>
  requestOptions({ purpose: "passkey.confirm", userId: actor.id, cookies }, passkeysOf(actor.id));

/**
 * Makes the session fresh. It has then seen a second factor if the passkey verified its user, or if the session began with a
 * password: something one knows, and something one has.
 */
export async function confirmWithPasskey(
  actor: AccountActor,
  response: Assertion,
  cookies: Cookies | undefined,
): Promise<{ confirmedAt: number }> {
  const [, network] = signInLimits(actor.label, actor.address ?? "unknown");
  assertNotLocked([network]);
  recordFailure([network]);
  const target = { type: "account", id: actor.id, label: actor.label };
  const asked: Asked = { purpose: "passkey.confirm", userId: actor.id, cookies };
  try {
    const { credential, proof } = await verifyAssertion(response, asked, passkeyByCredential);
    const confirmedAt = transaction((tx) => {
      const { name } = usePasskey(tx, credential.id, proof);
      const own = eq(sessions.id, actor.sessionId ?? "");
      const byPassword = tx.select({ method: sessions.method }).from(sessions).where(own).get()?.method === "password";
      audit(tx, actor, { target, after: { passkey: name, userVerified: proof.userVerified } });
      return confirmSession(tx, actor, proof.userVerified || byPassword);
    });
    forgiveOne(network);
    return { confirmedAt };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    audit(db(), actor, { target, outcome: "refused", after: { reason: error.message } });
    throw passkeyRefused(error);
  }
}

const accountOf = (id: string) =>
  db().select({ id: users.id, email: users.email }).from(users).where(eq(users.id, id)).get();

function assertionOf(text: string): Assertion {
  try {
    return Assertion.parse(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    throw new Refused("the answer cannot be read", { cause: error });
  }
}

/** Everybody may ask, and each question is a row for five minutes: as many as one network can need, and no flood of them. */
function assertNotFlooding(address: string): void {
  const { exceeded, reset } = takeRequest(`passkey-questions:${networkOf(address)}`, 120, 60);
  if (!exceeded) return;
  throw new Problem("rate_limited", "Too many people are signing in just now. Try again in a minute.", {
    retryAfter: reset,
  });
}
