/** Fields that several types share: strings, octets in hexadecimal and base 64, numbers that have names. */
import type { Parsed } from "../name.ts";
import { type Field, type FieldOption, numberField } from "./record-type.ts";
import { quoteOctets, readFileStrings, textOf } from "./strings.ts";
import { hexOf } from "./wire.ts";

/** One string of up to 255 octets. People see its text; what is no text, they see as it is quoted. */
export const stringField = (
  name: string,
  label: string,
  placeholder: string,
  more: { help?: string; maxOctets?: number; refuse?(text: string): string | null; inQuotes?: boolean } = {},
): Field => ({
  name,
  label,
  kind: "text",
  placeholder,
  ...(more.help ? { help: more.help } : {}),
  read(token, { file }) {
    if (file && more.inQuotes && !token.startsWith('"')) return fail(`${label} stands in double quotes.`);
    const read = readFileStrings([token]);
    if (!read.ok) return read;
    const octets = read.value[0] ?? new Uint8Array();
    const max = more.maxOctets ?? 255;
    if (octets.length > max) return fail(`${label} has at most ${max} octets.`);
    const refused = more.refuse?.(String.fromCharCode(...octets)) ?? null;
    return refused === null ? { ok: true, value: quoteOctets(octets) } : fail(refused);
  },
  decode: (wire) => quoteOctets(more.maxOctets ? wire.rest() : wire.string()),
  toText: plainText,
  fromText: quotedText,
});

/** The text of a quoted string, where that is all there is to see; else the string as it is. */
export function plainText(token: string): string {
  const read = readFileStrings([token]);
  const text = read.ok ? textOf(read.value) : null;
  return text === null || text.includes('"') || text !== text.trim() ? token : text;
}

/** The way back: what has a quote in it is already in its own form. */
export const quotedText = (text: string): string =>
  text.includes('"') ? text : quoteOctets(new TextEncoder().encode(text));

/** The rest of the content in hexadecimal, lower case, without spaces. */
export const hexField = (name: string, label: string, placeholder: string, help: string): Field => ({
  name,
  label,
  kind: "textarea",
  placeholder,
  help,
  rest: true,
  read(token) {
    const hex = token.replace(/\s+/g, "").toLowerCase();
    return /^(?:[0-9a-f]{2})+$/.test(hex)
      ? { ok: true, value: hex }
      : fail(`${label} is written in hexadecimal, two digits an octet.`);
  },
  decode: (wire) => hexOf(wire.rest()),
});

/** The rest of the content in base 64 (RFC 4648 §4), without spaces. */
export const base64Field = (name: string, label: string, placeholder: string, help: string): Field => ({
  name,
  label,
  kind: "textarea",
  placeholder,
  help,
  rest: true,
  read: (token) => readBase64(token, label),
  decode: (wire) => base64Of(wire.rest()),
});

export function readBase64(token: string, label: string): Parsed<string> {
  const text = token.replace(/\s+/g, "");
  try {
    // Bits that belong to no octet would make a second way to write the same.
    if (text !== "" && btoa(atob(text)) === text) return { ok: true, value: text };
  } catch {
    // Said below.
  }
  return fail(`${label} is written in base 64, and is not complete or has other characters in it.`);
}

export const base64Of = (octets: Uint8Array): string =>
  btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(""));

/** A number with a name or meaning; other numbers may stand there too. `mnemonics` may be written for numbers. */
export function namedNumberField(
  name: string,
  label: string,
  placeholder: string,
  octets: 1 | 2,
  more: { help: string; options: Readonly<Record<number, string>>; mnemonics?: Readonly<Record<string, number>> },
): Field {
  const options: FieldOption[] = Object.entries(more.options).map(([value, meaning]) => ({
    value,
    label: `${value} ${meaning}`,
  }));
  const field = numberField(name, label, placeholder, octets, { help: more.help, options });
  const { mnemonics } = more;
  if (!mnemonics) return field;
  return {
    ...field,
    read(token, context) {
      const written = token.toUpperCase();
      return field.read(Object.hasOwn(mnemonics, written) ? String(mnemonics[written]) : token, context);
    },
  };
}

const fail = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });
