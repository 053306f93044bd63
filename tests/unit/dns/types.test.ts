/** Types: what is read, what is written, and that doing it twice changes nothing. */
import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { readIpv4 } from "#lib/dns/types/a.ts";
import { readIpv6 } from "#lib/dns/types/aaaa.ts";
import { canonicalContent, recordTypes } from "#lib/dns/types/index.ts";
import { soaWithoutSerial } from "#lib/dns/types/soa.ts";
import { textToContent } from "#lib/dns/types/txt.ts";
import { ipv4, nearly, rdata } from "../../support/rdata.ts";

const runs = { numRuns: 500 };
const apex = "example.com.";

/** What the editor takes besides: any text is a TXT, an address may stand for a mailbox, and targets are Unicode. */
const typed: Readonly<Record<string, fc.Arbitrary<string>>> = {
  CNAME: fc.constantFrom("zürich.ch", "_x.example.net", "a;b.example.net.", 'a"b.example.net.', "a(b.example.net."),
  SOA: fc.constantFrom("ns1 a.b@example.net 1 3h 1h 1w 1h", "ns1\ta@example.net.  1 2 3 4 5"),
  TXT: fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }).map(textToContent),
    fc.string({ unit: "binary", maxLength: 40 }),
  ),
};

describe.each([...recordTypes.values()])("$type", (type) => {
  const given = rdata[type.type] as fc.Arbitrary<string>;
  const content = typed[type.type] ? fc.oneof(given, typed[type.type] as fc.Arbitrary<string>) : given;

  test("canonicalising twice changes nothing, parse(format(x)) is x, and fields go there and back", () => {
    let seen = 0;
    fc.assert(
      fc.property(content, (given) => {
        const once = canonicalContent(type.type, given, apex);
        if (!once.ok) return;
        seen += 1;
        expect(canonicalContent(type.type, once.value, apex)).toEqual(once);
        expect(canonicalContent(type.type, once.value, "other.")).toEqual(once);
        const rdata = type.parse(once.value, { apex });
        if (!rdata.ok) throw new Error(rdata.reason);
        expect(type.format(rdata.value)).toBe(once.value);
        expect(type.parse(type.format(rdata.value), { apex })).toEqual(rdata);
        expect(type.fromFields(type.toFields(once.value), { apex })).toEqual({ ok: true, content: once.value });
      }),
      runs,
    );
    expect(seen).toBeGreaterThan(runs.numRuns * 0.7);
  });

  test("never throws on garbage", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          nearly(given),
          fc.string({ unit: "binary" }),
          fc.string({ unit: fc.constantFrom(...'0:.a "\\@\t()=,') }),
        ),
        (garbage) => {
          const parsed = canonicalContent(type.type, garbage, apex);
          if (parsed.ok) expect(canonicalContent(type.type, parsed.value, apex)).toEqual(parsed);
          else expect(parsed.reason).toMatch(/\.$/);
          type.toFields(garbage);
          type.fromFields(type.toFields(garbage), { apex });
          type.fromFields({ [type.fields[0]?.name ?? ""]: garbage }, { apex });
        },
      ),
      runs,
    );
  });

  test("its placeholder is right, and its fields have their own", () => {
    expect(canonicalContent(type.type, type.placeholder, apex)).toEqual({ ok: true, value: type.placeholder });
    const fields = Object.fromEntries(type.fields.map((field) => [field.name, field.placeholder]));
    expect(type.fromFields(fields, { apex })).toEqual({ ok: true, content: type.placeholder });
    // Two empty strings are a HINFO.
    expect(type.fromFields({}, { apex }).ok).toBe(type.type === "HINFO");
  });
});

test("IPv4 is what node takes", () => {
  const almost = fc.oneof(ipv4, fc.string({ unit: fc.constantFrom(..."0129."), maxLength: 15 }));
  fc.assert(
    fc.property(almost, (written) => {
      expect(readIpv4(written).ok).toBe(isIPv4(written));
    }),
    runs,
  );
});

test("IPv6 is what node takes, written as a URL writes it", () => {
  const almost = fc.string({ unit: fc.constantFrom(..."01aF:::."), maxLength: 20 });
  const groups = fc
    .array(fc.constantFrom("0", "0000", "1", "00a0", "FFFF"), { minLength: 8, maxLength: 8 })
    .map((all) => all.join(":"));
  const mixed = fc
    .tuple(fc.constantFrom("::", "::ffff:", "64:ff9b::", "1:2:3:4:5:6:", "1::5:"), ipv4)
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.ipV6(), almost, groups, mixed), (written) => {
      const read = readIpv6(written);
      expect(read.ok).toBe(isIPv6(written));
      if (read.ok) expect(`[${read.value}]`).toBe(new URL(`http://[${written}]`).hostname);
    }),
    runs,
  );
});

