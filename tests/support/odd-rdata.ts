/** What comes at a record type other than as whole contents: fields as people fill them in, and octets as a message has them. Some is right. */
import fc, { type Arbitrary } from "fast-check";
import type { RecordType } from "#lib/dns/types/record-type.ts";
import { nearly, rdata } from "./rdata.ts";

/** At and beyond the edge of what some field takes. */
const edges = fc.oneof(
  fc.constantFrom("", " ", "0", "-1", "+1", "00", "255", "256", "65535", "65536", "4294967295", "4294967296", "1e3"),
  fc.constantFrom("0x10", "1.5", "٣", "１", "99999999999", "NaN", "constructor", "__proto__", "@", ".", "..", "*"),
  fc.constantFrom(
    "-",
    "_",
    "a..b",
    ".a",
    "a b",
    "\\",
    "a\\",
    "\\256",
    "\\25",
    "\\000",
    "\\#",
    "\\# 0",
    '"',
    '""',
    '"a',
  ),
  fc.constantFrom('a"b', '"a" "b"', "(", ")", "(a)", ";", "a;b", "a\nb", "a\r\nb", "\t", "\u0000", "\u007f", "\u00a0"),
  fc.constantFrom(
    "ü",
    "zürich.ch",
    "xn--",
    "xn--zca.example.",
    "\ud800",
    "\u202e",
    "a=b",
    "key65536=",
    "alpn=",
    "$ORIGIN",
  ),
  fc.constantFrom("a".repeat(63), "a".repeat(64), "a".repeat(255), "a".repeat(256), `${"a".repeat(63)}.`.repeat(4)),
  fc.constantFrom("::", "::1", "1:2:3:4:5:6:7::", "::ffff:1.2.3.4", "1.2.3.4", "01.2.3.4", "1.2.3", "fe80::1%eth0"),
  fc.constantFrom(
    "AA==",
    "AA=",
    "AB==",
    "zz",
    "abc",
    "ABCD",
    "20260101000000",
    "90 0 0 N",
    "90 0 0.001 N",
    "1m",
    "-1m",
  ),
);

/** Values for each field: right ones of which some are bent, exchanged or lost. */
export function fieldsOf(type: RecordType): Arbitrary<Record<string, string>> {
  const names = type.fields.map(({ name }) => name);
  const right = (rdata[type.type] as Arbitrary<string>).map((content) => type.toFields(content));
  return fc
    .tuple(right, right, fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(4), edges, fc.nat(999)), { maxLength: 3 }))
    .chain(([fields, others, bends]) =>
      fc.tuple(...names.map((name) => nearly(fc.constant(fields[name] ?? "")))).map((bent) => {
        const given: Record<string, string> = { ...fields };
        for (const [name, how, edge, at] of bends) {
          const value = given[name] ?? "";
          if (how === 0) given[name] = edge;
          else if (how === 1) given[name] = bent[names.indexOf(name)] ?? "";
          else if (how === 2) given[name] = others[names[at % names.length] ?? ""] ?? "";
          else if (how === 3)
            given[name] = value.slice(0, at % (value.length + 1)) + edge + value.slice(at % (value.length + 1));
          else delete given[name];
        }
        return given;
      }),
    );
}

const octets = (most: number) => fc.uint8Array({ maxLength: most });
const string = octets(20).map((all) => [all.length, ...all]);
const name = fc
  .array(
    octets(12).filter((label) => label.length > 0),
    { maxLength: 4 },
  )
  .map((labels) => [...labels.flatMap((label) => [label.length, ...label]), 0]);
const plainName = fc
  .array(fc.constantFrom("a", "mail", "_x", "xn--zrich-kva", "*", "b-1"), { maxLength: 3 })
  .map((labels) => [...labels.flatMap((label) => [label.length, ...Buffer.from(label)]), 0]);
const part = fc.oneof(
  octets(4).map((all) => [...all]),
  fc.uint8Array({ minLength: 2, maxLength: 2 }).map((all) => [...all]),
  fc.constantFrom([0, 0], [0, 1], [3], [1, 0], [0, 16], [0xff, 0xff]),
  string,
  name,
  plainName,
);

const some = (count: number) => fc.uint8Array({ minLength: count, maxLength: count });
const joined = (...parts: Arbitrary<Iterable<number>>[]): Arbitrary<Uint8Array> =>
  fc.tuple(...parts).map((all) => Uint8Array.from(all.flatMap((one) => [...one])));

/** Rdata in wire form: parts that some type has, in any order, sometimes cut off. */
export const wire: Arbitrary<Uint8Array> = fc.oneof(
  fc.array(part, { maxLength: 6 }).map((parts) => Uint8Array.from(parts.flat())),
  octets(48),
  // As MX, SRV, SOA, LOC and NAPTR have them, which no chance would bring about.
  fc.constantFrom(2, 6).chain((numbers) => joined(some(numbers), plainName)),
  joined(plainName, plainName, some(20)),
  joined(
    fc.constant([0, 0x12, 0x16, 0x13, 0x8b]),
    some(3),
    fc.constant([0x80]),
    some(3),
    fc.constant([0, 0x98]),
    some(2),
  ),
  joined(
    some(4),
    fc.constantFrom([0], [1, 83], [1, 117]),
    fc.constantFrom([0], [3, 83, 73, 80]),
    fc.constantFrom([0], [4, 33, 97, 33, 33]),
    plainName,
  ),
  fc.constantFrom(4, 16, 20, 36, 300).chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
);
