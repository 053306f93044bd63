/**
 * Name patterns: which names of a zone a row or token rule is for. Labels relative to the apex, matched label by label;
 * `@` is the apex, `*` one label, `**` (at most once) one or more, `\*` the literal wildcard label.
 */

/** How many patterns one row or rule may list. */
export const maxPatterns = 50;

/** A label's octets (one character each, lower case), or a wildcard. */
type PatternLabel = string | typeof one | typeof many;

const one = Symbol("*");
const many = Symbol("**");

/**
 * The labels of a name as written, escapes kept (RFC 1035 §5.1: an escaped dot does not end a label). The final dot of
 * an absolute name adds no label; the root and the empty string have none.
 */
export function splitLabels(name: string): string[] {
  if (name === ".") return [];
  const labels = split(name);
  if (labels.at(-1) === "") labels.pop();
  return labels;
}

/**
 * The pattern in canonical form, or a sentence that says what is wrong with it.
 *
 * `toCanonicalRelative` turns a name (U-labels, upper case or absolute as people write it) into the canonical name
 * relative to the apex, `@` for the apex, or null if it is no name in the zone. It gets the pattern with an ordinary
 * label in place of every wildcard. Without it the pattern must be relative and in A-labels already.
 */
export function checkPattern(
  text: string,
  toCanonicalRelative?: (name: string) => string | null,
): { ok: true; pattern: string } | { ok: false; reason: string } {
  if (text === "") return { ok: false, reason: "A name pattern cannot be empty; write @ for the apex." };
  if (text === "@") return { ok: true, pattern: "@" };

  const written = split(text);
  const wild = (index: number) => specialLabels.has(written[index] ?? "");
  let labels = written;
  if (toCanonicalRelative) {
    const ordinary = written.map((label, index) => (wild(index) ? "x" : label)).join(".");
    const converted = toCanonicalRelative(ordinary);
    if (converted === null) return { ok: false, reason: `${text} is not a name in this zone.` };
    const kept = converted === "@" ? [] : split(converted);
    // The apex that was cut off must have been written out: a wildcard in its place is a name in other zones too.
    if (kept.length > written.length || written.some((_, index) => index >= kept.length && wild(index))) {
      return { ok: false, reason: `${text} is not a name in this zone.` };
    }
    if (kept.length === 0) return { ok: true, pattern: "@" };
    labels = kept.map((label, index) => (wild(index) ? (written[index] ?? label) : encodeLiteral(label)));
  }
  if (labels.at(-1) === "")
    return { ok: false, reason: "Write the name pattern relative to the zone, without a final dot." };

  const parsed: PatternLabel[] = [];
  for (const label of labels) {
    const octets = parseLabel(label);
    if (octets === null)
      return { ok: false, reason: `${text} has a label that is empty, too long or not in A-label form.` };
    parsed.push(octets);
  }
  if (parsed.filter((label) => label === many).length > 1) {
    return { ok: false, reason: "A name pattern can have ** only once." };
  }
  return { ok: true, pattern: parsed.map((label) => formatLabel(label, parsed.length)).join(".") };
}

/** Whether the pattern matches the name, relative to the apex (`@` is the apex). What is no pattern matches nothing. */
export function matchesPattern(pattern: string, name: string): boolean {
  const labels = parseName(name);
  const wanted = parsePattern(pattern);
  return labels !== null && wanted !== null && matchesLabels(wanted, labels);
}

/** Whether the pattern matches the name and every name below it. */
export const patternCoversSubtree = (pattern: string, name: string): boolean => patternsCoverSubtree([pattern], name);

/** Whether the patterns together match the name and every name below it. */
export function patternsCoverSubtree(patterns: readonly string[], name: string): boolean {
  const labels = parseName(name);
  if (labels === null) return false;
  const parsed = patterns.map(parsePattern).filter((pattern) => pattern !== null);
  // The empty string is no label, so it stands for one that no pattern names. Deeper than the longest pattern nothing
  // changes any more: only a ** reaches there, and it has room for one label more.
  const deepest = Math.max(0, ...parsed.map((pattern) => pattern.length)) + 1;
  const probe = [...labels];
  for (let depth = 0; depth <= deepest; depth++) {
    if (!parsed.some((pattern) => matchesLabels(pattern, probe))) return false;
    probe.unshift("");
  }
  return true;
}

/** A pattern made ready for many questions. */
export interface CompiledPattern {
  text: string;
  labels: readonly PatternLabel[];
  /** Without wildcards: it matches one name. */
  exact: boolean;
  /** Where its `**` is, or -1. */
  gap: number;
}

/** Null if it is no pattern. */
export function compilePattern(text: string): CompiledPattern | null {
  const labels = parsePattern(text);
  return labels && { text, labels, exact: !labels.includes(one) && !labels.includes(many), gap: labels.indexOf(many) };
}

