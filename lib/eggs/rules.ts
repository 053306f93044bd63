/**
 * The rules of an egg's variable, as Laravel writes them (`required|string|max:20`): read one by one, and put to a value.
 * What cannot be read is said, and holds nothing: a variable with such a rule keeps its default. Pure.
 */
import { isIP, isIPv4, isIPv6 } from "node:net";
import { readRegex } from "./rule-regex.ts";

export interface RuleProblem {
  rule: string;
  message: string;
}

export interface Rules {
  problems: RuleProblem[];
  required: boolean;
  /** A sentence about what is wrong with the value, or null. */
  check: (value: string) => string | null;
}

/** The longest value that is looked at. */
export const VALUE_LENGTH = 2048;

/** The rules that a text joins with `|`. Inside a regular expression the bar is its own. */
export function splitRules(text: string): string[] {
  const rules: string[] = [];
  let rest = text;
  while (rest !== "") {
    const rule = nextRule(rest);
    rules.push(rule);
    rest = rest.slice(rule.length + 1);
  }
  return rules.map((rule) => rule.trim()).filter((rule) => rule !== "");
}

export const joinRules = (rules: readonly string[]): string => rules.join("|");

function nextRule(text: string): string {
  const [, head = "", open = ""] = /^(\s*(?:not_)?regex:)([^\sa-z0-9\\|])/i.exec(text) ?? [];
  const plain = text.split("|", 1)[0] ?? "";
  if (head === "") return plain;
  const close = { "(": ")", "[": "]", "{": "}", "<": ">" }[open] ?? open;
  for (let at = head.length + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === close && /^[a-z]*\s*(\||$)/i.test(text.slice(at + 1)))
      return text.slice(0, at + 1) + (/^[a-z]*\s*/i.exec(text.slice(at + 1))?.[0] ?? "");
  }
  return plain;
}

type Check = (value: string) => string | null;

export function compileRules(rules: readonly string[]): Rules {
  const named = rules.map((rule) => ({ rule, ...partsOf(rule) }));
  const has = (name: string) => named.some((one) => one.name === name);
  const numeric = has("numeric") || has("integer") || has("decimal");
  const problems: RuleProblem[] = [];
  const checks: Check[] = [];
  for (const { rule, name, text } of named) {
    const made = Object.hasOwn(kinds, name) ? kinds[name]?.(text, numeric) : undefined;
    if (typeof made === "function") checks.push(made);
    else problems.push({ rule, message: made ?? "This panel does not know this rule." });
  }
  const required = has("required") || has("filled");
  return {
    problems,
    required,
    check: (value) => {
      const [problem] = problems;
      if (problem) return `The rule ${problem.rule} cannot be checked, so this keeps its default.`;
      if (value.length > VALUE_LENGTH) return `Enter at most ${VALUE_LENGTH.toLocaleString("en-GB")} characters.`;
      // As in Laravel, nothing is right wherever something is not asked for.
      if (value.trim() === "") return required ? "Enter a value." : null;
      for (const check of checks) {
        const wrong = check(value);
        if (wrong !== null) return wrong;
      }
      return null;
    },
  };
}

function partsOf(rule: string): { name: string; text: string } {
  const colon = rule.indexOf(":");
  const [name, text] = colon < 0 ? [rule, ""] : [rule.slice(0, colon), rule.slice(colon + 1)];
  return { name: name.trim().toLowerCase(), text };
}

/** A check, or what is wrong with the rule. */
type Kind = (text: string, numeric: boolean) => Check | string;

const says =
  (right: (value: string) => boolean, sentence: string): Check =>
  (value) =>
    right(value) ? null : sentence;
const plain =
  (right: (value: string) => boolean, sentence: string): Kind =>
  () =>
    says(right, sentence);
const nothing: Kind = () => () => null;

const isNumber = (text: string): boolean => /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text);
const LARGEST = 2n ** 63n;

function isInteger(text: string): boolean {
  if (!/^\s*[+-]?(0|[1-9]\d{0,18})\s*$/.test(text)) return false;
  const value = BigInt(text.trim().replace(/^\+/, ""));
  return value >= -LARGEST && value < LARGEST;
}

/** Of a number itself, of everything else how many characters it has. */
const sizeOf = (value: string, numeric: boolean): number =>
  numeric && isNumber(value) ? Number(value) : [...value].length;

/** Numbers between commas, exactly so many. */
function numbers(text: string, count: number): number[] | null {
  const parts = text.split(",").map((part) => part.trim());
  return parts.length === count && parts.every(isNumber) ? parts.map(Number) : null;
}

