/** Content of any type as its number of octets and the octets (RFC 3597 §5). */
import type { Parsed } from "../name.ts";

/** `\#` stands first, whatever comes then. */
export const isGeneric = (content: string): boolean => /^\\#(?:\s|$)/.test(content);

/** `\# 4 0A 00 00 01` in the one way to write it. */
export function canonicalGeneric(content: string): Parsed<string> {
  const [, length = "", ...parts] = content.split(/\s+/).filter((part) => !/^[()]?$/.test(part));
  const octets = parts.join("").toLowerCase();
  if (!/^\d{1,5}$/.test(length) || Number(length) > 65_535 || !/^(?:[0-9a-f]{2})*$/.test(octets)) {
    return { ok: false, reason: "After \\# comes the number of octets, and then the octets in hexadecimal." };
  }
  if (octets.length !== Number(length) * 2) {
    return { ok: false, reason: `\\# says ${Number(length)} octets, but there are ${octets.length / 2}.` };
  }
  return { ok: true, value: octets === "" ? "\\# 0" : `\\# ${Number(length)} ${octets}` };
}
