/** Zone files in master format (RFC 1035 §5, RFC 2308 §4, RFC 3597 §5, BIND's `$GENERATE`), read record by record. */
import { isInZone, type Parsed, parseTarget } from "../name.ts";
import { readTtl } from "../ttl.ts";
import { canonicalType, isMetaType, typeNumber } from "../type-numbers.ts";
import { canonicalContent } from "../types/index.ts";
import { type Entry, entriesOf, type Problem, type Token } from "./entries.ts";
import { AUTO_SECONDS, type Dialect, type Extras, readExtras } from "./extras.ts";
import { readRange, readTemplate } from "./generate.ts";
import { linesOf } from "./lines.ts";

/** Name and content are canonical, the name is absolute. `line` and `column`, both from 1, are where it begins. */
export interface FileRecord {
  name: string;
  type: string;
  ttl: number;
  content: string;
  /** What hangs on it, where the file says so: then what is not there is not. Undefined: the file does not say. */
  extras?: Extras;
  line: number;
  column: number;
  error?: undefined;
}

/** Something that is not read, and why. */
export interface FileProblem {
  error: Problem;
}

export interface ZoneFileOptions {
  /** What names are relative to until `$ORIGIN` says otherwise; nothing outside of it is taken. */
  apex: string;
  /** 500,000 unless told, counting what `$GENERATE` makes. */
  maxRecords?: number;
  /** 20,000,000 unless told. */
  maxOctets?: number;
  /** Seconds, for records before which no TTL stands anywhere. Without it such a record is a problem. */
  defaultTtl?: number;
}

/**
 * Every record of the file, or the reason why it is none; nothing is left out without one. Chunks may be cut anywhere.
 * Records are not compared with each other: duplicates, and TTLs that differ within a set, are for whoever takes them.
 */
export function* parseZoneFile(
  chunks: Iterable<string | Uint8Array>,
  options: ZoneFileOptions,
): Generator<FileRecord | FileProblem> {
  const { apex, maxRecords = 500_000, maxOctets = 20_000_000, defaultTtl = null } = options;
  const state: State = {
    apex,
    origin: apex,
    owner: null,
    ownerText: null,
    ttl: null,
    lastTtl: null,
    defaultTtl,
    made: 5 * maxOctets,
  };
  let records = 0;
  for (const read of entriesOf(linesOf(chunks, maxOctets))) {
    if ("problem" in read) {
      if (!read.bare) forgetOwner(state);
      yield { error: read.problem };
      if (read.end) return;
      continue;
    }
    for (const item of itemsOf(read.entry, read.dialect, state)) {
      if (!item.error && ++records > maxRecords) {
        const reason = `There are more than ${maxRecords} records; nothing from here on was read.`;
        yield { error: { line: item.line, column: item.column, reason } };
        return;
      }
      yield item;
    }
  }
}

/** What one line leaves to those after it. */
interface State {
  readonly apex: string;
  /** Null after an `$ORIGIN` that could not be read: nothing relative has a meaning then. */
  origin: string | null;
  /** The last owner name, and how it was written under this origin. Null if there was none that could be read. */
  owner: string | null;
  ownerText: string | null;
  /** What `$TTL` says. */
  ttl: number | null;
  lastTtl: number | null;
  readonly defaultTtl: number | null;
  /** How many octets `$GENERATE` may still make: a short line may ask for a lot. */
  made: number;
}

function forgetOwner(state: State): void {
  state.owner = null;
  state.ownerText = null;
}

const problem = ({ line, column }: Token, reason: string): FileProblem => ({ error: { line, column, reason } });

function* itemsOf(entry: Entry, dialect: Dialect, state: State): Generator<FileRecord | FileProblem> {
  const [first, ...rest] = entry.tokens;
  if (!first) return;
  if (entry.disabled) {
    // To a server this is a comment, so nothing after it builds on it.
    const { owner, ownerText, lastTtl } = state;
    if (first.text.startsWith("$")) yield problem(first, "Only a record can be one that is not served.");
    else yield* recordOf(entry, dialect, first, rest, state);
    Object.assign(state, { owner, ownerText, lastTtl });
    return;
  }
  if (!entry.bare && first.text.startsWith("$")) {
    yield* directive(first, rest, state);
    return;
  }
  yield* recordOf(entry, dialect, first, rest, state);
}

