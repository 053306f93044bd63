/**
 * What privacy mode hides. A field of an output schema is marked here, and the guard of staff masks it in the answer: so it
 * is in no page, call, file or tooltip. It prevents accidents on a screen that others see; it is not an access rule.
 */
import * as z from "zod";

export type MaskKind =
  | "email"
  | "name"
  | "label"
  | "record"
  | "address"
  | "text"
  | "phone"
  | "billing"
  | "date"
  | "document";

/** Registered without anything else, so that a shape can be read without knowing of masks. */
const masks = z.registry<{ kind: MaskKind }>();

/** Text that is hidden in privacy mode. `label`: an e-mail address, or something that is nobody's. `record`: with addresses of both kinds in it. */
export const masked = (kind: MaskKind) => z.string().register(masks, { kind });

const DOTS = "•••";

/** The text as it is shown while it is hidden: enough to tell two apart, too little to say whose it is. */
export function maskText(kind: MaskKind, text: string): string {
  if (text === "") return "";
  switch (kind) {
    case "email":
      return maskEmail(text);
    case "label":
      return text.includes("@") ? text.replace(/[^\s<>()"]+@[^\s<>()"]+/g, maskEmail) : text;
    case "record":
      return maskText("label", text).replace(ADDRESSES, maskAddress);
    case "name":
      return text
        .split(/\s+/)
        .filter(Boolean)
        .map((word) => `${firstOf(word)}${DOTS}`)
        .join(" ");
    case "address":
      return maskAddress(text);
    case "phone":
      return `${DOTS}${text.length > 5 ? text.slice(-2) : ""}`;
    default:
      return DOTS;
  }
}

/** `jane@example.org` → `j•••@e•••.org` */
function maskEmail(text: string): string {
  const at = text.lastIndexOf("@");
  if (at < 0) return DOTS;
  const domain = text.slice(at + 1);
  const dot = domain.lastIndexOf(".");
  const end = dot > 0 ? domain.slice(dot) : "";
  return `${firstOf(text)}${DOTS}@${firstOf(domain)}${DOTS}${end}`;
}

/** IPv4 as it is written, and what has the form of IPv6: groups with seven colons, or fewer and two beside each other. */
const ADDRESSES =
  /\b(?:\d{1,3}\.){3}\d{1,3}\b|(?<![\w:])(?:(?:[\da-f]{1,4}:){7}[\da-f]{1,4}|(?:[\da-f]{1,4}(?::[\da-f]{1,4})*)?::(?:[\da-f]{1,4}(?::[\da-f]{1,4})*)?)(?![\w:])/gi;

/** `203.0.113.9` → `203.0.•.•`, `2001:db8:1::9` → `2001:db8:•` */
function maskAddress(text: string): string {
  const four = /^(\d+\.\d+)\.\d+\.\d+(\/\d+)?$/.exec(text);
  if (four) return `${four[1]}.•.•`;
  const groups = text.split(":");
  return groups.length > 2 ? `${groups.slice(0, 2).join(":")}:•` : DOTS;
}

const firstOf = (text: string): string => [...text][0] ?? "";

type Mask = (value: unknown) => unknown;
const known = new WeakMap<z.core.$ZodType, Mask | "nothing">();

/** The answer with everything masked that its schema marks. What has nothing to hide is answered as it is. */
export function hidePrivate(schema: unknown, answer: unknown): unknown {
  const mask = schema instanceof z.core.$ZodType ? maskOf(schema) : null;
  return mask ? mask(answer) : answer;
}

/** The paths that are marked, with `*` for each item of a list: `items.*.email`. */
export function privatePaths(schema: unknown): Map<string, MaskKind> {
  const paths = new Map<string, MaskKind>();
  const walk = (one: z.core.$ZodType, path: string) => {
    const kind = masks.get(one)?.kind;
    if (kind) paths.set(path, kind);
    for (const [key, child] of childrenOf(one)) walk(child, key === "" ? path : path === "" ? key : `${path}.${key}`);
  };
  if (schema instanceof z.core.$ZodType) walk(schema, "");
  return paths;
}

/** What a schema consists of; an empty key is the same place. */
function childrenOf(schema: z.core.$ZodType): [string, z.core.$ZodType][] {
  if (schema instanceof z.core.$ZodObject) return Object.entries(schema._zod.def.shape);
  if (schema instanceof z.core.$ZodArray) return [["*", schema._zod.def.element]];
  if (schema instanceof z.core.$ZodRecord) return [["*", schema._zod.def.valueType]];
  if (schema instanceof z.core.$ZodTuple) return schema._zod.def.items.map((item) => ["*", item]);
  if (schema instanceof z.core.$ZodUnion) return schema._zod.def.options.map((option) => ["", option]);
  if (schema instanceof z.core.$ZodIntersection)
    return [
      ["", schema._zod.def.left],
      ["", schema._zod.def.right],
    ];
  if (schema instanceof z.core.$ZodPipe) return [["", schema._zod.def.out]];
  if (
    schema instanceof z.core.$ZodNullable ||
    schema instanceof z.core.$ZodOptional ||
    schema instanceof z.core.$ZodDefault ||
    schema instanceof z.core.$ZodReadonly
  )
    return [["", schema._zod.def.innerType]];
  return [];
}

function maskOf(schema: z.core.$ZodType): Mask | null {
  const before = known.get(schema);
  if (before !== undefined) return before === "nothing" ? null : before;
  const made = makeMask(schema);
  known.set(schema, made ?? "nothing");
  return made;
}

function makeMask(schema: z.core.$ZodType): Mask | null {
  const kind = masks.get(schema)?.kind;
  if (kind) return (value) => (typeof value === "string" ? maskText(kind, value) : value);
  const parts = childrenOf(schema).flatMap(([key, child]) => {
    const mask = maskOf(child);
    return mask ? [{ key, mask }] : [];
  });
  if (parts.length === 0) return null;
  return (value) => parts.reduce((sofar, { key, mask }) => maskPart(sofar, key, mask), value);
}

function maskPart(value: unknown, key: string, mask: Mask): unknown {
  if (key === "") return mask(value);
  if (typeof value !== "object" || value === null) return value;
  if (key === "*")
    return Array.isArray(value)
      ? value.map(mask)
      : Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mask(one)]));
  return key in value ? { ...value, [key]: mask((value as Record<string, unknown>)[key]) } : value;
}