const sized =
  (count: number, right: (size: number, limits: number[]) => boolean, words: (limits: number[]) => string): Kind =>
  (text, numeric) => {
    const limits = numbers(text, count);
    if (!limits) return count === 1 ? "This rule wants a number." : "This rule wants two numbers.";
    const sentence = numeric
      ? `Enter a number ${count === 1 ? "of" : "from"} ${words(limits)}.`
      : `Enter ${words(limits)} characters.`;
    return says((value) => right(sizeOf(value, numeric), limits), sentence);
  };

const counted =
  (count: number, right: (digits: number, limits: number[]) => boolean, words: (limits: number[]) => string): Kind =>
  (text) => {
    const limits = numbers(text, count);
    if (!limits) return count === 1 ? "This rule wants a number." : "This rule wants two numbers.";
    return says((value) => /^\d+$/.test(value) && right(value.length, limits), `Enter ${words(limits)} digits.`);
  };

const compared =
  (right: (size: number, limit: number) => boolean, words: string): Kind =>
  (text, numeric) => {
    const limit = numbers(text, 1)?.[0];
    if (limit === undefined) return "This panel compares with numbers, not with other variables.";
    const sentence = numeric ? `Enter a number ${words} ${limit}.` : `Enter ${words} ${limit} characters.`;
    return says((value) => right(sizeOf(value, numeric), limit), sentence);
  };

const listed =
  (right: (value: string, list: string[]) => boolean, sentence: (list: string[]) => string): Kind =>
  (text) => {
    const list = commaSeparated(text);
    return text === "" ? "This rule wants a list." : says((value) => right(value, list), sentence(list));
  };

/** As `str_getcsv` reads it: quotes hold what has commas in it. */
function commaSeparated(text: string): string[] {
  const cells = text.matchAll(/(?:^|,)(?:\s*"((?:[^"]|"")*)"[^,]*|([^,]*))/g);
  return Array.from(cells, ([, quoted, bare]) => (quoted === undefined ? (bare ?? "") : quoted.replaceAll('""', '"')));
}

const letters = (rest: string, words: string): Kind => {
  const anywhere = new RegExp(`^[\\p{L}\\p{M}${rest && `\\p{N}${rest}`}]+$`, "u");
  const ascii = new RegExp(`^[a-zA-Z${rest && `0-9${rest}`}]+$`);
  return (text) => {
    if (text !== "" && text !== "ascii") return "This rule takes nothing but ascii.";
    const shape = text === "ascii" ? ascii : anywhere;
    return says((value) => shape.test(value), `Enter ${words} alone.`);
  };
};

const expression =
  (wanted: boolean): Kind =>
  (text) => {
    const regex = readRegex(text);
    if (typeof regex === "string") return regex;
    const sentence = wanted ? `This has to match ${text}` : `This may not match ${text}`;
    return says((value) => regex.matches(value) === wanted, `${sentence}.`);
  };

