/** Secrets at rest: AES-256-GCM, bound to the table, column and row they stand in. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { deriveKey, keyIdOf, OtherSecretError, rootSecret } from "./secret.ts";

/** Where a sealed value stands. Moved anywhere else it does not open. */
export interface Place {
  table: string;
  column: string;
  /** The row's primary key. */
  row: string;
}

/** `v1.KEY.NONCE.CIPHERTEXT`: key id in hex, the rest base64url, the authentication tag at the end. */
export function seal(plain: string, place: Place, secret = rootSecret()): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", deriveKey("seal", secret), nonce).setAAD(aad(place));
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return ["v1", keyIdOf(secret), nonce.toString("base64url"), sealed.toString("base64url")].join(".");
}

/** Throws if the value was sealed with another secret (OtherSecretError), stands elsewhere, or was changed. */
export function unseal(sealed: string, place: Place, secret = rootSecret()): string {
  const [version, id, nonce, body, more] = sealed.split(".");
  if (version !== "v1" || !id || !nonce || !body || more !== undefined)
    throw new Error(`${where(place)} holds no sealed value.`);
  if (id !== keyIdOf(secret)) {
    throw new OtherSecretError(
      `${where(place)} was sealed with another secret than this panel has. Put back the secret that belongs to this database.`,
    );
  }
  const octets = Buffer.from(body, "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", deriveKey("seal", secret), Buffer.from(nonce, "base64url"), {
      authTagLength: 16,
    })
      .setAAD(aad(place))
      .setAuthTag(octets.subarray(-16));
    return Buffer.concat([decipher.update(octets.subarray(0, -16)), decipher.final()]).toString("utf8");
  } catch (error) {
    throw new Error(`${where(place)} was changed, or stands in another place.`, { cause: error });
  }
}

const aad = ({ table, column, row }: Place): Buffer => Buffer.from(JSON.stringify([table, column, row]));
const where = ({ table, column }: Place): string => `${table}.${column}`;