/** The pattern of the name alone, and that of every name below it. None if it is no name. */
export function subtreePatterns(name: string): CompiledPattern[] {
  const labels = parseName(name);
  if (labels === null) return [];
  return [
    { text: name, labels, exact: true, gap: -1 },
    { text: `**.${name}`, labels: [many, ...labels], exact: false, gap: 0 },
  ];
}

/** The labels of a name relative to the apex, as octets; null if it is none. For `matchesCompiled`. */
export const nameLabels = (name: string): readonly string[] | null => parseName(name);

export const matchesCompiled = (pattern: CompiledPattern, labels: readonly string[]): boolean =>
  matchesLabels(pattern.labels, labels);

/**
 * The most general name with so many labels that all of the patterns match, relative to the apex: where they leave a
 * label open stands `open`, which should be in none of them. Whatever other pattern matches it matches every name of
 * this length that all of these match. Null if there is none.
 */
export function commonName(patterns: readonly CompiledPattern[], count: number, open: string): string | null {
  const name: (string | null)[] = Array(count).fill(null);
  for (const { labels, gap } of patterns) {
    if (gap === -1 ? labels.length !== count : labels.length > count) return null;
    for (const [index, label] of labels.entries()) {
      if (typeof label !== "string") continue;
      const at = gap === -1 || index < gap ? index : index + count - labels.length;
      if (name[at] !== null && name[at] !== label) return null;
      name[at] = label;
    }
  }
  return count === 0 ? "@" : name.map((label) => formatLabel(label ?? open, count)).join(".");
}

const specialLabels: ReadonlySet<string> = new Set(["*", "**"]);

function matchesLabels(wanted: readonly PatternLabel[], labels: readonly string[]): boolean {
  const gap = wanted.indexOf(many);
  if (gap === -1) return wanted.length === labels.length && fits(wanted, labels, 0);
  const tail = wanted.slice(gap + 1);
  return (
    labels.length >= wanted.length &&
    fits(wanted.slice(0, gap), labels, 0) &&
    fits(tail, labels, labels.length - tail.length)
  );
}

const fits = (wanted: readonly PatternLabel[], labels: readonly string[], from: number): boolean =>
  wanted.every((label, index) => label === one || label === labels[from + index]);

/** Null if it is no pattern. The apex has no labels. */
function parsePattern(pattern: string): PatternLabel[] | null {
  if (pattern === "@") return [];
  const labels = split(pattern).map(parseLabel);
  if (!labels.every((label) => label !== null)) return null;
  return labels.filter((label) => label === many).length > 1 ? null : labels;
}

/** Null if it is no relative name. The apex has no labels. */
function parseName(name: string): string[] | null {
  if (name === "@") return [];
  const labels = split(name).map(octetsOf);
  return labels.every((label) => label !== null) ? labels : null;
}

function parseLabel(label: string): PatternLabel | null {
  if (label === "*") return one;
  if (label === "**") return many;
  return octetsOf(label);
}

/** The octets of a label as written, lower case (RFC 4343), or null if it is none. */
function octetsOf(label: string): string | null {
  let octets = "";
  for (let at = 0; at < label.length; at++) {
    let code = label.charCodeAt(at);
    if (label[at] === "\\") {
      const digits = /^\d{3}/.exec(label.slice(at + 1))?.[0];
      if (digits) {
        code = Number(digits);
        if (code > 255) return null;
        octets += String.fromCharCode(code);
        at += 3;
        continue;
      }
      at += 1;
      code = label.charCodeAt(at);
      if (Number.isNaN(code) || (code >= 48 && code <= 57)) return null;
    }
    if (code > 126 || code < 33) return null;
    octets += String.fromCharCode(code);
  }
  if (octets === "" || octets.length > 63) return null;
  return octets.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function formatLabel(label: PatternLabel, count: number): string {
  if (label === one) return "*";
  if (label === many) return "**";
  if (specialLabels.has(label as string) || (label === "@" && count === 1)) return `\\${label as string}`;
  return (label as string).replace(/[.\\]|[^!-~]/g, (octet) =>
    octet === "." || octet === "\\" ? `\\${octet}` : `\\${String(octet.charCodeAt(0)).padStart(3, "0")}`,
  );
}

/** A wildcard label of a canonical name is a literal one in the pattern that was made from it. */
const encodeLiteral = (label: string): string => (specialLabels.has(label) ? `\\${label}` : label);

/** Splits at dots that are not escaped, empty labels kept. */
function split(name: string): string[] {
  const labels: string[] = [];
  let label = "";
  for (let at = 0; at < name.length; at++) {
    const character = name[at] ?? "";
    if (character === ".") {
      labels.push(label);
      label = "";
    } else if (character === "\\") {
      at += 1;
      label += character + (name[at] ?? "");
    } else {
      label += character;
    }
  }
  labels.push(label);
  return labels;
}
