/**
 * What somebody types into a search, as questions to the index of RRsets (`rrset_lines` in drizzle/ says what a line of it
 * looks like). Pure.
 */
import { displayName, labelsOf, parseName } from "../name.ts";
import { canonicalType } from "../type-numbers.ts";

export interface Terms {
  /** Types asked for; none: any. */
  types: string[];
  /** What is left of the text, as people wrote it. */
  text: string;
  /** The text in every form in which records may hold it; none where it is empty. */
  forms: string[];
}

const TYPE = { begin: "\u0002", end: "\u0002" };
const LINE = "\n";
const NAME_END = "\u0003";

/** `type:TXT` anywhere in the text narrows it, beside a type that was chosen otherwise. */
export function termsOf(q: string, type = ""): Terms {
  const types = new Set(type === "" ? [] : [canonicalType(type.toUpperCase())]);
  const text = q
    .replace(/(?:^|\s)type:([\w-]+)(?=\s|$)/gi, (_, named: string) => {
      types.add(canonicalType(named.toUpperCase()));
      return " ";
    })
    .trim();
  return { types: [...types], text, forms: formsOf(text) };
}

/** The text as records hold it: as it is, with A-labels, and as the octets of a TXT record. */
export function formsOf(text: string): string[] {
  const plain = lineOf(text);
  if (plain === "") return [];
  if (/^[\x00-\x7f]*$/.test(plain)) return [plain];
  const octets = [...new TextEncoder().encode(plain)]
    .map((octet) => (octet < 128 ? String.fromCharCode(octet) : String(octet)))
    .join("");
  return [...new Set([plain, octets, ...asciiName(plain)])];
}

/** A part of a name in every form in which names may be kept. */
export const nameForms = (text: string): string[] => {
  const lower = text.toLowerCase();
  if (/^[\x00-\x7f]*$/.test(lower)) return [lower];
  const [, before = "", , after = ""] = /^(\.*)(.*?)(\.*)$/s.exec(lower) ?? [];
  return [...new Set([lower, ...asciiName(lower).map((name) => `${before}${name}${after}`)])];
};

/** A name with U-labels as it is kept. */
function asciiName(text: string): string[] {
  const parsed = parseName(text.replace(/^\.+|\.+$/g, ""), null);
  return parsed.ok ? [parsed.value.replace(/\.$/, "")] : [];
}

