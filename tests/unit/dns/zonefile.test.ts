/** Zone files: every record or a reason at its place, whatever the chunks; and what is written is read as the same. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { MARK } from "#lib/dns/zonefile/extras.ts";
import { type FileProblem, type FileRecord, parseZoneFile, type ZoneFileOptions } from "#lib/dns/zonefile/parse.ts";
import { zoneFileText } from "#lib/dns/zonefile/serialize.ts";

const apex = "example.com.";

const read = (text: string | Uint8Array, options: Partial<ZoneFileOptions> = {}) => [
  ...parseZoneFile([text], { apex, ...options }),
];
const shown = (item: FileRecord | FileProblem) =>
  item.error
    ? `${item.error.line}:${item.error.column} ${item.error.reason}`
    : `${item.line}:${item.column} ${item.name} ${item.ttl} ${item.type} ${item.content}`;
const lines = (text: string | Uint8Array, options?: Partial<ZoneFileOptions>) => read(text, options).map(shown);

const sample = `; a zone
$TTL 1h
@ IN SOA ns1 host ( 1 ; serial
   3h 1h 1w 1h )
   NS ns1
ns1 A 192.0.2.1
 A 192.0.2.999
bad..name A 192.0.2.1
   A 192.0.2.1
zürich 300 TXT é "ü" a\\;b "x;(y)"
out.example.net. A 192.0.2.1
x CH TXT a
y "foo
z ( A
192.0.2.1 ) )
z ANY
$INCLUDE foo
$ORIGIN sub
a MX 10 b
* CNAME @
q TXT ( "a"
`;

test("every line is a record or says why not", () => {
  expect(lines(sample)).toEqual([
    "3:1 example.com. 3600 SOA ns1.example.com. host.example.com. 1 10800 3600 604800 3600",
    "5:4 example.com. 3600 NS ns1.example.com.",
    "6:1 ns1.example.com. 3600 A 192.0.2.1",
    "7:4 An IPv4 address is four numbers from 0 to 255 with dots between them.",
    "8:1 bad..name has an empty label.",
    "9:4 This line takes over the name of the one before, but there is none that could be read.",
    '10:1 xn--zrich-kva.example.com. 300 TXT "\\195\\169" "\\195\\188" "a;b" "x;(y)"',
    "11:1 out.example.net. is not in the zone example.com.",
    "12:3 Only the class IN is kept, not CH.",
    "13:3 This quote is not closed in its line.",
    "15:13 There is a closing bracket, but none was opened.",
    "16:3 ANY is for questions, and not kept in a zone.",
    "17:1 $INCLUDE is not followed: put the other file's records here.",
    "19:1 a.sub.example.com. 3600 MX 10 b.sub.example.com.",
    "20:1 *.sub.example.com. 3600 CNAME sub.example.com.",
    "21:7 This bracket is not closed, so nothing after it could be read.",
  ]);
});

test("chunks may be cut anywhere, also inside of a character", () => {
  const octets = new TextEncoder().encode(sample);
  const whole = lines(octets);
  for (let at = 0; at <= octets.length; at++) {
    const pieces = [octets.subarray(0, at), octets.subarray(at)];
    expect([...parseZoneFile(pieces, { apex })].map(shown)).toEqual(whole);
  }
  const emoji = 'a 60 TXT "😀"\r\nb 60 A 192.0.2.1';
  fc.assert(
    fc.property(fc.array(fc.nat(emoji.length), { maxLength: 5 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), emoji.length];
      const pieces = at.slice(1).map((end, index) => emoji.slice(at[index], end));
      expect([...parseZoneFile(pieces, { apex })].map(shown)).toEqual(lines(emoji));
    }),
  );
});

describe("the limits", () => {
  const generated = "$GENERATE 1-1000000000 h$ 60 A 192.0.2.1";
  it.each([
    [generated, { maxRecords: 3 }, 4, "more than 3 records"],
    [`a 60 A 192.0.2.1\n${"; \n".repeat(100)}b 60 A 192.0.2.1`, { maxOctets: 200 }, 1, "longer than is read"],
    [`a 60 TXT ${'"x" '.repeat(200_000)}\nb 60 A 192.0.2.1`, {}, 2, "longer than a record"],
    [`a 60 TXT (\n${'"x"\n'.repeat(200_000)})\nb 60 A 192.0.2.1`, {}, 2, "longer than a record"],
    [`$GENERATE 1-500000 h$ 60 TXT ${"x".repeat(200)} ${"y".repeat(200)}`, { maxOctets: 1000 }, 13, "makes more"],
  ])("%#", (text, options, items, reason) => {
    const all = lines(text, options);
    expect(all).toHaveLength(items);
    expect(all.filter((line) => line.includes(reason))).toHaveLength(1);
  });
});

test("what is written is read as the same, in order, and writing it again changes nothing", () => {
  const rrsets = [
    { name: "b.example.com.", type: "TXT", ttl: 60, records: [{ content: '"a\\"; (b)" "c"' }] },
    { name: "*.example.com.", type: "CNAME", ttl: 60, records: [{ content: 'a;(b"@$.example.net.' }] },
    { name: 'a;"(@$.example.com.', type: "A", ttl: 60, records: [{ content: "192.0.2.2" }, { content: "192.0.2.1" }] },
    { name: "example.com.", type: "MX", ttl: 60, records: [{ content: "10 mail.example.com." }] },
    { name: "example.com.", type: "NS", ttl: 60, records: [{ content: "ns1.example.net." }] },
    { name: "a.b.example.com.", type: "AAAA", ttl: 60, records: [{ content: "2001:db8::1" }] },
    { name: "example.com.", type: "SOA", ttl: 60, records: [{ content: "a. b. 1 2 3 4 5" }] },
  ];
  const text = [...zoneFileText(apex, rrsets)].join("");
  expect(lines(text).map((line) => line.replace(/^\d+:1 /, ""))).toEqual([
    "example.com. 60 SOA a. b. 1 2 3 4 5",
    "example.com. 60 NS ns1.example.net.",
    "example.com. 60 MX 10 mail.example.com.",
    '*.example.com. 60 CNAME a;(b"@$.example.net.',
    'a;"(@$.example.com. 60 A 192.0.2.1',
    'a;"(@$.example.com. 60 A 192.0.2.2',
    'b.example.com. 60 TXT "a\\"; (b)" "c"',
    "a.b.example.com. 60 AAAA 2001:db8::1",
  ]);
  const again = read(text).flatMap((item) =>
    item.error ? [] : [{ name: item.name, type: item.type, ttl: item.ttl, records: [{ content: item.content }] }],
  );
  expect([...zoneFileText(apex, again)].join("")).toBe(text);
});

test("what hangs on a record is read again as it was, whatever it is", () => {
  const words = fc.constantFrom(
    "ttl=auto",
    "cf_tags=",
    "cf-proxied:true",
    "cf-flatten-cname",
    "; ",
    "\\010",
    "\n",
    '"',
  );
  const text = fc
    .array(fc.oneof(words, fc.string({ unit: "binary", maxLength: 4 }), fc.string({ maxLength: 4 })), { maxLength: 6 })
    .map((parts) => parts.join(" "));
  const record = fc.record(
    {
      comment: text.filter((comment) => comment !== ""),
      tags: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }).map((tags) => tags.sort()),
      proxied: fc.constant(true),
      disabled: fc.constant(true),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), fc.boolean(), (hung, auto) => {
      const records = hung.map((extras, index) => ({ content: `192.0.2.${index}`, ...extras }));
      const set = { name: "www.example.com.", type: "A", ttl: auto ? ("auto" as const) : 60, records };
      const items = read([MARK, "\n", ...zoneFileText(apex, [set])].join(""));
      const back = items.map((item) => (item.error ? item.error.reason : { content: item.content, ...item.extras }));
      expect(back).toEqual(records.map((one) => ({ ...one, ...(auto ? { auto } : {}) })));
    }),
  );
});
