/** One-time passwords by time (RFC 6238): six digits of SHA-1 every 30 seconds, as every authenticator app makes them. */
import { and, eq, lt } from "drizzle-orm";
import { Secret, TOTP } from "otpauth";
import type { Tx } from "#db/client.ts";
import { totpFactors } from "#db/schema/index.ts";
import { type Place, seal, unseal } from "#lib/crypto/seal.ts";
import { env } from "#lib/env.ts";

const PERIOD_S = 30;
/** Steps to either side of now that are accepted: clocks differ, and typing takes its time (RFC 6238 §5.2). */
const WINDOW = 1;

/** A new secret of 160 bits, in base32. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;

/** What the QR code holds: `otpauth://totp/…`, named after this panel and the account. */
export const totpUri = (secret: string, email: string): string =>
  new TOTP({
    issuer: `Zonegate (${new URL(env().origin).host.replaceAll(":", " ")})`,
    label: email,
    secret: Secret.fromBase32(secret),
  }).toString();

/** The time step that a code belongs to, or null if it is of no step near now. */
export function stepOf(secret: string, code: string, now = Date.now()): number | null {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  const delta = totp.validate({ token: code, timestamp: now, window: WINDOW });
  return delta === null ? null : Math.floor(now / 1000 / PERIOD_S) + delta;
}

/** Uses a code up. A step is good once, and never one before the last that was used. */
export function spendTotp(tx: Tx, userId: string, code: string): boolean {
  const row = tx.select().from(totpFactors).where(eq(totpFactors.userId, userId)).get();
  if (!row || row.confirmedAt === null) return false;
  const step = stepOf(unseal(row.secret, placeOf(userId)), code);
  if (step === null) return false;
  return (
    tx
      .update(totpFactors)
      .set({ lastStep: step })
      .where(and(eq(totpFactors.userId, userId), lt(totpFactors.lastStep, step)))
      .run().changes === 1
  );
}

/** Keeps a secret whose code was shown, in place of the one before. The step of that code is used. */
export function keepTotp(tx: Tx, userId: string, secret: string, step: number): void {
  const now = Date.now();
  const row = { secret: seal(secret, placeOf(userId)), confirmedAt: now, lastStep: step, createdAt: now };
  tx.insert(totpFactors)
    .values({ userId, ...row })
    .onConflictDoUpdate({ target: totpFactors.userId, set: row })
    .run();
}

/** False if there was none. */
export const dropTotp = (tx: Tx, userId: string): boolean =>
  tx.delete(totpFactors).where(eq(totpFactors.userId, userId)).run().changes > 0;

const placeOf = (userId: string): Place => ({ table: "totp_factors", column: "secret", row: userId });
