/**
 * TXT: octets (RFC 1035 §3.3.14). People type text; quoting, escapes and 255-octet strings are ours, no octet changes.
 */
import type { Parsed } from "../name.ts";
import type { FieldsResult, RecordType } from "./record-type.ts";

const maxStringOctets = 255;
const maxRdataOctets = 65_535;

/** The content that serves this text: UTF-8, in strings of up to 255 octets. */
export const textToContent = (text: string): string => formatStrings(split([textToOctets(text)]));

/**
 * The strings of a content (RFC 1035 §5.1), those over 255 octets split. A content without any quote is one text, taken
 * literally, backslashes too; otherwise every string is quoted. A reason says the column, from 1.
 */
export function contentToOctets(content: string): Parsed<Uint8Array[]> {
  const read = readStrings(content.trim());
  if (!read.ok) return read;
  const strings = split(read.value);
  const octets = strings.reduce((sum, string) => sum + string.length + 1, 0);
  if (octets > maxRdataOctets)
    return fail(`The text is ${octets} octets with its lengths; there is room for ${maxRdataOctets}.`);
  return { ok: true, value: strings };
}

/** The text that a content serves, its strings joined; null if it is not UTF-8, or no content. */
export function contentToText(content: string): string | null {
  const read = contentToOctets(content);
  return read.ok ? textOf(read.value) : null;
}

/**
 * `toFields` gives `text`, and `content` beside it, which `fromFields` keeps as it is while the text is still the same:
 * so strings keep their boundaries. Octets that are no text have only `content`.
 */
export const txt: RecordType = {
  type: "TXT",
  title: "Text",
  rfc: "RFC 1035 §3.3.14",
  fields: [{ name: "text", label: "Text", kind: "textarea", placeholder: "v=spf1 mx -all" }],
  placeholder: '"v=spf1 mx -all"',
  parse(content) {
    const read = contentToOctets(content);
    return read.ok ? { ok: true, value: { strings: formatStrings(read.value) } } : read;
  },
  format: (rdata) => rdata.strings ?? "",
  toFields(content): Record<string, string> {
    const text = contentToText(content);
    return text === null ? { content } : { text, content };
  },
  fromFields({ text, content }): FieldsResult {
    const kept = content === undefined ? null : contentToOctets(content);
    if (kept?.ok && (text === undefined || text === textOf(kept.value)))
      return { ok: true, content: formatStrings(kept.value) };
    if (text === undefined && kept?.ok === false) return { ok: false, fields: { content: kept.reason } };
    if (text === undefined || text === "") return { ok: false, fields: { text: "Text is missing." } };
    const made = textToContent(text);
    const read = contentToOctets(made);
    return read.ok ? { ok: true, content: made } : { ok: false, fields: { text: read.reason } };
  },
};

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

const formatStrings = (strings: readonly Uint8Array[]): string => strings.map(quoteOctets).join(" ");

function split(strings: readonly Uint8Array[]): Uint8Array[] {
  return strings.flatMap((string) => {
    const parts = [string.subarray(0, maxStringOctets)];
    for (let at = maxStringOctets; at < string.length; at += maxStringOctets) {
      parts.push(string.subarray(at, at + maxStringOctets));
    }
    return parts;
  });
}
