/** Whoever asked for a zone, with what they may do now: not what they might when they asked. */
import type { Actor } from "#lib/actor.ts";
import { hasSecondFactor } from "#lib/factors/held.ts";
import { actorNow } from "#lib/tokens/actor-again.ts";

/** Null where the account, or the token that it came through, can do nothing any more, or owes a second factor that it has not set up. */
export function claimantOf(claim: { claimedBy: string | null; tokenId: string | null }, action: string): Actor | null {
  const { claimedBy: id, tokenId: token } = claim;
  if (id === null) return null;
  return actorNow({
    id,
    token,
    mfa: hasSecondFactor(id) ? "shown" : "open",
    action,
    address: null,
    requestId: null,
  });
}
