/** An account's passkeys: listing, adding, renaming and removing them, and using one. */
import { and, asc, count, eq } from "drizzle-orm";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import { passkeys, sessions, users } from "#db/schema/index.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import type { AccountActor } from "#lib/api/guards.ts";
import type { Cookies } from "#lib/api/request.ts";
import { audit } from "#lib/audit/audit.ts";
import { assertFactorStays, assertMayEnrol, forgetShown, tell } from "#lib/factors/factors.ts";
import { newId } from "#lib/id.ts";
import { asOfNow } from "#lib/roles/gate.ts";
import type { Attestation } from "./shapes.ts";
import { takeWayIn } from "./ways-in.ts";
import { creationOptions, type Proof, passkeysAvailable, Refused, verifyAttestation } from "./webauthn.ts";

export type PasskeyRow = typeof passkeys.$inferSelect;

/** More than anybody has; a ceiling for what one account can store. */
const MOST = 20;

const summary = ({ id, name, synced, createdAt, lastUsedAt }: PasskeyRow) => ({
  id,
  name,
  synced: synced === 1,
  createdAt,
  lastUsedAt,
});

export const passkeysOf = (userId: string, tx: DbOrTx = db()): PasskeyRow[] =>
  tx
    .select()
    .from(passkeys)
    .where(eq(passkeys.userId, userId))
    .orderBy(asc(passkeys.createdAt), asc(passkeys.id))
    .all();

export const passkeyByCredential = (credentialId: string, tx: DbOrTx = db()): PasskeyRow | undefined =>
  tx.select().from(passkeys).where(eq(passkeys.credentialId, credentialId)).get();

export function ownPasskeys(userId: string) {
  const password = accountOf(db(), userId).passwordHash !== null;
  return { items: passkeysOf(userId).map(summary), password, available: passkeysAvailable() };
}

/** What the browser needs to make one. */
export function optionsToAdd(actor: AccountActor, cookies: Cookies | undefined) {
  assertMayEnrol(actor);
  return creationOptions(accountOf(db(), actor.id), passkeysOf(actor.id), cookies);
}

/** Registers what the browser made. A credential that is known, here or at another account, is left as it is. */
export async function addPasskey(
  actor: AccountActor,
  name: string,
  response: Attestation,
  cookies: Cookies | undefined,
) {
  try {
    const made = await verifyAttestation(response, { purpose: "passkey.add", userId: actor.id, cookies });
    return transaction((tx) => insertPasskey(tx, actor, name, made));
  } catch (error) {
    const problem = error instanceof Refused ? passkeyRefused(error) : error;
    if (!(problem instanceof Problem)) throw problem;
    const reason = error instanceof Refused ? error.message : problem.code;
    audit(db(), actor, { target: accountTarget(actor), outcome: "refused", after: { reason } });
    throw problem;
  }
}

function insertPasskey(
  tx: Tx,
  actor: AccountActor,
  name: string,
  { userVerified, ...made }: Awaited<ReturnType<typeof verifyAttestation>>,
) {
  // The session may have been ended while the key was looked at.
  asOfNow(tx, actor, []);
  assertMayEnrol(actor, tx);
  if (passkeyByCredential(made.credentialId, tx))
    throw new Problem(
      "already_exists",
      "This passkey is registered already. Choose another device or password manager.",
    );
  if ((tx.select({ n: count() }).from(passkeys).where(eq(passkeys.userId, actor.id)).get()?.n ?? 0) >= MOST)
    throw new Problem("conflict", `An account has at most ${MOST} passkeys. Remove one first.`);
  const now = Date.now();
  const row = {
    ...made,
    id: newId(now),
    userId: actor.id,
    name,
    synced: made.synced ? 1 : 0,
    backedUp: made.backedUp ? 1 : 0,
    createdAt: now,
    lastUsedAt: null,
  };
  tx.insert(passkeys).values(row).run();
  // Whoever it verified has just shown both factors.
  if (userVerified && actor.sessionId)
    tx.update(sessions).set({ mfa: 1 }).where(eq(sessions.id, actor.sessionId)).run();
  audit(tx, actor, { target: target(row), after: { name, synced: made.synced } });
  tell(tx, actor, `The passkey “${name}” was added`);
  return summary(row);
}

export function renamePasskey(actor: AccountActor, id: string, name: string) {
  return transaction((tx) => {
    const row = ownPasskey(tx, actor, id);
    tx.update(passkeys).set({ name }).where(eq(passkeys.id, id)).run();
    audit(tx, actor, { target: target(row), before: { name: row.name }, after: { name } });
    return summary({ ...row, name });
  });
}

/** Any but the last way in, and the last second factor where a role asks for one. */
export function removePasskey(actor: AccountActor, id: string): void {
  transaction((tx) => {
    const row = ownPasskey(tx, actor, id);
    takeWayIn(tx, actor, () => void tx.delete(passkeys).where(eq(passkeys.id, id)).run());
    assertFactorStays(tx, actor.id);
    forgetShown(tx, actor.id);
    audit(tx, actor, { target: target(row), before: { name: row.name } });
    tell(tx, actor, `The passkey “${row.name}” was removed`);
  });
}

/**
 * Notes that a passkey was used, in the transaction of what it was used for. Throws `Refused` if it was removed meanwhile,
 * or if its counter did not rise: then there may be a copy of it (WebAuthn Level 3 §6.1.1).
 */
export function usePasskey(tx: Tx, id: string, { counter, backedUp }: Proof): PasskeyRow {
  const row = tx.select().from(passkeys).where(eq(passkeys.id, id)).get();
  if (!row) throw new Refused("the passkey was removed");
  if ((counter > 0 || row.counter > 0) && counter <= row.counter)
    throw new Refused(`the counter went from ${row.counter} to ${counter}: there may be a copy of the passkey`);
  const used = { counter, backedUp: backedUp ? 1 : 0, lastUsedAt: Date.now() };
  tx.update(passkeys).set(used).where(eq(passkeys.id, id)).run();
  return { ...row, ...used };
}

/** One sentence for whatever was wrong with an answer. */
export const passkeyRefused = (cause: Refused): Problem =>
  new Problem("passkey_refused", "That did not work with this passkey. Try again.", {}, cause);

function accountOf(tx: DbOrTx, userId: string) {
  const row = tx.select().from(users).where(eq(users.id, userId)).get();
  if (!row) throw notFound("account");
  return row;
}

function ownPasskey(tx: Tx, actor: AccountActor, id: string): PasskeyRow {
  const row = tx
    .select()
    .from(passkeys)
    .where(and(eq(passkeys.id, id), eq(passkeys.userId, actor.id)))
    .get();
  if (!row) throw notFound("passkey");
  return row;
}

const target = ({ id, name }: { id: string; name: string }) => ({ type: "passkey", id, label: name });
const accountTarget = ({ id, label }: AccountActor) => ({ type: "account", id, label });
