/** AAAA: an IPv6 address (RFC 3596 §2), written as RFC 5952 says. */
import type { Parsed } from "../name.ts";
import { readIpv4 } from "./a.ts";
import { recordType } from "./record-type.ts";

export const aaaa = recordType({
  type: "AAAA",
  title: "IPv6 address",
  help: "The address of a server in the newer form of the internet, beside its IPv4 address.",
  rfc: "RFC 3596 §2",
  placeholder: "2001:db8::1",
  fields: [
    {
      name: "address",
      label: "IPv6 address",
      kind: "text",
      placeholder: "2001:db8::1",
      help: "Groups of hexadecimal digits with colons between them.",
      read: readIpv6,
      decode: (wire) => formatIpv6(Array.from({ length: 8 }, () => wire.number(2))),
    },
  ],
});

/**
 * The address in RFC 5952 form. A dotted tail (`::ffff:192.0.2.1`) is read, and written in hexadecimal: PowerDNS
 * refuses the mixed form of RFC 5952 §5, although it answers with it.
 */
export function readIpv6(text: string): Parsed<string> {
  const groups = groupsOf(text);
  if (groups === null) {
    return { ok: false, reason: "An IPv6 address is eight groups of hexadecimal digits, such as 2001:db8::1." };
  }
  return { ok: true, value: formatIpv6(groups) };
}

/** Eight numbers in RFC 5952 form. */
export function formatIpv6(groups: readonly number[]): string {
  let [start, length] = [0, 0];
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (groups[to] === 0) to++;
    if (to - from > length) [start, length] = [from, to - from];
  }
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

function groupsOf(text: string): number[] | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const parts = halves.map((half) => (half === "" ? [] : half.split(":")));
  const last = parts.at(-1);
  const tail = last?.at(-1);
  if (last && tail?.includes(".")) {
    if (!readIpv4(tail).ok) return null;
    const [one = 0, two = 0, three = 0, four = 0] = tail.split(".").map(Number);
    last.splice(-1, 1, ((one << 8) | two).toString(16), ((three << 8) | four).toString(16));
  }
  const written = parts.flat();
  if (!written.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  const missing = 8 - written.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const [head = [], rest = []] = parts;
  return [...head, ...Array<string>(missing).fill("0"), ...rest].map((group) => Number.parseInt(group, 16));
}
