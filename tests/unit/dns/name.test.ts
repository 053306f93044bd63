/** Names against node's own converters, byte-wise comparison and the wire's limits. */
import { domainToASCII, domainToUnicode } from "node:url";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  absoluteName,
  compareNames,
  displayName,
  isBelow,
  isInZone,
  labelsOf,
  nameOctets,
  needsBoth,
  parseHost,
  parseName,
  parseTarget,
  parseZoneName,
  relativeName,
  reversedName,
} from "#lib/dns/name.ts";

const runs = { numRuns: 10_000 };
const apex = "example.com.";

/** Labels as octets, 0 to 255 each, never a star. */
const octet = fc
  .oneof(
    { weight: 3, arbitrary: fc.constantFrom(...Buffer.from('abcxyz019-_/.\\@;"( \n')) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
  )
  .filter((code) => code !== 42);
const label = fc.array(octet, { minLength: 1, maxLength: 20 }).map((codes) => Buffer.from(codes));
const wire = fc.array(label, { minLength: 1, maxLength: 5 });

/** Every octet as `\DDD`: an input that needs no rule but one. */
const spelled = (labels: readonly Buffer[]) =>
  `${labels.map((octets) => [...octets].map((code) => `\\${String(code).padStart(3, "0")}`).join("")).join(".")}.`;

const lower = (octets: Buffer) => Buffer.from([...octets].map((code) => (code >= 65 && code <= 90 ? code + 32 : code)));

const octetsOf = (text: string): Buffer => {
  const codes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== "\\") codes.push(text.charCodeAt(at));
    else if (/\d/.test(text[at + 1] ?? "")) {
      codes.push(Number(text.slice(at + 1, at + 4)));
      at += 3;
    } else codes.push(text.charCodeAt(++at));
  }
  return Buffer.from(codes);
};

const nameOf = (parsed: ReturnType<typeof parseName>): string => {
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
};
const canonical = wire.map((labels) => nameOf(parseName(spelled(labels), null)));

describe("the canonical form", () => {
  test("keeps every octet, lower case, and is its own canonical form", () => {
    fc.assert(
      fc.property(wire, (labels) => {
        const name = nameOf(parseName(spelled(labels), null));
        expect(labelsOf(name).map(octetsOf)).toEqual(labels.map(lower));
        expect(parseName(name, null)).toEqual({ ok: true, value: name });
        expect(parseName(name, apex)).toEqual({ ok: true, value: name });
        expect(nameOctets(name)).toBe(labels.reduce((sum, octets) => sum + octets.length + 1, 1));
        expect(name).toMatch(/^[!-~]+\.$/);
      }),
      runs,
    );
  });

  test("relative and absolute undo each other", () => {
    fc.assert(
      fc.property(wire, fc.constantFrom(apex, ".", "com.", "a\\.b.x."), (labels, origin) => {
        const name = nameOf(parseName(spelled(labels), null));
        const below = nameOf(parseName(spelled(labels).slice(0, -1), origin, { exact: true }));
        expect(isBelow(below, origin)).toBe(true);
        for (const each of [name, below, origin]) {
          expect(absoluteName(relativeName(each, origin), origin)).toBe(each);
          expect(parseName(relativeName(each, origin), origin, { exact: true })).toEqual({ ok: true, value: each });
          expect(isInZone(each, origin)).toBe(relativeName(each, origin) !== each);
        }
      }),
      runs,
    );
  });

  test("never throws, and never gives anything but a canonical name or a sentence", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string()), fc.constantFrom(apex, null), (text, origin) => {
        for (const parsed of [
          parseName(text, origin),
          parseHost(text, apex),
          parseTarget(text, apex),
          parseZoneName(text),
        ]) {
          if (parsed.ok) expect(parseName(parsed.value, null)).toEqual(parsed);
          else expect(parsed.reason).toMatch(/\.$/);
        }
      }),
      runs,
    );
  });
});

it.each([
  ["www", "www.example.com."],
  ["WWW.Example.COM", "www.example.com."],
  ["www.example.com.", "www.example.com."],
  ["@", apex],
  ["example.com", apex],
  ["notexample.com", "notexample.com.example.com."],
  [" www ", "www.example.com."],
  ["München", "xn--mnchen-3ya.example.com."],
  ["_süß._TCP", "xn--_s-hia9i._tcp.example.com."],
  ["bücher。日本", "xn--bcher-kva.xn--wgv71a.example.com."],
  ["xn--zzzzzz99999", "xn--zzzzzz99999.example.com."],
  ["_acme-challenge", "_acme-challenge.example.com."],
  ["*", "*.example.com."],
  ["*.dev", "*.dev.example.com."],
  ["0/25.2.0.192.in-addr.arpa.", "0/25.2.0.192.in-addr.arpa."],
  ["a\\.b", "a\\.b.example.com."],
  ["a\\046b", "a\\.b.example.com."],
  ["a\\092b", "a\\\\b.example.com."],
  ["\\065\\;\\032", "a;\\032.example.com."],
  ["a\\@b", "a@b.example.com."],
  ["other.net.", "other.net."],
  [".", "."],
])("%s is %s", (input, name) => {
  const parsed = parseName(input, apex);
  expect(parsed).toEqual({ ok: true, value: name });
});