function* recordOf(
  entry: Entry,
  dialect: Dialect,
  first: Token,
  rest: readonly Token[],
  state: State,
): Generator<FileRecord | FileProblem> {
  if (!entry.bare && first.text !== state.ownerText) {
    const owner = nameOf(first.text, state);
    if (!owner.ok) {
      forgetOwner(state);
      yield problem(first, owner.reason);
      return;
    }
    state.owner = owner.value;
    state.ownerText = first.text;
  }
  if (state.owner === null) {
    yield problem(first, "This line takes over the name of the one before, but there is none that could be read.");
    return;
  }
  const header = headerOf(entry.bare ? entry.tokens : rest, first, state);
  if ("error" in header) {
    yield header;
    return;
  }
  const item = record(state.owner, header, header.content.map(({ text }) => text).join(" "), first, state);
  yield item.error || (dialect === null && entry.comment === "") ? item : withComment(item, entry, dialect);
}

/** The record with what the comment after it says. */
function withComment(item: FileRecord, entry: Entry, dialect: Dialect): FileRecord | FileProblem {
  const extras = readExtras(textOf(entry.comment), dialect);
  if (typeof extras === "string") return { error: { line: item.line, column: item.column, reason: extras } };
  if (extras === undefined) return item;
  if (entry.disabled) extras.disabled = true;
  // So Cloudflare writes a TTL that is for it to choose.
  if (dialect !== "zonegate" && item.ttl === 1) extras.auto = true;
  return { ...item, ttl: extras.auto ? AUTO_SECONDS : item.ttl, extras };
}

const textOf = (octets: string): string =>
  /[\x80-\xff]/.test(octets) ? utf8.decode(Uint8Array.from(octets, (octet) => octet.charCodeAt(0))) : octets;

const utf8 = new TextDecoder();

/** What stands between the owner and the rdata, and where the rdata begins. */
interface Header {
  ttl: number | null;
  type: string;
  at: Token;
  content: Token[];
}

/** `[ttl] [class] type`, the first two in either order (RFC 1035 §5.1). `before`: what they come after. */
function headerOf(tokens: readonly Token[], before: Token, state: State): Header | FileProblem {
  let ttl: number | null = null;
  let classSeen = false;
  let index = 0;
  for (; index < 2; index++) {
    const token = tokens[index];
    if (!token) break;
    if (!classSeen && isClass(token.text)) {
      if (!/^(?:IN|CLASS0*1)$/i.test(token.text))
        return problem(token, `Only the class IN is kept, not ${token.text}.`);
      classSeen = true;
    } else if (ttl === null && /^\d/.test(token.text)) {
      ttl = readTtl(token.text);
      if (ttl === null)
        return problem(token, `${brief(token.text)} is no TTL: seconds up to ${2 ** 31 - 1}, or such as 1h30m.`);
    } else break;
  }
  const at = tokens[index];
  if (!at) return problem(before, "There is no record type here.");
  const type = canonicalType(at.text);
  const number = typeNumber(type);
  if (number === null) return problem(at, `There is no record type ${brief(at.text)}.`);
  if (isMetaType(number)) return problem(at, `${type} is for questions, and not kept in a zone.`);
  if (ttl !== null) state.lastTtl = ttl;
  return { ttl, type, at, content: tokens.slice(index + 1) };
}

/** Types are looked for first; CH and HS are none. */
const isClass = (text: string): boolean => /^(?:IN|CH|HS|CS|CLASS\d+)$/i.test(text);

function record(name: string, header: Header, content: string, first: Token, state: State): FileRecord | FileProblem {
  const { type, at } = header;
  if (!isInZone(name, state.apex)) return problem(first, `${name} is not in the zone ${state.apex}`);
  if (state.origin === null) return problem(at, lostOrigin);
  const read = canonicalContent(type, content, state.origin, { file: true });
  const place = header.content[0] ?? at;
  if (!read.ok) return problem(place, read.reason);
  const ttl = ttlOf(header.ttl, type, read.value, state);
  if (ttl === null) return problem(at, "There is no TTL here, and no $TTL before.");
  return { name, type, ttl, content: read.value, line: first.line, column: first.column };
}

