/**
 * Zone files as they come, right and wrong: `corpus/NAME.zone` is what is read, `corpus/NAME.txt` what is made of it, line
 * by line. `vitest -u` writes those anew; look at what changed.
 */
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isInZone } from "#lib/dns/name.ts";
import { canonicalContent } from "#lib/dns/types/index.ts";
import { MARK } from "#lib/dns/zonefile/extras.ts";
import { type FileProblem, type FileRecord, parseZoneFile } from "#lib/dns/zonefile/parse.ts";
import { zoneFileText } from "#lib/dns/zonefile/serialize.ts";

const apex = "example.com.";
const folder = new URL("corpus/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".zone"));
const octetsOf = (file: string): Buffer => readFileSync(new URL(file, folder));

const read = (octets: Uint8Array) => [...parseZoneFile([octets], { apex, maxRecords: 1000 })];
const shown = (item: FileRecord | FileProblem) =>
  item.error
    ? `${item.error.line}:${item.error.column} ! ${item.error.reason}`
    : `${item.line}:${item.column} ${item.name} ${item.ttl} ${item.type} ${item.content}${item.extras ? ` ${JSON.stringify(item.extras, ["auto", "comment", "disabled", "proxied", "tags"])}` : ""}`;

test.each(files)("%s", async (file) => {
  const items = read(octetsOf(file));
  const text = `${items.map(shown).join("\n")}\n`;
  await expect(text).toMatchFileSnapshot(new URL(file.replace(".zone", ".txt"), folder).pathname);
  holds(items);
});

test("whatever a file is broken into, every record of it is right, and is read again as it is written", () => {
  const whole = files.map(octetsOf);
  const piece = fc
    .tuple(fc.constantFrom(...whole), fc.nat(), fc.nat(200))
    .map(([octets, at, length]) => octets.subarray(at % (octets.length + 1), (at % (octets.length + 1)) + length));
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.uint8Array({ maxLength: 10 })), { maxLength: 6 }), (pieces) =>
      holds(read(Buffer.concat(pieces))),
    ),
    { numRuns: 2_000 },
  );
});

/** Records are canonical and in the zone, problems are sentences, and writing is the other way of reading. */
function holds(items: readonly (FileRecord | FileProblem)[]): void {
  const records = items.flatMap((item) => (item.error ? [] : [item]));
  for (const item of items) if (item.error) expect(item.error.reason).toMatch(/[.…]$/);
  for (const { name, type, content } of records) {
    expect(isInZone(name, apex)).toBe(true);
    expect(canonicalContent(type, content, apex)).toEqual({ ok: true, value: content });
  }
  const sets = records.map(({ name, type, ttl, content, extras: { auto, ...extras } = {} }) => ({
    name,
    type,
    ttl: auto ? ("auto" as const) : ttl,
    records: [{ content, ...extras }],
  }));
  const text = [MARK, "\n", ...zoneFileText(apex, sets)].join("");
  const again = read(Buffer.from(text));
  expect(again.filter((item) => item.error)).toEqual([]);
  const plain = (all: readonly (FileRecord | FileProblem)[]) =>
    all
      .map((item) => shown(item.error ? item : { extras: {}, ...item }))
      .map((line) => line.replace(/^\d+:\d+ /, ""))
      .sort();
  expect(plain(again)).toEqual(plain(records));
}