it.each([
  ["", "empty"],
  ["a..b", "empty label"],
  [".a", "empty label"],
  ["..", "empty label"],
  ["a b", "space"],
  ["a\tb", "space"],
  ["a\\", "escape"],
  ["a\\256", "escape"],
  ["a\\12", "escape"],
  ["me@example.com", "@ inside"],
  ["a*", "leftmost"],
  ["b.*", "leftmost"],
  ["\\042.*.c", "leftmost"],
  ["ü/b", "IDNA"],
  ["ü\\046b", "IDNA"],
  ["ü@x", "IDNA"],
  ["ü…b", "IDNA"],
  ["\u00AD", "control"],
  ["x".repeat(64), "is 64 octets; a label has at most 63"],
  ["\\123".repeat(300), "too long"],
  [`${`${"x".repeat(49)}.`.repeat(5)}${"y".repeat(48)}.`, "The name is 300 octets; a name has at most 255"],
])("%j is refused", (input, reason) => {
  const parsed = parseName(input, input.endsWith("y.") ? null : apex);
  expect(parsed).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
});

test("a name of 255 octets is taken, one of 256 is not", () => {
  const labels = `${"x".repeat(63)}.`.repeat(3);
  expect(parseName(`${labels}${"y".repeat(61)}.`, null).ok).toBe(true);
  expect(parseName(`${labels}${"y".repeat(62)}.`, null).ok).toBe(false);
  expect(parseName("x".repeat(63), null).ok).toBe(true);
});

describe("order", () => {
  /** RFC 4034 §6.1, label by label from the right. */
  const oracle = (a: string, b: string): number => {
    const [left, right] = [a, b].map((name) => labelsOf(name).map(octetsOf).reverse()) as [Buffer[], Buffer[]];
    for (const [index, octets] of left.entries()) {
      const other = right[index];
      if (!other) return 1;
      const order = Buffer.compare(octets, other);
      if (order !== 0) return order;
    }
    return left.length === right.length ? 0 : -1;
  };

  test("is that of the octets", () => {
    fc.assert(
      fc.property(canonical, canonical, fc.boolean(), (a, other, related) => {
        const b = related ? `b.${a}` : other;
        expect(compareNames(a, b)).toBe(oracle(a, b));
        expect(compareNames(b, a) + compareNames(a, b)).toBe(0);
        expect(reversedName(a) < reversedName(b)).toBe(oracle(a, b) < 0);
      }),
      runs,
    );
  });

  test("is the example of the RFC", () => {
    const names = [
      "example.",
      "a.example.",
      "yljkjljk.a.example.",
      "z.a.example.",
      "zabc.a.example.",
      "z.example.",
      "\\001.z.example.",
      "*.z.example.",
      "\\200.z.example.",
    ];
    expect(names.toReversed().sort(compareNames)).toEqual(names);
  });
});

describe("what people see", () => {
  const letters = fc.constantFrom(..."abcäöüßéñ日本語кирилλ0-");
  const unicode = fc
    .string({ unit: letters, minLength: 1, maxLength: 12 })
    .filter((text) => domainToASCII(`${text}.x`) !== "");

  test("is what node makes of the A-labels, and goes back to them", () => {
    fc.assert(
      fc.property(unicode, (text) => {
        const parsed = parseName(`${text}.x.`, null);
        fc.pre(parsed.ok);
        const name = nameOf(parsed);
        expect(name).toBe(`${domainToASCII(`${text}.x`)}.`);
        expect(displayName(name)).toBe(domainToUnicode(name));
        expect(parseName(displayName(name), null)).toEqual({ ok: true, value: name });
      }),
      runs,
    );
  });

  it.each([
    ["xn--mnchen-3ya.example.com.", "münchen.example.com."],
    ["xn--mnchen-3ya", "münchen"],
    ["a.xn--e28h.", "a.😀."],
    ["@", "@"],
    [".", "."],
    ["xn--zzzzzz99999.", "xn--zzzzzz99999."],
    ["xn--a.", "xn--a."],
    ["xn--.", "xn--."],
    ["a\\.xn--mnchen-3ya.", "a\\.xn--mnchen-3ya."],
  ])("%s shows as %s", (name, shown) => {
    expect(displayName(name)).toBe(shown);
    expect(needsBoth(name)).toBe(name !== shown);
  });
});

test("many escapes are no work", () => {
  const name = `${"\\123".repeat(60)}\\.`;
  expect(absoluteName(name, apex)).toBe(`${name}.${apex}`);
  expect(absoluteName(`${name}\\\\.`, apex)).toBe(`${name}\\\\.`);
});

test("an escaped dot ends no label", () => {
  expect(isBelow("a\\.example.com.", apex)).toBe(false);
  expect(isBelow("a\\\\.example.com.", apex)).toBe(true);
  expect(isBelow("badexample.com.", apex)).toBe(false);
  expect(isBelow(apex, apex)).toBe(false);
  expect(isBelow(apex, ".")).toBe(true);
  expect(isBelow(".", ".")).toBe(false);
});