function isUrl(value: string, protocols: readonly string[]): boolean {
  const [, scheme = ""] = /^([a-z][a-z0-9+.-]*):\/\/[^\s/?#]/i.exec(value) ?? [];
  if (scheme === "" || /\s/.test(value) || !URL.canParse(value)) return false;
  return protocols.length === 0 || protocols.includes(scheme.toLowerCase());
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

const zones = new Set([...Intl.supportedValuesOf("timeZone"), "UTC"]);
const quoted = (list: readonly string[]): string => list.join(", ");
const oneOf = (list: readonly string[]) =>
  list.length > 20
    ? `Choose one of the ${list.length} values that this rule lists.`
    : `Choose one of: ${quoted(list)}.`;

const kinds: Readonly<Record<string, Kind>> = {
  required: nothing,
  filled: nothing,
  present: nothing,
  sometimes: nothing,
  nullable: nothing,
  bail: nothing,
  string: nothing,
  numeric: plain(isNumber, "Enter a number."),
  integer: plain(isInteger, "Enter a whole number."),
  int: plain(isInteger, "Enter a whole number."),
  boolean: plain((value) => ["0", "1", "true", "false"].includes(value), "Enter 1 or 0."),
  bool: plain((value) => ["0", "1", "true", "false"].includes(value), "Enter 1 or 0."),
  accepted: plain((value) => ["yes", "on", "1", "true"].includes(value), "Enter 1."),
  declined: plain((value) => ["no", "off", "0", "false"].includes(value), "Enter 0."),
  decimal: (text) => {
    const limits = numbers(text, 1) ?? numbers(text, 2);
    if (!limits) return "This rule wants one number, or two.";
    const [least = 0, most = least] = limits;
    const places = (value: string) => /^[+-]?\d*\.?(\d*)$/.exec(value)?.[1]?.length ?? -1;
    const words = least === most ? `${least}` : `${least} to ${most}`;
    return says(
      (value) => isNumber(value) && places(value) >= least && places(value) <= most,
      `Enter a number with ${words} decimal places.`,
    );
  },
  multiple_of: (text) => {
    const [of = 0] = numbers(text, 1) ?? [];
    if (of === 0) return "This rule wants a number other than 0.";
    return says((value) => isNumber(value) && Number.isInteger(Number(value) / of), `Enter a multiple of ${of}.`);
  },
  min: sized(
    1,
    (size, [least = 0]) => size >= least,
    ([least]) => `at least ${least}`,
  ),
  max: sized(
    1,
    (size, [most = 0]) => size <= most,
    ([most]) => `at most ${most}`,
  ),
  size: sized(
    1,
    (size, [exact]) => size === exact,
    ([exact]) => `exactly ${exact}`,
  ),
  between: sized(
    2,
    (size, [least = 0, most = 0]) => size >= least && size <= most,
    ([least, most]) => `${least} to ${most}`,
  ),
  gt: compared((size, limit) => size > limit, "more than"),
  gte: compared((size, limit) => size >= limit, "at least"),
  lt: compared((size, limit) => size < limit, "less than"),
  lte: compared((size, limit) => size <= limit, "at most"),
  digits: counted(
    1,
    (digits, [exact]) => digits === exact,
    ([exact]) => `exactly ${exact}`,
  ),
  digits_between: counted(
    2,
    (digits, [least = 0, most = 0]) => digits >= least && digits <= most,
    ([least, most]) => `${least} to ${most}`,
  ),
  min_digits: counted(
    1,
    (digits, [least = 0]) => digits >= least,
    ([least]) => `at least ${least}`,
  ),
  max_digits: counted(
    1,
    (digits, [most = 0]) => digits <= most,
    ([most]) => `at most ${most}`,
  ),
  in: listed((value, list) => list.includes(value), oneOf),
  not_in: listed(
    (value, list) => !list.includes(value),
    (list) => `This may not be any of: ${quoted(list)}.`,
  ),
  starts_with: listed(
    (value, list) => list.some((start) => value.startsWith(start)),
    (list) => `Begin with ${quoted(list)}.`,
  ),
  doesnt_start_with: listed(
    (value, list) => !list.some((start) => value.startsWith(start)),
    (list) => `Do not begin with ${quoted(list)}.`,
  ),
  ends_with: listed(
    (value, list) => list.some((end) => value.endsWith(end)),
    (list) => `End with ${quoted(list)}.`,
  ),
  doesnt_end_with: listed(
    (value, list) => !list.some((end) => value.endsWith(end)),
    (list) => `Do not end with ${quoted(list)}.`,
  ),
  alpha: letters("", "letters"),
  alpha_num: letters("0-9", "letters and digits"),
  alpha_dash: letters("0-9_-", "letters, digits, hyphens and underscores"),
  ascii: plain((value) => /^[\x00-\x7f]*$/.test(value), "Enter plain ASCII characters."),
  lowercase: plain((value) => value === value.toLowerCase(), "Enter lower case."),
  uppercase: plain((value) => value === value.toUpperCase(), "Enter upper case."),
  hex_color: plain((value) => /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(value), "Enter a colour as #1f6feb."),
  url: (text) => {
    const protocols = text === "" ? [] : commaSeparated(text).map((one) => one.trim().toLowerCase());
    return says((value) => isUrl(value, protocols), "Enter an address such as https://example.org/.");
  },
  ip: plain((value) => isIP(value) !== 0, "Enter an IP address."),
  ipv4: plain(isIPv4, "Enter an IPv4 address."),
  ipv6: plain(isIPv6, "Enter an IPv6 address."),
  mac_address: plain((value) => /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(value), "Enter a MAC address."),
  email: plain((value) => /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)*$/.test(value), "Enter an e-mail address."),
  uuid: plain((value) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value), "Enter a UUID."),
  json: plain(isJson, "Enter JSON."),
  timezone: plain((value) => zones.has(value), "Enter a time zone such as Europe/Berlin."),
  regex: expression(true),
  not_regex: expression(false),
};