it.each([
  ["A", "192.0.2.1", "192.0.2.1"],
  ["aaaa", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["AAAA", "::ffff:192.0.2.1", "::ffff:c000:201"],
  ["CNAME", "WWW.Example.net", "www.example.net."],
  ["CNAME", "www", "www.example.com."],
  ["CNAME", "@", "example.com."],
  ["MX", "010   Mail.Example.NET", "10 mail.example.net."],
  ["MX", "0 .", "0 ."],
  ["SRV", "0 0 0 .", "0 0 0 ."],
  ["CAA", "0 issue letsencrypt.org", '0 issue "letsencrypt.org"'],
  ["CAA", "0 issue letsencrypt.org; validationmethods=dns-01", '0 issue "letsencrypt.org; validationmethods=dns-01"'],
  ["CAA", '128 IssueWild ";"', '128 issuewild ";"'],
  ["CAA", '0 issue ""', '0 issue ""'],
  ["SOA", "ns1 first.last@example.com 7 1 2 3 4", "ns1.example.com. first\\.last.example.com. 7 1 2 3 4"],
  ["SOA", "ns1 hostmaster 7 1 2 3 4", "ns1.example.com. hostmaster.example.com. 7 1 2 3 4"],
  ["TYPE65534", "\\# 4 0A 00 00 01", "\\# 4 0a000001"],
  ["TYPE65534", "\\#  0 ", "\\# 0"],
  ["TYPE1", "192.0.2.1", "192.0.2.1"],
  ["TYPE1", "\\# 4 0A000001", "10.0.0.1"],
  ["MX", "\\# 8 000a 0161 026263 00", "10 a.bc."],
  ["TXT", "\\# 3 02 41ff", '"A\\255"'],
  ["TLSA", " 3 1 1 AB CD ", "3 1 1 abcd"],
  ["APL", " 1:192.0.2.0/24 ", "1:192.0.2.0/24"],
  ["TXT", "v=spf1 -all", '"v=spf1 -all"'],
])("%s %s is %s", (type, content, wanted) => {
  expect(canonicalContent(type, content, apex)).toEqual({ ok: true, value: wanted });
});

it.each([
  ["A", "192.0.2.01", "leading zeros"],
  ["A", "192.0.2.256", "four numbers"],
  ["A", "192.0.2.1 192.0.2.2", "one field"],
  ["A", "", "one field"],
  ["AAAA", "fe80::1%eth0", "eight groups"],
  ["MX", "mail.example.net.", "2 fields (Preference, Mail server)"],
  ["MX", "65536 mail.example.net.", "0 to 65535"],
  ["MX", "-1 mail.example.net.", "0 to 65535"],
  ["MX", "10 192.0.2.1", "address"],
  ["MX", "10 a_b.example.net.", "letters, digits"],
  ["NS", ".", "root"],
  ["CAA", "256 issue x", "0 to 255"],
  ["CAA", '0 is-sue "x"', "letters and digits"],
  ["CAA", '0 issue "a" "b"', "one quoted string"],
  ["CAA", '0 issue "a', "not closed"],
  ["SOA", "ns1.example.net. a.example.net. 4294967296 1 2 3 4", "Serial"],
  ["SOA", "ns1.example.net. a.example.net. 1 2147483648 2 3 4", "Refresh"],
  ["TYPE65534", "hello", "\\#"],
  ["TYPE65534", "\\# 3 0a00", "3 octets, but there are 2"],
  ["TYPE65534", "\\# 1 0", "hexadecimal"],
  ["A", "\\# 5 0a00000100", "are no A"],
  ["MX", "\\# 4 000ac000", "are no MX"],
  ["APL", "", "empty"],
  ["APL", "1\nevil", "line break"],
])("%s %j is refused", (type, content, reason) => {
  expect(canonicalContent(type, content, apex)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
});

test("wrong fields are named, each with its sentence", () => {
  expect(recordTypes.get("MX")?.fromFields({ preference: "x" }, { apex })).toEqual({
    ok: false,
    fields: { preference: "Preference is a whole number from 0 to 65535.", exchange: "Mail server is missing." },
  });
  expect(recordTypes.get("MX")?.fromFields({ preference: " 10 ", exchange: "mail" }, { apex })).toEqual({
    ok: true,
    content: "10 mail.example.com.",
  });
});

test("two SOAs compare without their serials, and what is no SOA is left alone", () => {
  expect(soaWithoutSerial("a. b. 2024010101 1 2 3 4")).toBe("a. b. 0 1 2 3 4");
  expect(soaWithoutSerial("something else")).toBe("something else");
});

it.each([
  ["MX", "10 .", 1],
  ["MX", "0 .", 0],
  ["CAA", '0 issue "a"', 0],
  ["CAA", '0 isue "a"', 1],
  ["CAA", '0 iodef "me@example.com"', 1],
  ["CAA", '0 iodef "mailto:me@example.com"', 0],
])("%s %s has %i remarks", (name, content, remarks) => {
  const type = recordTypes.get(name);
  const rdata = type?.parse(content, { apex });
  expect(rdata?.ok && type?.check?.(rdata.value)).toHaveLength(remarks);
});
