/** Secrets at rest: AES-256-GCM, bound to the table, column and row they stand in. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { deriveKey } from "./secret.ts";

/** Where a sealed value stands. Moved anywhere else it does not open. */
export interface Place {
  table: string;
  column: string;
  /** The row's primary key. */
  row: string;
}

/** `v1.KEY.NONCE.CIPHERTEXT`: key id in hex, the rest base64url, the authentication tag at the end. */
export function seal(plain: string, place: Place): string {
  const key = deriveKey("seal");
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad(place));
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return ["v1", keyId(key), nonce.toString("base64url"), sealed.toString("base64url")].join(".");
}

/** Throws if the value was sealed with another key, stands elsewhere, or was changed. */
export function unseal(sealed: string, place: Place): string {
  const [version, id, nonce, body] = sealed.split(".");
  if (version !== "v1" || !id || !nonce || !body) throw new Error(`${where(place)} holds no sealed value.`);
  const key = deriveKey("seal");
  if (id !== keyId(key)) throw new Error(`${where(place)} was sealed with another secret than this panel has.`);
  const octets = Buffer.from(body, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64url"), { authTagLength: 16 })
    .setAAD(aad(place))
    .setAuthTag(octets.subarray(-16));
  try {
    return Buffer.concat([decipher.update(octets.subarray(0, -16)), decipher.final()]).toString("utf8");
  } catch (error) {
    throw new Error(`${where(place)} was changed, or stands in another place.`, { cause: error });
  }
}

const keyId = (key: Buffer): string => createHash("sha256").update("key id").update(key).digest("hex").slice(0, 12);
const aad = ({ table, column, row }: Place): Buffer => Buffer.from(JSON.stringify([table, column, row]));
const where = ({ table, column }: Place): string => `${table}.${column}`;
