/** A line of a file of authorised keys: read, checked and told apart. Pure. */
import { createHash } from "node:crypto";

export interface PublicKey {
  /** Type and base64, without the comment. */
  text: string;
  fingerprint: string;
  comment: string;
}

const TYPES = [
  "ssh-ed25519",
  "sk-ssh-ed25519@openssh.com",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ecdsa-sha2-nistp256@openssh.com",
  "ssh-rsa",
];
const RSA_BITS = 2048;

/** RFC 4253, section 6.6: the blob begins with its own type. */
export function readPublicKey(line: string): { ok: true; key: PublicKey } | { ok: false; reason: string } {
  if (/PRIVATE KEY/.test(line))
    return { ok: false, reason: "This is a private key: keep it to yourself. Paste the file that ends in .pub." };
  const [type = "", base64 = "", ...rest] = line.trim().split(/[ \t]+/);
  if (!TYPES.includes(type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
    return { ok: false, reason: "Paste one public key, such as: ssh-ed25519 AAAA… you@example.org" };
  const blob = Buffer.from(base64, "base64");
  const fields = fieldsOf(blob);
  if (fields === null || fields[0]?.toString("latin1") !== type || fields.length < 2)
    return { ok: false, reason: "This key is damaged. Copy the whole line." };
  if (type === "ssh-rsa" && bitsOf(fields[2] ?? Buffer.alloc(0)) < RSA_BITS)
    return { ok: false, reason: `An RSA key needs at least ${RSA_BITS} bits.` };
  const fingerprint = `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
  return { ok: true, key: { text: `${type} ${blob.toString("base64")}`, fingerprint, comment: rest.join(" ") } };
}

/** Length and bytes, one after the other; null where they do not come to the end. */
function fieldsOf(blob: Buffer): Buffer[] | null {
  const fields: Buffer[] = [];
  let at = 0;
  while (at < blob.length) {
    if (at + 4 > blob.length) return null;
    const length = blob.readUInt32BE(at);
    if (at + 4 + length > blob.length) return null;
    fields.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}

function bitsOf(number: Buffer): number {
  const at = number.findIndex((byte) => byte !== 0);
  return at < 0 ? 0 : (number.length - at - 1) * 8 + (32 - Math.clz32(number[at] ?? 0));
}
