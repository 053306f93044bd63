/** TXT: no octet is ever changed. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { canonicalContent } from "#lib/dns/types/index.ts";
import { quoteOctets } from "#lib/dns/types/strings.ts";
import { contentToOctets, contentToText, textToContent, txt } from "#lib/dns/types/txt.ts";

const runs = { numRuns: 10_000 };
const context = { apex: "example.com." };
const octets = (content: string): Uint8Array[] => {
  const read = contentToOctets(content);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
};
const joined = (content: string) => Buffer.concat(octets(content));

test("every octet survives, alone and with every other", () => {
  for (let code = 0; code < 256; code++) {
    expect([...joined(quoteOctets(Uint8Array.of(code)))]).toEqual([code]);
    expect([...joined(`"\\${String(code).padStart(3, "0")}"`)]).toEqual([code]);
  }
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 }), (strings) => {
      const content = strings.map(quoteOctets).join(" ");
      expect(joined(content).equals(Buffer.concat(strings))).toBe(true);
      const canonical = canonicalContent("TXT", content, context.apex);
      if (!canonical.ok) throw new Error(canonical.reason);
      expect(joined(canonical.value).equals(Buffer.concat(strings))).toBe(true);
      expect(canonical.value).toMatch(/^[ -~]*$/);
      expect(octets(canonical.value).every((string) => string.length <= 255)).toBe(true);
      if (strings.every((string) => string.length <= 255)) expect(octets(canonical.value)).toHaveLength(strings.length);
    }),
    { numRuns: 2_000 },
  );
});

test("text is served as its UTF-8 and read back as itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (text) => {
      const content = textToContent(text);
      expect(joined(content).equals(Buffer.from(text, "utf8"))).toBe(true);
      expect(contentToText(content)).toBe(text);
      expect(canonicalContent("TXT", content, context.apex)).toEqual({ ok: true, value: content });
    }),
    { numRuns: 5_000 },
  );
});

describe("the content", () => {
  it.each([
    ['"a"', '"a"'],
    ['  "a"   "b"  ', '"a" "b"'],
    ['""', '""'],
    ['"v=DKIM1\\; k=rsa"', '"v=DKIM1; k=rsa"'],
    ['"a\\"b\\\\c"', '"a\\"b\\\\c"'],
    ['"\\097\\034\\092"', '"a\\"\\\\"'],
    ['"é"', '"\\195\\169"'],
    ['"a\nb"', '"a\\010b"'],
    ["a\\b;c", '"a\\\\b;c"'],
    ["é", '"\\195\\169"'],
    [`"${"x".repeat(256)}"`, `"${"x".repeat(255)}" "x"`],
    [`"${"\\120".repeat(256)}" "y"`, `"${"x".repeat(255)}" "x" "y"`],
  ])("%s is %s", (content, canonical) => {
    expect(canonicalContent("TXT", content, context.apex)).toEqual({ ok: true, value: canonical });
  });

  it.each([
    ["", "empty"],
    ['"a', "Column 1: the quote is not closed"],
    ['"a" "b', "Column 5: the quote is not closed"],
    ['"a\\"', "Column 1: the quote is not closed"],
    ['"a\\', "Column 3: a backslash"],
    ['"a\\25"', "Column 3: a backslash"],
    ['"a\\256"', "Column 3: a backslash"],
    ['"a"b', "Column 4: after a closing quote"],
    ['"a""b"', "Column 4: after a closing quote"],
    ['"a" b', "Column 5: every string"],
    ['a "b"', "Column 1: every string"],
    ['"', "Column 1: the quote is not closed"],
  ])("%s is refused", (content, reason) => {
    expect(canonicalContent("TXT", content, context.apex)).toMatchObject({
      ok: false,
      reason: expect.stringContaining(reason),
    });
  });

  test("has room for 4,000 octets, and for 65,535 with the lengths, and no more", () => {
    expect(contentToText(textToContent("k".repeat(4_000)))).toBe("k".repeat(4_000));
    expect(octets(textToContent("k".repeat(4_000)))).toHaveLength(16);
    const most = 255 * 255 + 254;
    expect(contentToOctets(textToContent("k".repeat(most))).ok).toBe(true);
    expect(contentToOctets(textToContent("k".repeat(most + 1)))).toMatchObject({ ok: false });
    expect(contentToOctets(`"${"é".repeat(500_000)}"`)).toMatchObject({ ok: false });
  });

  test("that is no UTF-8 is no text", () => {
    expect(contentToText('"\\255"')).toBeNull();
    expect(contentToText('"\\195" "\\169"')).toBe("é");
    expect(contentToText('"a')).toBeNull();
    expect(contentToText('"\\239\\187\\191a"')).toBe("\uFEFFa");
  });
});

describe("the editor", () => {
  test("keeps string boundaries while the text is the same", () => {
    const fields = txt.toFields('"a" "b"');
    expect(fields).toEqual({ text: "ab", content: '"a" "b"' });
    expect(txt.fromFields(fields, context)).toEqual({ ok: true, content: '"a" "b"' });
    expect(txt.fromFields({ ...fields, text: "abc" }, context)).toEqual({ ok: true, content: '"abc"' });
    expect(txt.fromFields({ text: "ab" }, context)).toEqual({ ok: true, content: '"ab"' });
  });

  test("shows octets that are no text as content, and does not lose an empty text", () => {
    expect(txt.toFields('"\\255"')).toEqual({ content: '"\\255"' });
    expect(txt.fromFields({ content: '"\\255"' }, context)).toEqual({ ok: true, content: '"\\255"' });
    expect(txt.fromFields({ content: '"\\255' }, context)).toMatchObject({
      ok: false,
      fields: { content: expect.any(String) },
    });
    expect(txt.fromFields(txt.toFields('""'), context)).toEqual({ ok: true, content: '""' });
    expect(txt.fromFields({ text: "" }, context)).toEqual({ ok: false, fields: { text: "Text is missing." } });
  });

  test("takes quotes and backslashes as text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'"\\ ;a0é\n'), minLength: 1, maxLength: 20 }), (text) => {
        const made = txt.fromFields({ text }, context);
        expect(made).toEqual({ ok: true, content: textToContent(text) });
        expect(made.ok && txt.toFields(made.content).text).toBe(text);
      }),
      runs,
    );
  });
});
