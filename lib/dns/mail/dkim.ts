/** DKIM keys (RFC 6376 §3.6.1, RFC 8463): what a receiver checks signatures with. Pure. */
import { parseDmarc } from "./dmarc.ts";
import type { Reading } from "./reading.ts";

export const meansDkim = (relative: string, text: string): boolean =>
  /^\s*v\s*=\s*dkim/i.test(text) || (/(?:^|\.)_domainkey(?:\.|$)/.test(relative) && /(?:^|;)\s*p\s*=/.test(text));

/**
 * The record of a public key that was put, bare or as a PEM block, where a DKIM record belongs; null if it is none. What
 * hosts hand out is a SubjectPublicKeyInfo for RSA (RFC 6376 §3.6.1), and the 32 octets alone for Ed25519 (RFC 8463 §4).
 */
export function dkimOfKey(relative: string, text: string): string | null {
  if (!/(?:^|\.)_domainkey(?:\.|$)/.test(relative)) return null;
  const key = text.replace(/-----[^-]*-----/g, "").replace(/["\s]+/g, "");
  if (!/^[A-Za-z0-9+/]{43,}={0,2}$/.test(key)) return null;
  const kind = ["rsa", "ed25519"].find((one) => keyBits(one, key) !== null);
  return kind ? `v=DKIM1; k=${kind}; p=${key}` : null;
}

const known = new Set(["v", "g", "h", "k", "n", "p", "s", "t"]);

export function readDkim(relative: string, text: string): Reading {
  // A list of tags, as in DMARC (RFC 6376 §3.2).
  const tags = parseDmarc(text);
  const kind = tags.get("k")?.toLowerCase() ?? "rsa";
  const key = tags.get("p")?.replace(/\s+/g, "");
  const bits = key ? keyBits(kind, key) : null;
  const problems: string[] = [];
  if (tags.has("v") && !/^v=DKIM1\s*(?:;|$)/.test(text)) problems.push("“v=DKIM1” has to stand first, if it is there.");
  if (!/(?:^|\.)_domainkey(?:\.|$)/.test(relative))
    problems.push("Receivers look for it below “_domainkey” only, such as at “mail._domainkey”.");
  if (key === undefined) problems.push("The key is missing: p=…");
  else if (kind !== "rsa" && kind !== "ed25519") problems.push(`“k=${kind}” is no kind of key that receivers know.`);
  else if (key !== "" && bits === null) problems.push("The key cannot be read: perhaps a part of it is missing.");
  else if (kind === "rsa" && bits !== null && bits < 1024)
    problems.push(`A key of ${bits} bits is too short to be trusted.`);
  else if (kind === "rsa" && bits !== null && bits < 2048)
    problems.push(`A key of ${bits} bits is short; 2048 are usual.`);
  for (const name of tags.keys()) if (!known.has(name)) problems.push(`“${name}” is no tag that DKIM knows.`);
  const testing = tags
    .get("t")
    ?.split(":")
    .some((flag) => flag.trim() === "y");
  const about =
    key === ""
      ? "This key is revoked: mail signed with it fails."
      : bits === null
        ? "A key that signed mail is checked with."
        : `Signed mail is checked with this ${kind === "rsa" ? `RSA key of ${bits} bits` : "Ed25519 key"}.`;
  return { kind: "DKIM", summary: testing ? `${about} It is only tested.` : about, problems };
}

/** The size of a public key in base64; null if it is none. */
function keyBits(kind: string, base64: string): number | null {
  let octets: string;
  try {
    octets = atob(base64);
  } catch {
    return null;
  }
  if (kind === "ed25519") return octets.length === 32 ? 256 : null;
  const start = modulusAt(octets);
  if (start === null) return null;
  const length = lengthAt(octets, start);
  if (length === null || length.end + length.value > octets.length) return null;
  const leading = octets.charCodeAt(length.end) === 0 ? 1 : 0;
  const first = octets.charCodeAt(length.end + leading);
  return (length.value - leading) * 8 - Math.clz32(first) + 24;
}

/** Where the length of the modulus stands, in a SubjectPublicKeyInfo or a bare RSAPublicKey (DER). */
function modulusAt(octets: string): number | null {
  let at = 0;
  for (let depth = 0; depth < 4; depth++) {
    if (octets[at] !== "\x30") return null;
    const outer = lengthAt(octets, at + 1);
    if (!outer || outer.end + outer.value > octets.length) return null;
    at = outer.end;
    if (octets[at] === "\x02") return at + 1;
    if (octets[at] !== "\x30") return null;
    const algorithm = lengthAt(octets, at + 1);
    if (!algorithm) return null;
    at = algorithm.end + algorithm.value;
    if (octets[at] !== "\x03") return null;
    const bits = lengthAt(octets, at + 1);
    if (!bits) return null;
    at = bits.end + 1;
  }
  return null;
}

function lengthAt(octets: string, at: number): { value: number; end: number } | null {
  const first = octets.charCodeAt(at);
  if (Number.isNaN(first)) return null;
  if (first < 128) return { value: first, end: at + 1 };
  const count = first - 128;
  if (count < 1 || count > 3 || at + count >= octets.length) return null;
  let value = 0;
  for (let index = 1; index <= count; index++) value = value * 256 + octets.charCodeAt(at + index);
  return { value, end: at + 1 + count };
}