/** RFC 2308 §4: what stands there, what $TTL says, the last one (RFC 1035 §5.1), and what an SOA says. */
function ttlOf(written: number | null, type: string, content: string, state: State): number | null {
  const ttl = written ?? state.ttl ?? state.lastTtl;
  if (ttl !== null) return ttl;
  const minimum = type === "SOA" ? Number(content.slice(content.lastIndexOf(" ") + 1)) : null;
  if (minimum !== null) state.lastTtl = minimum;
  return minimum ?? state.defaultTtl;
}

const lostOrigin = "The $ORIGIN before this could not be read, so what its names are relative to is not known.";

function nameOf(text: string, { origin }: State): Parsed<string> {
  if (origin === null && !/[^\\]\.$/.test(text)) return { ok: false, reason: lostOrigin };
  return parseTarget(text, origin ?? ".", { exact: true });
}

function* directive(first: Token, rest: readonly Token[], state: State): Generator<FileRecord | FileProblem> {
  const name = first.text.toUpperCase();
  const [argument, more] = rest;
  if (name === "$INCLUDE") {
    yield problem(first, "$INCLUDE is not followed: put the other file's records here.");
  } else if (name === "$GENERATE") yield* generated(first, rest, state);
  else if (name !== "$ORIGIN" && name !== "$TTL")
    yield problem(first, `${brief(first.text)} is no directive that is known here.`);
  else if (!argument || more) yield problem(more ?? first, `${name} takes exactly one value.`);
  else if (name === "$TTL") {
    state.ttl = readTtl(argument.text);
    if (state.ttl === null) yield problem(argument, `${brief(argument.text)} is no TTL.`);
  } else {
    const origin = nameOf(argument.text, state);
    state.origin = origin.ok ? origin.value : null;
    // The owner that is taken over stays, but the same text is another name now.
    state.ownerText = null;
    if (!origin.ok) yield problem(argument, origin.reason);
  }
}

/** `$GENERATE range name [ttl] [class] type content`; a content of several parts may stand in quotes as a whole. */
function* generated(first: Token, rest: readonly Token[], state: State): Generator<FileRecord | FileProblem> {
  const [rangeToken, nameToken, ...others] = rest;
  if (!rangeToken || !nameToken) {
    yield problem(first, "$GENERATE takes a range, a name, a type and a content.");
    return;
  }
  const range = readRange(rangeToken.text);
  if (!range.ok) {
    yield problem(rangeToken, range.reason);
    return;
  }
  const header = headerOf(others, nameToken, state);
  if ("error" in header) {
    yield header;
    return;
  }
  const [only, second] = header.content;
  const text =
    only?.text.startsWith('"') && !second
      ? only.text.slice(1, -1).replace(/\\([\s\S])/g, (written, character) => (character === '"' ? '"' : written))
      : header.content.map((token) => token.text).join(" ");
  const name = readTemplate(nameToken.text);
  if (!name.ok) {
    yield problem(nameToken, name.reason);
    return;
  }
  const content = readTemplate(text);
  if (!content.ok) {
    yield problem(only ?? first, content.reason);
    return;
  }
  for (let value = range.value.from; value <= range.value.to; value += range.value.step) {
    const made = { name: name.value(value), content: content.value(value) };
    state.made -= made.name.length + made.content.length;
    const owner = nameOf(made.name, state);
    const item =
      state.made < 0
        ? problem(first, "$GENERATE makes more than is read.")
        : owner.ok
          ? record(owner.value, header, made.content, first, state)
          : problem(nameToken, owner.reason);
    if (item.error) {
      yield { error: { ...item.error, reason: `At ${value}, where it stops: ${item.error.reason}` } };
      return;
    }
    yield item;
  }
}

const brief = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}…` : text);
