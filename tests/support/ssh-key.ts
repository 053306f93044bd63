/** Public keys as clients have them. Nobody holds what belongs to them. */

const field = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 255]), bytes]);

/** An Ed25519 key of this number. */
export const sshKey = (number: number): string =>
  lineOf("ssh-ed25519", [Buffer.alloc(32, `key ${number}`)], "ada@laptop");

/** RSA with a modulus of so many bits. */
export const rsaKey = (bits: number): string =>
  lineOf("ssh-rsa", [Buffer.from([1, 0, 1]), Buffer.concat([Buffer.from([0]), Buffer.alloc(bits / 8, 0xff)])], "");

export function lineOf(type: string, fields: readonly Buffer[], comment: string, inner = type): string {
  const blob = Buffer.concat([Buffer.from(inner), ...fields].map(field));
  return `${type} ${blob.toString("base64")} ${comment}`.trim();
}
