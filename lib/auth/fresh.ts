/** Whether the person behind a session proved who they are just now: what cannot be undone asks for it. */
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";

/** How long a sign-in or confirmation counts as fresh. */
const FRESH_MS = 10 * 60_000;

/** Throws `confirmation_required` unless the actor's proof is fresh. Tokens never are; the panel itself always is. */
export function assertFresh(actor: Actor): void {
  if (actor.type === "system" || Date.now() - actor.confirmedAt <= FRESH_MS) return;
  throw new Problem("confirmation_required", "Confirm that it is you first.");
}
