/** Who is behind a token that a request shows. A token that does not hold is refused, and nothing else is tried instead. */
import { eq } from "drizzle-orm";
import { db } from "#db/client.ts";
import { tokens, users } from "#db/schema/index.ts";
import { compileGrants } from "#lib/access/permissions.ts";
import { lowerGrants } from "#lib/access/token.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { type Allowance, takeRequest } from "#lib/auth/request-limit.ts";
import { assertNotLocked, type Limit, networkOf, recordFailure } from "#lib/auth/throttle.ts";
import { hasSecondFactor } from "#lib/factors/held.ts";
import { inNetworks } from "#lib/networks.ts";
import { standingOf } from "#lib/roles/roles.ts";
import { setting } from "#lib/settings/settings.ts";
import { networksOf, rightsOf, type TokenRow, tokenLabel } from "./rights.ts";
import { hashOf, isSecret } from "./secret.ts";

/** The last use is written at most this often. */
const USED_EVERY = 60_000;

interface Request {
  address: string;
  requestId: string;
}

/** What the request shows as its token, if it shows one. */
export function presentedToken(headers: Headers): string | null {
  const bearer = /^bearer(?:\s+(.*))?$/i
    .exec(headers.get("authorization")?.trim() ?? "")
    ?.slice(1, 2)
    .join("");
  const key = headers.get("x-api-key")?.trim();
  if (bearer !== undefined && key !== undefined && bearer !== key)
    throw new Problem("unauthenticated", "This request shows two API tokens. Send one.");
  return bearer ?? key ?? null;
}

/** The actor, and what is left of the token's requests. Throws `unauthenticated` or `rate_limited`. */
export function actorOfToken(
  secret: string,
  request: Request,
): { actor: Actor; allowance: Allowance; visibleAt: number | null } {
  const found = isSecret(secret) ? byHash(hashOf(secret)) : undefined;
  const refusal = found
    ? whyNot(found, request.address)
    : "This API token is not known here. It may have been revoked.";
  if (!found || refusal !== null) throw refused(found?.token, refusal ?? "", request);
  const { token, email } = found;
  const allowance = takeRequest(`token-requests:${token.id}`, setting("limits.requests_per_token"), 60);
  if (!allowance.exceeded) touch(token, request.address);
  const rights = rightsOf(token);
  const standing = standingOf(token.userId);
  const actor: Actor = {
    type: "token",
    id: token.userId,
    label: `${email} (${tokenLabel(token)})`,
    grants: compileGrants(lowerGrants(standing.grants, rights)),
    token: { id: token.id, rights },
    sessionId: null,
    confirmedAt: 0,
    mfa: standing.requiresMfa && !hasSecondFactor(token.userId) ? "missing" : "open",
    action: "",
    ...request,
  };
  return { actor, allowance, visibleAt: token.visibleAt };
}

const byHash = (hash: string) =>
  db()
    .select({ token: tokens, email: users.email, suspendedAt: users.suspendedAt, deletionDueAt: users.deletionDueAt })
    .from(tokens)
    .innerJoin(users, eq(users.id, tokens.userId))
    .where(eq(tokens.tokenHash, hash))
    .get();

function whyNot(found: NonNullable<ReturnType<typeof byHash>>, address: string): string | null {
  const { token } = found;
  if (found.suspendedAt !== null) return "The account of this API token is suspended.";
  if (found.deletionDueAt !== null) return "The account of this API token is about to be deleted.";
  if (token.expiresAt !== null && token.expiresAt <= Date.now()) return "This API token has expired.";
  const networks = networksOf(token);
  if (networks.length > 0 && !inNetworks(address, networks))
    return `This API token cannot be used from ${address}: it is for other networks.`;
  return null;
}

/**
 * A refusal counts against the network it came from, and is noted while that is not locked. What a network that guesses
 * is told does not depend on the guess; tokens that hold are not asked about the lock, so one wrong script locks nobody out.
 */
function refused(token: TokenRow | undefined, message: string, request: Request): Problem {
  const limit = guessLimit(request.address);
  try {
    assertNotLocked([limit]);
  } catch (locked) {
    return locked as Problem;
  }
  recordFailure([limit]);
  const nobody = { type: "anonymous", id: null, label: "anonymous", action: "tokens.use" } as const;
  const actor: Actor = {
    ...nobody,
    grants: compileGrants([]),
    sessionId: null,
    confirmedAt: 0,
    mfa: "open",
    ...request,
  };
  // What was shown is not written down: it may be a password, or a token with a slip in it.
  const label = token ? tokenLabel(token) : "an unknown token";
  const target = { type: "token", id: token?.id ?? null, label };
  audit(db(), actor, { target, outcome: "refused", after: { reason: message } });
  return new Problem("unauthenticated", message);
}

/** 20 free failures for a network, then 30 s, 1 min, 2 min … up to 15 minutes. */
const guessLimit = (address: string): Limit => ({
  key: `token:${networkOf(address)}`,
  free: 20,
  lockSeconds: (n) => Math.min(900, 30 * 2 ** (n - 1)),
  forgetSeconds: 3600,
});

function touch(token: TokenRow, address: string): void {
  const now = Date.now();
  if (token.lastUsedAt !== null && now - token.lastUsedAt < USED_EVERY) return;
  db().update(tokens).set({ lastUsedAt: now, lastUsedAddress: address }).where(eq(tokens.id, token.id)).run();
}