/** Content as it is indexed: without quotes, escapes and the joints of long texts. */
export const lineOf = (content: string): string =>
  content
    .replaceAll('" "', "")
    .replace(/["\\]/g, "")
    .replace(/[\x00-\x1f]/g, "");

/** Questions in the index's own language, the best answers first. None: what is left is too short to ask for. */
export interface Questions {
  /** Names, or values, that are the text: apart, because what one finds often the other may not find at all. */
  exact: string[];
  /** Those that begin with it. */
  prefix: string | null;
  /** Those that have it anywhere: what the other two find is among it. Three characters at least. */
  anywhere: string | null;
}

export function questionsOf({ types, forms }: Terms): Questions {
  const ask = (phrases: readonly string[]) => withTypes(types, phrases);
  if (forms.length === 0) return { exact: [], prefix: null, anywhere: types.length > 0 ? ask([]) : null };
  const long = (characters: number) => forms.filter((form) => [...form].length >= characters);
  const from = (characters: number, phrasesOf: (form: string) => string[]) => {
    const phrases = long(characters).flatMap(phrasesOf);
    return phrases.length > 0 ? ask(phrases) : null;
  };
  return {
    exact: [
      from(1, (form) => [`${LINE}${form.replace(/\.$/, "")}${NAME_END}`]),
      from(1, (form) => [`${LINE}${form}${LINE}`]),
    ].filter((question) => question !== null),
    prefix: from(2, (form) => [`${LINE}${form}`]),
    anywhere: from(3, (form) => [form]),
  };
}

/**
 * What has one piece of the text that few records have: the index looks through all that has each three characters of what it
 * is asked, so a long text is found sooner by a piece of it, and a look at what has that. Null: the text is short enough.
 */
export function narrowQuestion({ types, forms }: Terms): string | null {
  if (forms.length === 0 || forms.some((form) => form.length <= PIECE)) return null;
  return withTypes(types, forms.map(rarestPiece));
}

const PIECE = 8;

/** Digits and letters that are rare in words tell more than others. */
function rarestPiece(form: string): string {
  const tells = [...form].map((character) => (/[\djkqvwxyz]/i.test(character) ? 3 : /[a-z]/i.test(character) ? 1 : 2));
  const starts = Array.from({ length: form.length - PIECE + 1 }, (_, start) => ({
    start,
    tells: tells.slice(start, start + PIECE).reduce((sum, one) => sum + one, 0),
  }));
  const best = starts.reduce((best, one) => (one.tells > best.tells ? one : best));
  return form.slice(best.start, best.start + PIECE);
}

/** What ends like the text: names, and values. Some of it is the text. */
export const endings = ({ types, forms }: Terms): string[] => {
  const ends = forms.map((form) => form.replace(/\.$/, "").slice(-2)).filter((end) => end.length === 2);
  return ends.length === 0
    ? []
    : [NAME_END, LINE].map((mark) =>
        withTypes(
          types,
          ends.map((end) => `${end}${mark}`),
        ),
      );
};

/** RRsets whose name, relative to the apex, ends like this; `@` alone is the apex. */
export const nameEnding = ({ types }: Terms, ending: string): string =>
  withTypes(types, [`${[...ending].length < 2 || ending === "@" ? LINE : ""}${lineOf(ending)}${NAME_END}`]);

/** Candidates for a part of a U-label: Punycode keeps the ASCII of it together. Null where there is none to look for. */
export function idnCandidates({ types, text }: Terms): string | null {
  const ascii = lineOf(text.toLowerCase()).replace(/[^\x00-\x7f]/g, "");
  if (ascii === text.toLowerCase() || text.includes(".")) return null;
  const phrases = [...ascii].length >= 3 ? `"xn--" AND ${phrase(ascii)}` : '"xn--"';
  return types.length > 0 ? `${typesOf(types)} AND ${phrases}` : phrases;
}

/** Whether a label of the name has the text in it, as people see it. */
export const showsText = (name: string, text: string): boolean =>
  name.includes("xn--") && labelsOf(displayName(name)).some((label) => label.includes(text.toLowerCase()));

/**
 * Where a whole name ends and the apex of its zone may begin: `www.example.com` is `www` in `example.com`, or `www.example`
 * in `com`. What is to the right may be the beginning of an apex alone.
 */
export function splits({ forms }: Terms): { left: string; right: string }[] {
  const name = (forms.at(-1) ?? "").toLowerCase().replace(/\.$/, "");
  if (!/^[^\s.]+(\.[^\s.]+)+$/.test(name)) return [];
  const labels = name.split(".");
  return [
    { left: "@", right: name },
    ...labels.slice(1, 10).map((_, index) => ({
      left: labels.slice(0, index + 1).join("."),
      right: labels.slice(index + 1).join("."),
    })),
  ];
}

/** Whether a value is one that was looked for. */
export const hasForm = ({ forms }: Terms, content: string): boolean => {
  const line = lineOf(content).toLowerCase();
  return forms.some((form) => line.includes(form.toLowerCase()));
};

/** RRsets of the type whose name matches the pattern and which hold the value, as far as the index can tell. Null: it cannot. */
export function narrowingQuestion(find: {
  type: string;
  pattern: string;
  content: string;
  whole: boolean;
}): string | null {
  const parts = [
    find.type === "" ? [] : [`${TYPE.begin}${find.type}${TYPE.end}`],
    ofPattern(find.pattern),
    ofContent(find),
  ];
  const asked = parts.filter((phrases) => phrases.length > 0);
  return asked.length > 0 ? asked.map((phrases) => `(${phrases.map(phrase).join(" OR ")})`).join(" AND ") : null;
}

/** The longest run of labels without wildcards, at its end of the name. */
function ofPattern(pattern: string): string[] {
  if (pattern === "") return [];
  const plain = pattern.replaceAll("\\", "");
  if (!/(^|\.)\*/.test(pattern)) return [`${LINE}${plain}${NAME_END}`];
  const [, before = "", behind = ""] = /^(.*?)(?<=^|\.)\*.*?((?:\.[^*]*)?)$/.exec(pattern) ?? [];
  if (behind.length > 1) return [`${behind.replaceAll("\\", "")}${NAME_END}`];
  return before.length > 1 ? [`${LINE}${before.replaceAll("\\", "")}`] : [];
}

function ofContent({ content, whole }: { content: string; whole: boolean }): string[] {
  const forms = formsOf(content);
  if (whole) return forms.flatMap((form) => [`${LINE}${form}${LINE}`, `${LINE}${form}.${LINE}`]);
  return forms.flatMap((form) => ([...form].length >= 3 ? [form] : [...form].length === 2 ? [`${LINE}${form}`] : []));
}

function withTypes(types: readonly string[], phrases: readonly string[]): string {
  const asked = phrases.length > 0 ? `(${phrases.map(phrase).join(" OR ")})` : null;
  return [types.length > 0 ? typesOf(types) : null, asked].filter((part) => part !== null).join(" AND ");
}

/** A question narrowed to one type. */
export const ofType = (question: string, type: string): string => `${typesOf([type])} AND (${question})`;

const typesOf = (types: readonly string[]): string =>
  `(${types.map((type) => phrase(`${TYPE.begin}${type}${TYPE.end}`)).join(" OR ")})`;

const phrase = (text: string): string => `"${text.replaceAll('"', '""')}"`;
