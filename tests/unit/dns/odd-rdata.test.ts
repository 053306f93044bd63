/** Fields and octets of every type, bent in every way: right or a sentence, and what is right once stays so. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RRset } from "#lib/dns/rrset.ts";
import { canonicalContent, recordTypes } from "#lib/dns/types/index.ts";
import { parseZoneFile } from "#lib/dns/zonefile/parse.ts";
import { zoneFileText } from "#lib/dns/zonefile/serialize.ts";
import { fieldsOf, wire } from "../../support/odd-rdata.ts";

const apex = "example.com.";

/** What is read of a zone file that is written with it. */
function inFile(type: string, content: string) {
  const set: RRset = { name: `www.${apex}`, type, ttl: 300, records: [{ content }] };
  return [...parseZoneFile([...zoneFileText(apex, [set])], { apex })].map((item) =>
    item.error ? item.error.reason : item.content,
  );
}

describe.each([...recordTypes.values()])("$type", (type) => {
  const seed = [...recordTypes.keys()].indexOf(type.type) + 1;

  /** It reads as itself wherever it stands, and says of itself what it said. */
  function isCanonical(content: string): void {
    for (const other of [apex, "other."])
      expect(canonicalContent(type.type, content, other), JSON.stringify(content)).toEqual({
        ok: true,
        value: content,
      });
    expect(inFile(type.type, content), JSON.stringify(content)).toEqual([content]);
    const rdata = type.parse(content, { apex });
    if (!rdata.ok) throw new Error(rdata.reason);
    expect(type.format(rdata.value)).toBe(content);
    expect(type.fromFields(type.toFields(content), { apex })).toEqual({ ok: true, content });
    for (const sentence of type.check?.(rdata.value) ?? []) expect(sentence).toMatch(/\.$/);
    expect(content).toMatch(/^[ -~]+$/);
  }

  test("fields", () => {
    let right = 0;
    fc.assert(
      fc.property(fieldsOf(type), (fields) => {
        const read = type.fromFields(fields, { apex });
        if (read.ok) {
          right += 1;
          isCanonical(read.content);
          return;
        }
        expect(Object.keys(read.fields).length).toBeGreaterThan(0);
        for (const [field, sentence] of Object.entries(read.fields)) {
          expect(type.fields.map(({ name }) => name)).toContain(field);
          expect(sentence).toMatch(/\.$/);
        }
      }),
      { numRuns: 1000, seed },
    );
    expect(right).toBeGreaterThan(200);
  });

  test("octets", () => {
    let right = 0;
    fc.assert(
      fc.property(wire, (octets) => {
        const read = type.decode(octets);
        if (!read.ok) {
          expect(read.reason).toMatch(/\.$/);
          return;
        }
        right += 1;
        isCanonical(type.format(read.value));
        const generic = `\\# ${octets.length} ${Buffer.from(octets).toString("hex")}`;
        if (octets.length < 65_536)
          expect(canonicalContent(type.type, generic, apex)).toEqual({ ok: true, value: type.format(read.value) });
      }),
      { numRuns: 1000, seed },
    );
    expect(right).toBeGreaterThan(0);
  });
});
