/** Whoever asked for a zone, with what they may do now: not what they might when they asked. */
import { eq } from "drizzle-orm";
import { db } from "#db/client.ts";
import { tokens, users } from "#db/schema/index.ts";
import { compileGrants } from "#lib/access/permissions.ts";
import { lowerGrants } from "#lib/access/token.ts";
import type { Actor } from "#lib/actor.ts";
import { hasSecondFactor } from "#lib/factors/factors.ts";
import { standingOf } from "#lib/roles/roles.ts";
import { rightsOf, tokenLabel } from "#lib/tokens/rights.ts";

/** Null where the account, or the token that it came through, can do nothing any more. */
export function claimantOf(claim: { claimedBy: string | null; tokenId: string | null }, action: string): Actor | null {
  if (claim.claimedBy === null) return null;
  const account = db().select().from(users).where(eq(users.id, claim.claimedBy)).get();
  if (!account || account.suspendedAt !== null || account.deletionDueAt !== null) return null;
  const standing = standingOf(account.id);
  const actor: Actor = {
    type: "user",
    id: account.id,
    label: account.email,
    grants: standing.held,
    sessionId: null,
    confirmedAt: 0,
    mfa: standing.requiresMfa && !hasSecondFactor(account.id) ? "missing" : "open",
    action,
    address: null,
    requestId: null,
  };
  if (claim.tokenId === null) return actor;
  const token = db().select().from(tokens).where(eq(tokens.id, claim.tokenId)).get();
  if (!token || token.userId !== account.id || (token.expiresAt !== null && token.expiresAt <= Date.now())) return null;
  const rights = rightsOf(token);
  return {
    ...actor,
    type: "token",
    label: `${account.email} (${tokenLabel(token)})`,
    grants: compileGrants(lowerGrants(standing.grants, rights)),
    token: { id: token.id, rights },
  };
}
