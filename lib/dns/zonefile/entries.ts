/** What stands between two line ends of a zone file, or between the brackets around several (RFC 1035 §5.1). */
import { type Dialect, dialectOf, NOT_SERVED } from "./extras.ts";
import { type Line, maxLineOctets, octetString } from "./lines.ts";

/** `column` counts characters from 1. Strings keep their quotes, and everything its escapes. */
export interface Token {
  text: string;
  line: number;
  column: number;
}

/** A record or directive. `bare`: it begins with white space, so it has no owner name of its own. */
export interface Entry {
  tokens: Token[];
  bare: boolean;
  /** Whether its type is one whose content are service parameters. */
  service: boolean;
  /** What stands after the semicolon in its last line. */
  comment: string;
  /** A record that stands in a comment, because it is not served. */
  disabled: boolean;
}

/** Where it is, and a sentence that says what. */
export interface Problem {
  line: number;
  column: number;
  reason: string;
}

/** An entry that cannot be told apart is a problem, and nothing of it comes as an entry. `end`: nothing else is read. */
export type Read = { entry: Entry; dialect: Dialect } | { problem: Problem; bare: boolean; end?: boolean };

export function* entriesOf(lines: Iterable<Line>): Generator<Read> {
  const empty = { bare: false, service: false, comment: "", disabled: false };
  let entry: Entry = { ...empty, tokens: [] };
  let dialect: Dialect = null;
  /** Only what stands before everything else says who wrote the file. */
  let heading = true;
  /** The brackets that are open. */
  const brackets: Token[] = [];
  let size = 0;
  let failed = false;
  for (const line of lines) {
    if (line.over === "file") {
      const reason = "The file is longer than is read; nothing from here on was.";
      yield { problem: { line: line.number, column: 1, reason }, bare: entry.bare, end: true };
      return;
    }
    if (brackets.length === 0) {
      if (heading && line.text.startsWith(";")) dialect ??= dialectOf(line.text);
      const disabled = dialect === "zonegate" && line.text.startsWith(NOT_SERVED);
      entry = { ...empty, tokens: [], bare: /^[ \t]/.test(line.text), disabled };
      size = 0;
      failed = false;
    }
    size += line.text.length;
    const reason =
      line.over !== null || size > maxLineOctets
        ? { column: 1, reason: "This is longer than a record can be; is a bracket or a quote not closed?" }
        : failed || line.text !== ""
          ? tokensOfLine(line, entry, brackets)
          : null;
    if (reason !== null && !failed) {
      failed = true;
      yield { problem: { line: line.number, ...reason }, bare: entry.bare || entry.disabled };
    }
    if (entry.disabled && brackets.length > 0) {
      brackets.length = 0;
      const reason = "A record that is not served stands in one line.";
      if (!failed) yield { problem: { line: line.number, column: 1, reason }, bare: true };
      failed = true;
    }
    if (failed) entry.tokens.length = 0;
    if (entry.tokens.length > 0) heading = false;
    if (brackets.length === 0 && entry.tokens.length > 0) yield { entry, dialect };
  }
  const [open] = brackets;
  if (open) {
    const reason = "This bracket is not closed, so nothing after it could be read.";
    yield { problem: { line: open.line, column: open.column, reason }, bare: entry.bare, end: true };
  }
}

/** A string, a run of other characters, or what has a meaning of its own. */
const part = /[ \t\r]*(?:("[^"\\]*(?:\\[\s\S][^"\\]*)*")|((?:[^ \t\r"();\\]|\\[\s\S])+)|([();"\\]))/y;
/** The same for service parameters: in `key="a b"` the string belongs to the key (RFC 9460 §2.1). */
const partOfParameters =
  /[ \t\r]*(?:("[^"\\]*(?:\\[\s\S][^"\\]*)*")|((?:="[^"\\]*(?:\\[\s\S][^"\\]*)*"|[^ \t\r"();\\]|\\[\s\S])+)|([();"\\]))/y;

/** Adds what stands in the line, and says what is wrong with it. */
function tokensOfLine(line: Line, entry: Entry, brackets: Token[]): { column: number; reason: string } | null {
  const { text } = line;
  entry.comment = "";
  const inUtf8 = /[\x80-\xFF]/.test(text);
  const columnAt = (at: number) => (inUtf8 ? text.slice(0, at).replace(/[\x80-\xBF]/g, "").length : at) + 1;
  for (let at = entry.disabled ? NOT_SERVED.length : 0; ; ) {
    const pattern = entry.service ? partOfParameters : part;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return null;
    const end = pattern.lastIndex;
    const [, string, run, mark] = match;
    const written = string ?? run ?? mark ?? "";
    const column = columnAt(end - written.length);
    const token = { text: written, line: line.number, column };
    at = end;
    if (string !== undefined) {
      if (/[^ -~]/.test(string)) token.text = string.replace(outOfAscii, escaped);
      entry.tokens.push(token);
    } else if (run !== undefined) {
      if (/[^!-~]/.test(run)) token.text = run.includes('="') ? run.replace(outOfAscii, escaped) : readable(run);
      entry.tokens.push(token);
      if (entry.tokens.length < 5 && (entry.bare || entry.tokens.length > 1) && serviceType.test(run))
        entry.service = true;
    } else if (mark === ";") {
      entry.comment = text.slice(end);
      return null;
    } else if (mark === "(") brackets.push(token);
    else if (mark === ")") {
      if (!brackets.pop()) return { column, reason: "There is a closing bracket, but none was opened." };
    } else if (mark === '"') return { column, reason: "This quote is not closed in its line." };
    else return { column, reason: "A backslash at the end of a line says nothing." };
  }
}

const serviceType = /^(?:SVCB|HTTPS|TYPE0*6[45])$/i;

/** What is not printable in ASCII, as text where it is UTF-8, else as `\DDD`; so is white space that was escaped. */
function readable(run: string): string {
  let text: string;
  try {
    text = utf8.decode(Uint8Array.from(run, (octet) => octet.charCodeAt(0)));
  } catch {
    return run.replace(/\\[!-~]|\\?[^!-~]/g, escaped);
  }
  return text.replace(/\\[!-~]|\\?[\s\p{Cc}]/gu, (written) =>
    /[!-~]$/.test(written) ? written : octetString(written.replace("\\", "")).replace(/[\s\S]/g, escaped),
  );
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What cannot stay as it is in quotes, with the backslash before it; an escape of something else is one match as well. */
const outOfAscii = /\\[ -~]|\\?[^ -~]/g;

const escaped = (written: string): string =>
  /[!-~]$/.test(written) ? written : `\\${String(written.charCodeAt(written.length - 1)).padStart(3, "0")}`;
