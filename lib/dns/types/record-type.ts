/** What a record type is to the panel: its fields, and the way between fields and canonical presentation form. */
import { type Parsed, parseHost, parseTarget } from "../name.ts";

/**
 * One input of the editor. `min` and `max` are for numbers, `options` are what a select offers (others may be stored).
 */
export interface FieldSpec {
  name: string;
  label: string;
  kind: "text" | "number" | "host" | "select" | "textarea";
  placeholder: string;
  min?: number;
  max?: number;
  options?: string[];
}

/** Rdata by field name, each field as it stands in canonical presentation form. */
export type Rdata = Readonly<Record<string, string>>;

/** The apex that relative targets are relative to. */
export interface Context {
  apex: string;
}

/** Canonical content, or a sentence per field that is wrong. */
export type FieldsResult = { ok: true; content: string } | { ok: false; fields: Record<string, string> };

/** The same object serves the server's checks and the browser's help. `parse(format(x))` is x. */
export interface RecordType {
  type: string;
  title: string;
  rfc: string;
  fields: readonly FieldSpec[];
  /** An example of the content. */
  placeholder: string;
  parse(content: string, context: Context): Parsed<Rdata>;
  format(rdata: Rdata): string;
  /** What is allowed and yet probably a mistake, a sentence each. */
  check?(rdata: Rdata): string[];
  /** What the editor shows for a content. One that does not parse is spread over the fields as far as it goes. */
  toFields(content: string): Record<string, string>;
  fromFields(fields: Readonly<Record<string, string>>, context: Context): FieldsResult;
}

/** A field that knows how to read its part of the content. `read` gives the canonical form or a sentence. */
export interface Field extends FieldSpec {
  read(token: string, context: Context): Parsed<string>;
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
  rfc: string;
  placeholder: string;
  fields: readonly Field[];
  check?(rdata: Rdata): string[];
}): RecordType {
  const { fields, type, ...described } = definition;
  const format = (rdata: Rdata) => fields.map((field) => rdata[field.name] ?? "").join(" ");

  return {
    ...described,
    type,
    fields,
    format,
    parse(content, context) {
      const tokens = tokensOf(content, fields);
      if (tokens[0] === "\\#") return { ok: false, reason: `Write ${type} in its own form, not as \\# and octets.` };
      if (tokens.length !== fields.length) {
        const names = fields.map((field) => field.label).join(", ");
        return {
          ok: false,
          reason: `${type} has ${count(fields.length)} (${names}), but here there are ${tokens.length}.`,
        };
      }
      const rdata: Record<string, string> = {};
      for (const [index, field] of fields.entries()) {
        const read = field.read(tokens[index] ?? "", context);
        if (!read.ok) return { ok: false, reason: read.reason };
        rdata[field.name] = read.value;
      }
      return { ok: true, value: rdata };
    },
    toFields(content) {
      const tokens = tokensOf(content, fields);
      const shown = (field: Field, token: string) => (field.toText && token !== "" ? field.toText(token) : token);
      return Object.fromEntries(fields.map((field, index) => [field.name, shown(field, tokens[index] ?? "")]));
    },
    fromFields(given, context) {
      const rdata: Record<string, string> = {};
      const problems: Record<string, string> = {};
      for (const field of fields) {
        const text = (given[field.name] ?? "").trim();
        const read: Parsed<string> =
          text === "" && !field.fromText
            ? { ok: false, reason: `${field.label} is missing.` }
            : field.read(field.fromText ? field.fromText(text) : text, context);
        if (read.ok) rdata[field.name] = read.value;
        else problems[field.name] = read.reason;
      }
      return Object.keys(problems).length > 0 ? { ok: false, fields: problems } : { ok: true, content: format(rdata) };
    },
  };
}

/** A whole number from 0 to `max`, written without leading zeros. */
export const numberField = (name: string, label: string, placeholder: string, max: number): Field => ({
  name,
  label,
  kind: "number",
  placeholder,
  min: 0,
  max,
  read: (token) =>
    /^\d{1,10}$/.test(token) && Number(token) <= max
      ? { ok: true, value: String(Number(token)) }
      : { ok: false, reason: `${label} is a whole number from 0 to ${max}.` },
});

/** A host name. `root` allows `.`, where the type says that this means none. */
export const hostField = (
  name: string,
  label: string,
  placeholder: string,
  options: { root?: boolean } = {},
): Field => ({
  name,
  label,
  kind: "host",
  placeholder,
  read: (token, { apex }) => parseHost(token, apex, options),
});

/** Any domain name. */
export const targetField = (name: string, label: string, placeholder: string): Field => ({
  name,
  label,
  kind: "host",
  placeholder,
  read: (token, { apex }) => parseTarget(token, apex),
});

const count = (fields: number): string => (fields === 1 ? "one field" : `${fields} fields`);

function tokensOf(content: string, fields: readonly Field[]): string[] {
  const text = content.trim();
  if (text === "") return [];
  if (!fields.at(-1)?.rest) return text.split(/\s+/);
  const before = new RegExp(`^((?:\\S+\\s+){${fields.length - 1}})([\\s\\S]+)$`).exec(text);
  return before ? [...(before[1] ?? "").trim().split(/\s+/), before[2] ?? ""] : text.split(/\s+/);
}
