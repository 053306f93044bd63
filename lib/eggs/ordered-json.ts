/**
 * JSON whose objects keep the order that they were written in, whatever their keys are: the first image of an egg is its
 * default, and an object of JavaScript moves a key such as "17" to the front. Objects are Maps. Pure.
 */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = Map<string, Json>;

/** Deeper than this nothing is read: what walks it later walks it recursively. */
const DEPTH = 50;

/** Throws SyntaxError. Of a key that stands twice the last value counts. */
export function readJson(text: string): Json {
  JSON.parse(text);
  // In what is JSON, a text with a colon after it is a key. With a letter before it, no key looks like a number.
  const marked = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/gs, (whole, colon) =>
    colon ? `"k${whole.slice(1)}` : whole,
  );
  return ordered(JSON.parse(marked), 0);
}

function ordered(value: unknown, depth: number): Json {
  if (depth > DEPTH) throw new SyntaxError("This is nested too deeply.");
  if (Array.isArray(value)) return value.map((one) => ordered(one, depth + 1));
  if (typeof value !== "object" || value === null) return value as Json;
  return new Map(Object.entries(value).map(([key, one]) => [key.slice(1), ordered(one, depth + 1)]));
}

/** Indented by four spaces, as the panels that read it write it. */
export function writeJson(value: Json, indent = "    ", at = ""): string {
  const inner = at + indent;
  const [gap, end] = indent === "" ? ["", ""] : [`\n${inner}`, `\n${at}`];
  const list = (open: string, parts: readonly string[], close: string) =>
    parts.length === 0 ? open + close : `${open}${gap}${parts.join(`,${gap}`)}${end}${close}`;
  if (Array.isArray(value))
    return list(
      "[",
      value.map((one) => writeJson(one, indent, inner)),
      "]",
    );
  if (!isJsonObject(value)) return JSON.stringify(value);
  const colon = indent === "" ? ":" : ": ";
  const parts = [...value].map(([key, one]) => `${JSON.stringify(key)}${colon}${writeJson(one, indent, inner)}`);
  return list("{", parts, "}");
}

export const isJsonObject = (value: Json | undefined): value is JsonObject => value instanceof Map;
