/** Whoever asked for work that is done later: looked up again, with what they may do by now. */
import { eq } from "drizzle-orm";
import * as z from "zod";
import { db } from "#db/client.ts";
import { tokens, users } from "#db/schema/index.ts";
import { compileGrants } from "#lib/access/permissions.ts";
import { lowerGrants } from "#lib/access/token.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { isLive } from "#lib/auth/live-session.ts";
import { hasSecondFactor } from "#lib/factors/held.ts";
import { standingOf } from "#lib/roles/roles.ts";
import { isShut } from "#lib/users/shut.ts";
import { rightsOf, tokenLabel } from "./rights.ts";

const Stored = z.object({
  id: z.string(),
  token: z.string().nullable(),
  mfa: z.enum(["shown", "open", "missing"]),
  action: z.string(),
  address: z.string().nullable(),
  requestId: z.string().nullable(),
});

/** What a row keeps of an actor: who it is, and nothing of what it may do. */
export const storedActor = ({ id, token, mfa, action, address, requestId }: Actor): string =>
  JSON.stringify({ id, token: token?.id ?? null, mfa, action, address, requestId });

/** The actor as it is now; null if the account is shut, or the token revoked or over, or a factor is owed by now. */
export const actorAgain = (stored: string): (Actor & { id: string }) | null =>
  actorNow(Stored.parse(JSON.parse(stored)));

/** The same of an actor that had to wait, whose session has to be there still. The panel itself can what it could. Throws `forbidden` instead. */
export function stillThere<A extends Actor>(actor: A): A {
  if (actor.id === null || (actor.type !== "user" && actor.type !== "token")) return actor;
  // Jobs and tokens have no session that could end.
  const signedIn = actor.sessionId === null || isLive(actor.sessionId);
  const again = signedIn ? actorAgain(storedActor(actor)) : null;
  if (!again) throw new Problem("forbidden", "The account, session or token that asked for this may not act any more.");
  const { grants, token } = again;
  return { ...actor, grants, ...(token && { token }) };
}

/** The same of an actor that is kept in columns. */
export function actorNow({ token: tokenId, mfa, ...rest }: z.infer<typeof Stored>): (Actor & { id: string }) | null {
  const user = db()
    .select({ email: users.email, suspendedAt: users.suspendedAt, deletionDueAt: users.deletionDueAt })
    .from(users)
    .where(eq(users.id, rest.id))
    .get();
  if (!user || isShut(user)) return null;
  const standing = standingOf(rest.id);
  const session = { ...rest, sessionId: null, confirmedAt: 0 };
  if (tokenId === null) {
    if (standing.requiresMfa && mfa !== "shown") return null;
    return { ...session, type: "user", label: user.email, grants: standing.held, mfa };
  }
  const token = db().select().from(tokens).where(eq(tokens.id, tokenId)).get();
  if (!token || token.userId !== rest.id || (token.expiresAt !== null && token.expiresAt <= Date.now())) return null;
  if (standing.requiresMfa && !hasSecondFactor(rest.id)) return null;
  const rights = rightsOf(token);
  return {
    ...session,
    type: "token",
    label: `${user.email} (${tokenLabel(token)})`,
    grants: compileGrants(lowerGrants(standing.grants, rights)),
    token: { id: token.id, rights },
    mfa: "open",
  };
}
