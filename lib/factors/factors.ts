/** The second factors of an account: what there is, setting one up, taking it away, and showing it. */
import { and, eq, ne } from "drizzle-orm";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import { sessions, users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { assertNotLocked, clearFailures, isLocked, type Limit, recordFailure } from "#lib/auth/throttle.ts";
import { type Place, seal, unseal } from "#lib/crypto/seal.ts";
import { queueMail } from "#lib/mail/outbox.ts";
import { standingOf } from "#lib/roles/roles.ts";
import { cutEverywhere } from "#lib/servers/holders.ts";
import { hasSecondFactor, passkeysOf, totpOf } from "./held.ts";
import { dropRecoveryCodes, makeRecoveryCodes, recoveryCodesLeft, spendRecoveryCode } from "./recovery-codes.ts";
import { dropTotp, keepTotp, newTotpSecret, spendTotp, stepOf, totpUri } from "./totp.ts";

/** How long somebody may take to scan a QR code and type what the app shows. */
const ENROLMENT_MS = 10 * 60_000;

/** Somebody in a session. */
type Person = Actor & { id: string };

type Account = { id: string; email: string };

/** Everything that an account can prove itself with. */
export function factorsOf(actor: Person) {
  const user = db().select({ hash: users.passwordHash }).from(users).where(eq(users.id, actor.id)).get();
  return {
    password: (user?.hash ?? null) !== null,
    totp: totpOf(actor.id),
    recoveryCodes: recoveryCodesLeft(actor.id),
    passkeys: passkeysOf(actor.id, db()),
    required: standingOf(actor.id).requiresMfa,
    shown: actor.mfa === "shown",
    mayEnrol: mayEnrol(actor, db()),
  };
}

/**
 * Whether a session may add a factor. One that owes a factor may not, where the account has one to show: whoever knows only
 * the password would otherwise pass by setting up another. A session that began with a passkey, which did not verify its
 * user, has shown that much: it owes no more than it can.
 */
function mayEnrol(actor: Person, tx: DbOrTx): boolean {
  if (actor.mfa !== "missing") return true;
  const own = eq(sessions.id, actor.sessionId ?? "");
  const byPasskey = tx.select({ method: sessions.method }).from(sessions).where(own).get()?.method === "passkey";
  return byPasskey ? totpOf(actor.id, tx) === null : !hasSecondFactor(actor.id, tx);
}

/** Throws `second_factor_required`. */
export function assertMayEnrol(actor: Person, tx: DbOrTx = db()): void {
  if (!mayEnrol(actor, tx))
    throw new Problem("second_factor_required", "Confirm with the second factor that your account has first.", {
      missing: "second factor",
    });
}

/** Call it after taking a factor away, in the same transaction: the last one stays while a role asks for it. */
export function assertFactorStays(tx: Tx, userId: string): void {
  if (standingOf(userId, tx).requiresMfa && !hasSecondFactor(userId, tx))
    throw new Problem(
      "conflict",
      "Your role asks for a second factor, and this is your last one. Add another first, such as a passkey.",
    );
}

/** A secret to put into an authenticator app. It counts for nothing until a code of it was shown, in this session. */
export function startTotp(actor: Person) {
  assertMayEnrol(actor);
  const secret = newTotpSecret();
  const expiresAt = Date.now() + ENROLMENT_MS;
  return {
    secret,
    uri: totpUri(secret, actor.label),
    enrolment: seal(JSON.stringify({ secret, expiresAt }), enrolmentPlace(actor)),
    expiresAt,
  };
}

/** Turns it on, in place of what was there. Answers the recovery codes if there were none. */
export function finishTotp(actor: Person, enrolment: string, code: string) {
  const secret = secretOf(actor, enrolment);
  const step = stepOf(secret, digitsOf(code));
  if (step === null) throw invalid({ code: "This is not the code that the app shows now. Try the next one." });
  return transaction((tx) => {
    assertMayEnrol(actor, tx);
    const replaced = totpOf(actor.id, tx) !== null;
    keepTotp(tx, actor.id, secret, step);
    const codes = recoveryCodesLeft(actor.id, tx) === 0 ? makeRecoveryCodes(tx, actor.id) : [];
    tx.update(sessions)
      .set({ mfa: 1 })
      .where(eq(sessions.id, actor.sessionId ?? ""))
      .run();
    const ended = endUnprovenSessions(tx, actor);
    audit(tx, actor, {
      target: { type: "account", id: actor.id, label: actor.label },
      before: { authenticator: replaced },
      after: { authenticator: true, sessionsEnded: ended, ...(codes.length > 0 && { recoveryCodes: codes.length }) },
    });
    tell(tx, actor, replaced ? "Your authenticator app was replaced" : "Two-step sign-in is on");
    return { recoveryCodes: codes, sessionsEnded: ended };
  });
}

/** Turns it off; its recovery codes go with it. */
export function removeTotp(actor: Person): void {
  transaction((tx) => {
    if (!dropTotp(tx, actor.id)) throw notFound("authenticator app");
    dropRecoveryCodes(tx, actor.id);
    assertFactorStays(tx, actor.id);
    forgetShown(tx, actor.id);
    audit(tx, actor, {
      target: { type: "account", id: actor.id, label: actor.label },
      before: { authenticator: true },
      after: { authenticator: false },
    });
    tell(tx, actor, "Two-step sign-in is off");
  });
}

/** Call it after taking a factor away: without one, what was shown is none any more. Were a role to ask for one, nobody would pass with it. */
export function forgetShown(tx: Tx, userId: string): void {
  if (!hasSecondFactor(userId, tx)) tx.update(sessions).set({ mfa: 0 }).where(eq(sessions.userId, userId)).run();
}

/** New codes in place of the old ones, which are worth nothing from then on. */
export function renewRecoveryCodes(actor: Person): string[] {
  return transaction((tx) => {
    if (totpOf(actor.id, tx) === null)
      throw new Problem("conflict", "Set up an authenticator app first: recovery codes stand in for it.");
    const before = recoveryCodesLeft(actor.id, tx);
    const codes = makeRecoveryCodes(tx, actor.id);
    audit(tx, actor, {
      target: { type: "account", id: actor.id, label: actor.label },
      before: { recoveryCodes: before },
      after: { recoveryCodes: codes.length },
    });
    tell(tx, actor, "You have new recovery codes");
    return codes;
  });
}

export const WRONG_CODE = "This code is not right, or it was used already. Try the next one.";

/** `locked`: that was one wrong code too many, and for a while no other is looked at. */
export type Shown = "right" | "wrong" | "locked";

/**
 * Shows a second factor: a code of the app, or a recovery code. Wrong ones are counted for the account, wherever they come
 * from, and noted. Throws `rate_limited`.
 */
export function showFactor(actor: Actor, account: Account, code: string): Shown {
  const limit = factorLimit(account.id);
  assertNotLocked([limit]);
  const digits = digitsOf(code);
  const byApp = /^\d{6}$/.test(digits);
  return transaction((tx) => {
    if (byApp ? spendTotp(tx, account.id, digits) : spendRecoveryCode(tx, account.id, code)) {
      clearFailures(limit.key);
      if (!byApp) noteRecovery(tx, actor, account);
      return "right";
    }
    audit(tx, actor, {
      target: { type: "account", id: account.id, label: account.email },
      outcome: "refused",
      after: { wrong: byApp ? "authenticator code" : "recovery code" },
    });
    recordFailure([limit]);
    return isLocked(limit) ? "locked" : "wrong";
  });
}

function noteRecovery(tx: Tx, actor: Actor, account: Account): void {
  const left = recoveryCodesLeft(account.id, tx);
  audit(
    tx,
    { ...actor, action: "factors.useRecoveryCode" },
    {
      target: { type: "account", id: account.id, label: account.email },
      before: { recoveryCodes: left + 1 },
      after: { recoveryCodes: left },
    },
  );
  tellAccount(
    tx,
    actor,
    account,
    "A recovery code was used",
    left === 0 ? "None is left." : `${left} of them ${left === 1 ? "is" : "are"} left.`,
  );
}

/** Tells by mail what was done to one's own account: whoever took a session should not go unnoticed. */
export const tell = (tx: Tx, actor: Person, what: string): void =>
  // Within a session the label is the account's e-mail address.
  tellAccount(tx, actor, { id: actor.id, email: actor.label }, what);

function tellAccount(tx: Tx, actor: Actor, { id, email }: Account, what: string, more = ""): void {
  queueMail(tx, {
    template: "security",
    userId: id,
    recipient: email,
    subject: what,
    text: [
      `${what} for your account ${email}, from the address ${actor.address ?? "unknown"}.${more && ` ${more}`}`,
      "If that was you, there is nothing to do. If it was not, change your password and end all other sessions under Settings, Security, or ask whoever runs this panel.",
    ].join("\n\n"),
  });
}

/** The account's other sessions that began with the password alone. Returns how many ended. */
function endUnprovenSessions(tx: Tx, actor: Person): number {
  const ended = tx
    .delete(sessions)
    .where(and(eq(sessions.userId, actor.id), eq(sessions.mfa, 0), ne(sessions.id, actor.sessionId ?? "")))
    .run().changes;
  if (ended > 0) cutEverywhere(tx, actor.id);
  return ended;
}

/** 5 wrong codes for an account, then 30 s, 1 min, 2 min … up to an hour: a million codes outlast anybody. */
const factorLimit = (userId: string): Limit => ({
  key: `factor:${userId}`,
  free: 5,
  lockSeconds: (n) => Math.min(3600, 30 * 2 ** (n - 1)),
  forgetSeconds: 86_400,
});

/** Apps show codes in groups. */
const digitsOf = (code: string): string => code.replace(/[\s-]/g, "");

/** Bound to the session that asked for it: it opens in no other. */
const enrolmentPlace = (actor: Person): Place => ({
  table: "totp_factors",
  column: "enrolment",
  row: actor.sessionId ?? "",
});

function secretOf(actor: Person, enrolment: string): string {
  const over = new Problem("conflict", "Setting it up took too long. Start again, with a new QR code.");
  let opened: { secret: string; expiresAt: number };
  try {
    opened = JSON.parse(unseal(enrolment, enrolmentPlace(actor)));
  } catch {
    throw over;
  }
  if (opened.expiresAt < Date.now()) throw over;
  return opened.secret;
}
