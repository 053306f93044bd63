/** The first account: made once, with a token that only whoever started the panel has seen. */
import { transaction } from "#db/client.ts";
import { ROOT_ADMIN } from "#lib/access/roles.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { hashPassword } from "#lib/auth/password.ts";
import { assertNotLocked, recordFailure, setupLimit } from "#lib/auth/throttle.ts";
import { hashToken, randomToken, sameSecret } from "#lib/crypto/secret.ts";
import { env } from "#lib/env.ts";
import { ensureBuiltInRoles, giveRole, roleByName } from "#lib/roles/roles.ts";
import { setSetting, setting } from "#lib/settings/settings.ts";
import { insertAccount, type NewAccount } from "#lib/users/users.ts";

export const isSetUp = (): boolean => setting("setup.completed_at") !== null;

/** A fresh token for this start, kept as a hash; null once an account has ever held `*`. */
export function issueSetupToken(): string | null {
  return transaction((tx) => {
    ensureBuiltInRoles(tx);
    if (setting("setup.completed_at", tx) !== null) return null;
    const token = env().setupToken ?? randomToken();
    setSetting("setup.token_hash", hashToken(token), tx);
    return token;
  });
}

/** Makes the first account. Two at once: one wins, the other gets `already_set_up`. */
export async function setUp(input: NewAccount & { token: string }, actor: Actor) {
  assertOpen();
  const limit = setupLimit(actor.address ?? "unknown");
  assertNotLocked([limit]);
  const expected = setting("setup.token_hash");
  if (expected === null || !sameSecret(hashToken(input.token), expected)) {
    recordFailure([limit]);
    throw new Problem(
      "wrong_token",
      "This set-up link is not valid. Use the one that the panel printed when it was last started.",
    );
  }
  const passwordHash = await hashPassword(input.password, input);
  return transaction((tx) => {
    assertOpen();
    const account = insertAccount(tx, { name: input.name, email: input.email, passwordHash }, actor);
    const role = roleByName(ROOT_ADMIN, tx);
    if (!role) throw new Error("the role rootAdmin is missing");
    giveRole(tx, account.id, role.id);
    setSetting("setup.token_hash", null, tx);
    return { ...account, roles: [ROOT_ADMIN] };
  });
}

function assertOpen(): void {
  if (isSetUp()) throw new Problem("already_set_up", "This panel is set up. Sign in instead.");
}
