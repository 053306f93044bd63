/** Character strings (RFC 1035 §3.3, §5.1): octets, as they are quoted, escaped and told apart in a content. */
import type { Parsed } from "../name.ts";

/** UTF-8. */
export const textToOctets = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The text of strings joined, or null if that is not UTF-8. */
export function textOf(strings: readonly Uint8Array[]): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(strings.flatMap((string) => [...string])),
    );
  } catch {
    return null;
  }
}

/** One quoted string in presentation form, whatever its length. */
export function quoteOctets(octets: Uint8Array): string {
  let quoted = "";
  for (const octet of octets) {
    if (octet === 34 || octet === 92) quoted += `\\${String.fromCharCode(octet)}`;
    else if (octet >= 32 && octet <= 126) quoted += String.fromCharCode(octet);
    else quoted += `\\${String(octet).padStart(3, "0")}`;
  }
  return `"${quoted}"`;
}

/** The quoted strings as written, whatever their length; text without any quote is one string. */
export function readStrings(content: string): Parsed<Uint8Array[]> {
  if (content === "") return fail('The content is empty; an empty text is written "".');
  if (!content.includes('"')) return { ok: true, value: [textToOctets(content)] };
  const strings: Uint8Array[] = [];
  for (let at = 0; at < content.length; ) {
    if (content[at] !== '"') return fail(`Column ${at + 1}: every string has to stand in double quotes.`);
    const read = readString(content, at);
    if (!read.ok) return read;
    strings.push(read.value.octets);
    const space = /\s*/y;
    space.lastIndex = read.value.end;
    const gap = space.exec(content)?.[0].length ?? 0;
    at = read.value.end + gap;
    if (gap === 0 && at < content.length)
      return fail(`Column ${at + 1}: after a closing quote there has to be a space.`);
  }
  return { ok: true, value: strings };
}

/** The strings of a zone file (RFC 1035 §5.1): quoted or not, escapes mean the same in both. */
export function readFileStrings(tokens: readonly string[]): Parsed<Uint8Array[]> {
  if (tokens.length === 0) return fail('The content is empty; an empty text is written "".');
  const strings: Uint8Array[] = [];
  for (const token of tokens) {
    const quoted = token.startsWith('"') ? token : `"${token}"`;
    const read = readString(quoted, 0);
    if (read.ok && read.value.end < quoted.length) return fail("After a closing quote there has to be a space.");
    if (!read.ok) return fail(read.reason.replace(/^Column \d+: (.)/, (_, first: string) => first.toUpperCase()));
    strings.push(read.value.octets);
  }
  return { ok: true, value: strings };
}

/**
 * What white space separates, but not inside quotes: `"a b"` is one token, with its quotes, and so is `key="a b"`. A
 * quote that does not close right before white space is a character like any other.
 */
export const tokensOf = (content: string): string[] =>
  content.includes('"') ? (content.match(quotedOrPlain) ?? []) : (content.match(/\S+/g) ?? []);

const quotedOrPlain = /(?:[^\s"=]+=)?"[^"\\]*(?:\\[\s\S][^"\\]*)*"(?!\S)|\S+/g;

/** The string whose opening quote is at `start`, and where it ends. */
function readString(content: string, start: number): Parsed<{ octets: Uint8Array; end: number }> {
  const octets: number[] = [];
  const part = /\\(\d{3}|[^\d])|"|[^"\\]+|\\/gu;
  part.lastIndex = start + 1;
  for (let match = part.exec(content); match; match = part.exec(content)) {
    const [written, code] = match;
    if (written === '"') return { ok: true, value: { octets: Uint8Array.from(octets), end: part.lastIndex } };
    if (!written.startsWith("\\")) for (const octet of textToOctets(written)) octets.push(octet);
    else if (code === undefined || Number(code) > 255) {
      return fail(`Column ${match.index + 1}: a backslash takes a character or three digits up to 255.`);
    } else if (/^\d/.test(code)) octets.push(Number(code));
    else octets.push(...textToOctets(code));
  }
  return fail(`Column ${start + 1}: the quote is not closed.`);
}

const fail = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });
