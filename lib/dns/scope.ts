/** Name patterns and types as people write them, in the form in which rows and rules hold them. */
import { checkPattern } from "#lib/access/name-pattern.ts";
import { type Parsed, parseName, relativeName } from "./name.ts";
import { canonicalType } from "./type-numbers.ts";

/** A pattern for names of the zone. */
export function patternIn(apex: string, text: string): Parsed<string> {
  const checked = checkPattern(text.trim(), (name) => {
    const parsed = parseName(name, apex);
    return parsed.ok ? relativeName(parsed.value, apex) : null;
  });
  return checked.ok ? { ok: true, value: checked.pattern } : checked;
}

export function typeNamed(text: string): Parsed<string> {
  const known = canonicalType(text.trim().toUpperCase());
  if (/^[A-Z][A-Z0-9-]{0,15}$/.test(known)) return { ok: true, value: known };
  return { ok: false, reason: `${text} is not a record type.` };
}
