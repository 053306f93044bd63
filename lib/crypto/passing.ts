/** What is given out and comes back, and is kept nowhere: AES-256-GCM, as short as can be. A new secret opens none of it, and nobody has to seal it anew. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { deriveKey } from "./secret.ts";

/** Nonce and ciphertext in base64url, bound to a purpose. */
export function sealBrief(plain: string, purpose: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", deriveKey("passing"), nonce).setAAD(Buffer.from(purpose));
  return Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]).toString(
    "base64url",
  );
}

/** Throws if it was sealed for something else or with another secret, or changed. */
export function unsealBrief(sealed: string, purpose: string): string {
  const octets = Buffer.from(sealed, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", deriveKey("passing"), octets.subarray(0, 12), { authTagLength: 16 })
    .setAAD(Buffer.from(purpose))
    .setAuthTag(octets.subarray(12).subarray(-16));
  return Buffer.concat([decipher.update(octets.subarray(12, -16)), decipher.final()]).toString("utf8");
}
