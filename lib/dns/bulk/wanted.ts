/** What somebody wants of records in many zones: which ones, and what becomes of each. */
import { compilePattern, matchesCompiled, nameLabels } from "#lib/access/name-pattern.ts";
import { invalid } from "#lib/api/errors.ts";
import { rrsetHash } from "../hash.ts";
import { relativeName } from "../name.ts";
import type { DnsRecord, RRset, Ttl } from "../rrset.ts";
import { patternIn, typeNamed } from "../scope.ts";
import { formsOf, lineOf, nameForms, narrowingQuestion } from "../search/terms.ts";
import { quoteOctets, textOf, textToOctets } from "../types/strings.ts";
import { contentToOctets, textToContent } from "../types/txt.ts";

export interface Find {
  /** Empty: any. */
  type: string;
  /** A name pattern, relative to the apex of whatever zone. */
  name: string;
  content: string;
  /** The value is all of it, and not a part. */
  whole: boolean;
  /** Ids of zones; none: all. */
  zones: string[];
}

export type Becomes = { kind: "ttl"; ttl: Ttl } | { kind: "content"; content: string } | { kind: "delete" };

export interface Wanted {
  find: Find;
  change: Becomes;
}

/** In canonical form. Throws what is wrong, by field. */
export function checkWanted({ find, change }: Wanted): Wanted {
  const fields: Record<string, string> = {};
  const type = find.type.trim() === "" ? null : typeNamed(find.type);
  const name = find.name.trim() === "" ? null : patternIn(ANY_APEX, find.name);
  if (type && !type.ok) fields["find.type"] = type.reason;
  if (name && !name.ok) fields["find.name"] = "Write a name relative to its zone, such as www, @ or *.dev.";
  const content = find.content.trim();
  if (change.kind === "content" && content === "") fields["find.content"] = "Say which value is replaced.";
  if (change.kind === "content" && change.content.trim() === "" && find.whole)
    fields["change.content"] = "Say what takes its place.";
  const checked: Find = {
    ...find,
    type: type?.ok ? type.value : "",
    name: name?.ok ? name.value : "",
    content,
  };
  if (Object.keys(fields).length === 0 && questionOf(checked) === null)
    fields["find.content"] = "Narrow it down: by a type, a name, or a value of two characters or more.";
  if (Object.keys(fields).length > 0) throw invalid(fields);
  return { find: checked, change };
}

/** Stands for the apex of whatever zone. */
const ANY_APEX = "zone.invalid.";

export const questionOf = ({ type, name, content, whole }: Find): string | null =>
  narrowingQuestion({ type, pattern: name, content, whole });

/** Kept by whoever signs or keeps the zone: nobody changes them in bulk. */
const never: ReadonlySet<string> = new Set(["SOA", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY"]);

/** Whether the RRset is one that was asked for. */
export function matcher({ name, content, whole }: Find): (set: RRset, apex: string) => boolean {
  const pattern = name === "" ? null : compilePattern(name);
  return (set, apex) => {
    if (never.has(set.type)) return false;
    const labels = pattern && nameLabels(relativeName(set.name, apex));
    if (pattern && !(labels && matchesCompiled(pattern, labels))) return false;
    return content === "" || set.records.some((record) => holds(record, content, whole));
  };
}

function holds(record: DnsRecord, content: string, whole: boolean): boolean {
  const line = lineOf(record.content).toLowerCase();
  const forms = formsOf(content).map((form) => form.toLowerCase());
  return forms.some((form) => (whole ? line === form || line === `${form}.` : line.includes(form)));
}

/** The RRset as it is to become; null: it goes. */
export function becomes(set: RRset, { find, change }: Wanted): RRset | null {
  if (change.kind === "ttl") return { ...set, ttl: change.ttl };
  const meant = (record: DnsRecord) => find.content === "" || holds(record, find.content, find.whole);
  if (change.kind === "delete") {
    const records = set.records.filter((record) => !meant(record));
    return records.length > 0 ? { ...set, records } : null;
  }
  const replaced = set.records.map((record) =>
    meant(record) ? { ...record, content: replacedContent(set.type, record.content, find, change.content) } : record,
  );
  // Two that become the same are one.
  return { ...set, records: [...new Map(replaced.map((record) => [record.content, record])).values()] };
}

/** Types that are texts and nothing else. */
const TEXTS: ReadonlySet<string> = new Set(["SPF", "TXT"]);

/** Where nothing is replaced, not even the strings of a text are joined anew. */
function replacedContent(type: string, content: string, { content: from, whole }: Find, to: string): string {
  const strings = TEXTS.has(type) ? contentToOctets(content) : null;
  if (!strings?.ok) return whole ? to.trim() : replaceWritten(content, from, to);
  if (whole) return /^".*"$/.test(to.trim()) ? to.trim() : textToContent(to);
  const text = textOf(strings.value);
  if (text === null) return strings.value.map((string) => replacedOctets(string, from, to)).join(" ");
  const replaced = replaceAll(text, from, to);
  return replaced === text ? content : textToContent(replaced);
}

/** Names and addresses are the same in any case. */
const replaceAll = (text: string, from: string, to: string): string =>
  text.replace(new RegExp(alternatives(nameForms(from)), "gi"), () => to);

/** In presentation form the digits of an escape are no digits. */
const replaceWritten = (content: string, from: string, to: string): string =>
  content.replace(new RegExp(`(${alternatives(nameForms(from))})|\\\\\\d{3}`, "gi"), (written, found?: string) =>
    found === undefined ? written : to,
  );

/** Octets that are no text, a character each. */
function replacedOctets(string: Uint8Array, from: string, to: string): string {
  const latin = (octets: Uint8Array) => Buffer.from(octets).toString("latin1");
  const wanted = new RegExp(alternatives([latin(textToOctets(from))]).replace(/[a-z]/gi, eitherCase), "g");
  return quoteOctets(
    Buffer.from(
      latin(string).replace(wanted, () => latin(textToOctets(to))),
      "latin1",
    ),
  );
}

const eitherCase = (letter: string): string => `[${letter.toLowerCase()}${letter.toUpperCase()}]`;

const alternatives = (texts: readonly string[]): string =>
  texts.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");

/** What of an RRset somebody saw when this was worked out. */
export const seenAs = (set: RRset) => ({ name: set.name, type: set.type, hash: rrsetHash(set) });
