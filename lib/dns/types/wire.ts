/** Rdata in wire form, read from front to back: what `\# 4 0a000001` stands for (RFC 3597 §5). */
import { escapeLabel } from "../name.ts";

/** Each takes what it names; a RangeError says that there is not enough left. */
export interface Wire {
  number(octets: number): number;
  octets(count: number): Uint8Array;
  /** Octets with their length, one octet, before them. */
  string(): Uint8Array;
  rest(): Uint8Array;
  /** A name without compression, in canonical form. */
  name(): string;
  left(): number;
}

export function wireOf(octets: Uint8Array): Wire {
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (at + count > octets.length) throw new RangeError("The octets end too early.");
    at += count;
    return octets.subarray(at - count, at);
  };
  const number = (count: number) => take(count).reduce((sum, octet) => sum * 256 + octet, 0);
  return {
    number,
    octets: take,
    string: () => take(number(1)),
    rest: () => take(octets.length - at),
    left: () => octets.length - at,
    name() {
      const labels: string[] = [];
      for (let length = number(1); length > 0; length = number(1)) {
        if (length > 63) throw new RangeError("A name in these octets is compressed.");
        labels.push(escapeLabel(String.fromCharCode(...take(length)).toLowerCase()));
      }
      return `${labels.join(".")}.`;
    },
  };
}

/** The octets of hexadecimal digits, two each. */
export const octetsOfHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** In lower case. */
export const hexOf = (octets: Uint8Array): string =>
  Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
