/** Which second factors an account has. */
import { count, eq } from "drizzle-orm";
import { type DbOrTx, db } from "#db/client.ts";
import { passkeys, totpFactors } from "#db/schema/index.ts";

/** Whether an account has a second factor: one-time passwords, or a passkey, which is both at once. */
export const hasSecondFactor = (userId: string, tx: DbOrTx = db()): boolean =>
  totpOf(userId, tx) !== null || passkeysOf(userId, tx) > 0;

/** Whether one-time passwords are on for an account, and since when. */
export const totpOf = (userId: string, tx: DbOrTx = db()) =>
  tx
    .select({ since: totpFactors.confirmedAt })
    .from(totpFactors)
    .where(eq(totpFactors.userId, userId))
    .all()
    .flatMap(({ since }) => (since === null ? [] : [{ since }]))[0] ?? null;

export const passkeysOf = (userId: string, tx: DbOrTx = db()): number =>
  tx.select({ n: count() }).from(passkeys).where(eq(passkeys.userId, userId)).get()?.n ?? 0;
