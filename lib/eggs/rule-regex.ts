/**
 * Regular expressions of rules, as PHP writes them: with delimiters and flags. They come from strangers' files, so an engine
 * runs them whose time grows with the value alone (RE2); what it cannot express is refused rather than run by another. Pure.
 */
import { RE2JS } from "re2js";

const MOST = 500;

/** What the engine made of an expression may take at most so many instructions. */
const PROGRAM = 1000;

export interface RuleRegex {
  matches: (value: string) => boolean;
}

/** The expression, or what is wrong with it. */
export function readRegex(text: string): RuleRegex | string {
  if (text.length > MOST) return `A regular expression has at most ${MOST} characters.`;
  const [open = ""] = text;
  if (/[\sa-z0-9\\]/i.test(open) || open === "") return "A regular expression stands between two slashes.";
  const close = { "(": ")", "[": "]", "{": "}", "<": ">" }[open] ?? open;
  const end = text.lastIndexOf(close);
  const flags = text.slice(end + 1).trim();
  if (end <= 0) return "The end of this regular expression is missing.";
  const unknown = [...flags].find((flag) => !Object.hasOwn(FLAGS, flag));
  if (unknown !== undefined) return `This panel does not know the flag ${unknown} of a regular expression.`;
  const bits = [...flags].reduce((sum, flag) => sum | (FLAGS[flag] ?? 0), 0);
  return compiled(text.slice(1, end), bits);
}

/** An expression as Wings has it in what says that a server has started: without delimiters. */
export const readBare = (text: string): RuleRegex | string =>
  text.length > MOST ? `A regular expression has at most ${MOST} characters.` : compiled(text, 0);

/** `u`, `D` and `U` change nothing about whether a value without line breaks matches. */
const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
  u: 0,
  D: 0,
  U: 0,
};

function compiled(source: string, flags: number): RuleRegex | string {
  if (/\(\?(<?[=!]|>)|\\[1-9]|\\[gk]/.test(withoutClasses(source)))
    return "Looking ahead or back and back references are not supported, because they can take for ever.";
  try {
    const regex = RE2JS.compile(source, flags);
    if (regex.programSize() > PROGRAM) return "This regular expression is too large.";
    return { matches: (value) => regex.matcher(value).find() };
  } catch {
    return "This regular expression cannot be read.";
  }
}

/** Escaped backslashes and what stands in brackets say nothing about groups. */
const withoutClasses = (source: string): string => source.replace(/\\\\/g, "").replace(/\[(?:[^\]\\]|\\.)*\]/g, "");
