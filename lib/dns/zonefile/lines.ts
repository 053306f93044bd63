/** A zone file's lines, from chunks that may begin and end anywhere, also inside of a character. */

/**
 * A line without its end, one character per octet, and its number from 1. `over` says that there is more of the line,
 * or of the file, than is read; after the latter nothing comes.
 */
export interface Line {
  number: number;
  text: string;
  over: "line" | "file" | null;
}

/** No record needs more: 65,535 octets of rdata, each written `\DDD`, and its names. */
export const maxLineOctets = 400_000;

/** Lines end with LF or CRLF. A byte order mark at the start is left out. */
export function* linesOf(chunks: Iterable<string | Uint8Array>, maxOctets: number): Generator<Line> {
  let number = 1;
  let octets = 0;
  let rest = "";
  let over = false;
  const line = (end: string): Line => {
    const written = number === 1 ? (rest + end).replace(/^\xEF\xBB\xBF/, "") : rest === "" ? end : rest + end;
    const text = written.endsWith("\r") ? written.slice(0, -1) : written;
    return { number, text, over: over || text.length > maxLineOctets ? "line" : null };
  };
  for (const chunk of octetChunks(chunks)) {
    octets += chunk.length;
    if (octets > maxOctets) {
      yield { number, text: "", over: "file" };
      return;
    }
    let start = 0;
    for (let end = chunk.indexOf("\n"); end !== -1; end = chunk.indexOf("\n", start)) {
      yield line(chunk.slice(start, end));
      number += 1;
      start = end + 1;
      rest = "";
      over = false;
    }
    if (over) continue;
    rest += chunk.slice(start);
    over = rest.length > maxLineOctets;
  }
  if (rest !== "") yield line("");
}

/** Strings of one character per octet; text as its UTF-8. */
function* octetChunks(chunks: Iterable<string | Uint8Array>): Generator<string> {
  let half = "";
  for (const chunk of chunks) {
    if (typeof chunk !== "string") {
      yield octetString(chunk);
      continue;
    }
    const text = half + chunk;
    half = /[\uD800-\uDBFF]$/.test(text) ? text.slice(-1) : "";
    yield octetString(half === "" ? text : text.slice(0, -1));
  }
  if (half !== "") yield octetString(half);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One character per octet. */
export function octetString(text: string | Uint8Array): string {
  if (typeof text === "string" && /^[\x00-\x7F]*$/.test(text)) return text;
  const octets = typeof text === "string" ? encoder.encode(text) : text;
  // The fast way, where every octet is a character: as UTF-8 anything else is shorter.
  const decoded = decoder.decode(octets);
  if (decoded.length === octets.length && !/[^\x00-\x7F]/.test(decoded)) return decoded;
  let written = "";
  for (let at = 0; at < octets.length; at += 8192) written += String.fromCharCode(...octets.subarray(at, at + 8192));
  return written;
}
