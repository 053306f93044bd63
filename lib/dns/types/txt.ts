/**
 * TXT: octets (RFC 1035 §3.3.14). People type text; quoting, escapes and 255-octet strings are ours, no octet changes.
 */
import type { Parsed } from "../name.ts";
import type { FieldsResult, RecordType } from "./record-type.ts";
import { quoteOctets, readFileStrings, readStrings, textOf, textToOctets, tokensOf } from "./strings.ts";
import { wireOf } from "./wire.ts";

const maxStringOctets = 255;
const maxRdataOctets = 65_535;

/** The content that serves this text: UTF-8, in strings of up to 255 octets. */
export const textToContent = (text: string): string => formatStrings(split([textToOctets(text)]));

/**
 * The strings of a content (RFC 1035 §5.1), those over 255 octets split. A content without any quote is one text, taken
 * literally, backslashes too; otherwise every string is quoted. A reason says the column, from 1.
 */
export const contentToOctets = (content: string): Parsed<Uint8Array[]> => withinLimits(readStrings(content.trim()));

function withinLimits(read: Parsed<Uint8Array[]>): Parsed<Uint8Array[]> {
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
  help: "Text that others look for here: mail policies, proofs of ownership, keys.",
  rfc: "RFC 1035 §3.3.14",
  fields: [
    {
      name: "text",
      label: "Text",
      kind: "textarea",
      placeholder: "v=spf1 mx -all",
      help: "Without quotes: they are added by themselves.",
    },
  ],
  placeholder: '"v=spf1 mx -all"',
  parse(content, { file }) {
    if (plainString.test(content)) return { ok: true, value: { strings: content } };
    const read = file ? withinLimits(readFileStrings(tokensOf(content))) : contentToOctets(content);
    return read.ok ? { ok: true, value: { strings: formatStrings(read.value) } } : read;
  },
  format: (rdata) => rdata.strings ?? "",
  decode(octets) {
    const wire = wireOf(octets);
    const strings: Uint8Array[] = [];
    try {
      while (strings.length === 0 || wire.left() > 0) strings.push(wire.string());
    } catch {
      return fail("The octets after \\# are no TXT.");
    }
    return { ok: true, value: { strings: formatStrings(strings) } };
  },
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

/** One string of printable ASCII without escapes, which is what nearly every TXT is. */
const plainString = /^"[ !#-[\]-~]{0,255}"$/;

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
