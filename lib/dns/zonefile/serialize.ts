/** A zone as a file in master format (RFC 1035 §5): one line a record, every name in full, always in the same order. */
import { reversedName } from "../name.ts";
import type { RRset } from "../rrset.ts";
import { typeNumber } from "../type-numbers.ts";
import { AUTO_SECONDS, extrasText, NOT_SERVED } from "./extras.ts";

/**
 * The lines in pieces: SOA, NS, the rest of the apex, then the names in canonical DNS order, types by their number,
 * records by their content. What hangs on a record is the comment after it, and a record that is not served is one itself:
 * a file that begins with the mark (extras.ts) is read as the same.
 */
export function* zoneFileText(apex: string, rrsets: Iterable<RRset>): Generator<string> {
  const sets = Array.from(rrsets, (set) => ({ set, name: set.name === apex ? "" : reversedName(set.name) }));
  sets.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : typeOrder(a.set.type) - typeOrder(b.set.type)));
  yield `$ORIGIN ${fileForm(apex)}\n`;
  let piece = "";
  for (const { set } of sets) {
    const { type, records } = set;
    const start = `${fileForm(set.name)}\t${set.ttl === "auto" ? AUTO_SECONDS : set.ttl}\tIN\t${type}\t`;
    const sorted = records.length < 2 ? records : records.toSorted((a, b) => (a.content < b.content ? -1 : 1));
    for (const record of sorted) {
      const line = `${start}${fileForm(record.content)}${extrasText(record, set.ttl === "auto")}\n`;
      piece += record.disabled ? NOT_SERVED + line : line;
    }
    if (piece.length < 65_536) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

function typeOrder(type: string): number {
  if (type === "SOA") return -2;
  return type === "NS" ? -1 : (typeNumber(type) ?? 65_536);
}

/**
 * A canonical name or content, with a backslash before what would mean something else in a file: brackets, semicolons
 * and quotes in names. Strings are in quotes already.
 */
function fileForm(content: string): string {
  if (!/[;()"$@]/.test(content)) return content;
  return content.replace(
    /(?<=^|\s)((?:[^\s"=]+=)?"[^"\\]*(?:\\[\s\S][^"\\]*)*")(?!\S)|\\(?:\d{3}|[\s\S])|[;()"$@]/g,
    (written, string?: string) => (string !== undefined || written.startsWith("\\") ? written : `\\${written}`),
  );
}
