/** Recovery codes: ten ways in when the authenticator is gone, each good once, kept as hashes. */
import { randomBytes } from "node:crypto";
import { and, count, eq } from "drizzle-orm";
import { type DbOrTx, db, type Tx } from "#db/client.ts";
import { recoveryCodes } from "#db/schema/index.ts";
import { hashToken } from "#lib/crypto/secret.ts";

const HOW_MANY = 10;
/** Crockford's base32: no I, L, O or U. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 16 characters of 5 bits: too many to try, so that a plain hash hides them. */
const LENGTH = 16;

/** Makes new ones in place of those there were. The only time that they are seen. */
export function makeRecoveryCodes(tx: Tx, userId: string): string[] {
  const createdAt = Date.now();
  const codes = Array.from({ length: HOW_MANY }, newCode);
  tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId)).run();
  tx.insert(recoveryCodes)
    .values(codes.map((code) => ({ userId, codeHash: hashToken(canonical(code)), createdAt })))
    .run();
  return codes;
}

/** Uses a code up. False if there is no such code, or none any more. */
export const spendRecoveryCode = (tx: Tx, userId: string, code: string): boolean =>
  tx
    .delete(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.codeHash, hashToken(canonical(code)))))
    .run().changes === 1;

export const recoveryCodesLeft = (userId: string, tx: DbOrTx = db()): number =>
  tx.select({ n: count() }).from(recoveryCodes).where(eq(recoveryCodes.userId, userId)).get()?.n ?? 0;

export const dropRecoveryCodes = (tx: Tx, userId: string): void => {
  tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId)).run();
};

/** In groups of four, as it is written down. */
function newCode(): string {
  const characters = [...randomBytes(LENGTH)].map((octet) => ALPHABET[octet % 32]).join("");
  return characters.replace(/.{4}(?=.)/g, "$&-");
}

/** What is easily mistaken for another is that other. */
const canonical = (code: string): string =>
  code
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
