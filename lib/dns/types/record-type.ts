/** What a record type is to the panel: its fields, and the way between fields and canonical presentation form. */
import { type Parsed, parseHost, parseTarget } from "../name.ts";
import { tokensOf } from "./strings.ts";
import { type Wire, wireOf } from "./wire.ts";

/**
 * One input of the editor. `min` and `max` are for numbers, `options` are what a select offers (others may be stored).
 */
export interface FieldSpec {
  name: string;
  label: string;
  kind: "text" | "number" | "host" | "select" | "textarea";
  placeholder: string;
  /** What it is for, in a sentence. */
  help?: string;
  min?: number;
  max?: number;
  options?: readonly FieldOption[];
  /** May stay empty. */
  optional?: boolean;
}

/** `value` is what stands in the field, `label` what people read. */
export interface FieldOption {
  value: string;
  label: string;
}

/** Rdata by field name, each field as it stands in canonical presentation form. */
export type Rdata = Readonly<Record<string, string>>;

/**
 * The apex that relative targets are relative to. In a zone file (`file`) it is the origin: a name without a final dot
 * is relative to it, whatever dots it has, and strings may stand without quotes (RFC 1035 §5.1).
 */
export interface Context {
  apex: string;
  file?: boolean;
}

/** Canonical content, or a sentence per field that is wrong. */
export type FieldsResult = { ok: true; content: string } | { ok: false; fields: Record<string, string> };

/** The same object serves the server's checks and the browser's help. `parse(format(x))` is x. */
export interface RecordType {
  type: string;
  title: string;
  /** What it is for, in a sentence. */
  help: string;
  rfc: string;
  fields: readonly FieldSpec[];
  /** An example of the content. */
  placeholder: string;
  parse(content: string, context: Context): Parsed<Rdata>;
  format(rdata: Rdata): string;
  /** The same of rdata in wire form, names in it without compression. */
  decode(octets: Uint8Array): Parsed<Rdata>;
  /** What is allowed and yet probably a mistake, a sentence each. */
  check?(rdata: Rdata): string[];
  /** What the editor shows for a content. One that does not parse is spread over the fields as far as it goes. */
  toFields(content: string): Record<string, string>;
  fromFields(fields: Readonly<Record<string, string>>, context: Context): FieldsResult;
}

/** A field that knows how to read its part of the content. `read` gives the canonical form or a sentence. */
export interface Field extends FieldSpec {
  read(token: string, context: Context): Parsed<string>;
  /** What `read` reads, from wire form. */
  decode(wire: Wire): string;
  /** What people see for the canonical form, and the way back; the form itself if there is nothing to translate. */
  toText?(token: string): string;
  fromText?(text: string): string;
  /** Takes the rest of the content, spaces included. Only for the last field. */
  rest?: boolean;
}

/** A type whose content is its fields in order, separated by white space. */
export function recordType(definition: {
  type: string;
  title: string;
  help: string;
  rfc: string;
  placeholder: string;
  fields: readonly Field[];
  /** What is wrong with fields that are right each by itself, by the field to say it at. */
  refuse?(rdata: Rdata): Record<string, string>;
  check?(rdata: Rdata): string[];
}): RecordType {
  const { fields, type, refuse, ...described } = definition;
  const required = fields.filter((field) => !field.optional).length;

  const format = (rdata: Rdata) => {
    let content = "";
    for (const { name } of fields) {
      const token = rdata[name];
      if (token) content += content === "" ? token : ` ${token}`;
    }
    return content;
  };
  const parse = (content: string, context: Context): Parsed<Rdata> => {
    const tokens = spread(content, fields);
    if (tokens.length > fields.length || tokens.length < required) {
      const names = fields.map((field) => field.label).join(", ");
      return {
        ok: false,
        reason: `${type} has ${count(fields.length)} (${names}), but here there are ${tokens.length}.`,
      };
    }
    const rdata: Record<string, string> = {};
    for (const [index, field] of fields.entries()) {
      const token = tokens[index];
      const read = token === undefined ? nothing : field.read(token, context);
      if (!read.ok) return read;
      rdata[field.name] = read.value;
    }
    const [reason] = Object.values(refuse?.(rdata) ?? {});
    return reason === undefined ? { ok: true, value: rdata } : { ok: false, reason };
  };

  return {
    ...described,
    type,
    fields,
    format,
    parse,
    decode(octets) {
      const wire = wireOf(octets);
      try {
        const tokens = fields.map((field) => field.decode(wire));
        if (wire.left() === 0) return parse(tokens.join(" "), { apex: "." });
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      return { ok: false, reason: `The octets after \\# are no ${type}.` };
    },
    toFields(content) {
      const tokens = spread(content, fields);
      const shown = (field: Field, token: string) => (field.toText && token !== "" ? field.toText(token) : token);
      return Object.fromEntries(fields.map((field, index) => [field.name, shown(field, tokens[index] ?? "")]));
    },
    fromFields(given, context) {
      const rdata: Record<string, string> = {};
      const problems: Record<string, string> = {};
      for (const field of fields) {
        const text = (given[field.name] ?? "").trim();
        const missing = text === "" && !field.fromText;
        const read: Parsed<string> =
          missing && !field.optional
            ? { ok: false, reason: `${field.label} is missing.` }
            : missing
              ? nothing
              : field.read(field.fromText ? field.fromText(text) : text, context);
        if (read.ok) rdata[field.name] = read.value;
        else problems[field.name] = read.reason;
      }
      if (Object.keys(problems).length === 0) Object.assign(problems, refuse?.(rdata));
      return Object.keys(problems).length > 0 ? { ok: false, fields: problems } : { ok: true, content: format(rdata) };
    },
  };
}

const nothing: Parsed<string> = { ok: true, value: "" };

/** A whole number of this many octets, up to `max`, written without leading zeros. */
export const numberField = (
  name: string,
  label: string,
  placeholder: string,
  octets: 1 | 2 | 4,
  more: { max?: number; help?: string; options?: readonly FieldOption[] } = {},
): Field => {
  const max = more.max ?? 256 ** octets - 1;
  return {
    name,
    label,
    kind: more.options ? "select" : "number",
    placeholder,
    min: 0,
    max,
    ...(more.help ? { help: more.help } : {}),
    ...(more.options ? { options: more.options } : {}),
    read: (token) =>
      /^\d{1,10}$/.test(token) && Number(token) <= max
        ? { ok: true, value: String(Number(token)) }
        : { ok: false, reason: `${label} is a whole number from 0 to ${max}.` },
    decode: (wire) => String(wire.number(octets)),
  };
};

/** A host name. `root` allows `.`, where the type says that this means none. */
export const hostField = (
  name: string,
  label: string,
  placeholder: string,
  more: { root?: boolean; help?: string } = {},
): Field => ({
  name,
  label,
  kind: "host",
  placeholder,
  ...(more.help ? { help: more.help } : {}),
  read: (token, { apex, file = false }) => parseHost(token, apex, { root: more.root ?? false, exact: file }),
  decode: (wire) => wire.name(),
});

/** Any domain name. */
export const targetField = (name: string, label: string, placeholder: string, help?: string): Field => ({
  name,
  label,
  kind: "host",
  placeholder,
  ...(help ? { help } : {}),
  read: (token, { apex, file = false }) => parseTarget(token, apex, { exact: file }),
  decode: (wire) => wire.name(),
});

const count = (fields: number): string => (fields === 1 ? "one field" : `${fields} fields`);

/** The tokens by field. A bracket that stands alone only groups lines (RFC 1035 §5.1). */
function spread(content: string, fields: readonly Field[]): string[] {
  const all = tokensOf(content);
  const tokens = content.includes("(") || content.includes(")") ? all.filter((token) => !/^[()]$/.test(token)) : all;
  if (!fields.at(-1)?.rest || tokens.length <= fields.length) return tokens;
  return [...tokens.slice(0, fields.length - 1), tokens.slice(fields.length - 1).join(" ")];
}
