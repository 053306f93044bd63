/** What is written is read alike by dnsz, which looks at names, TTLs and types, and leaves contents as they are. */
import { parseZone } from "dnsz";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RRset } from "#lib/dns/rrset.ts";
import { canonicalContent, recordTypes } from "#lib/dns/types/index.ts";
import { zoneFileText } from "#lib/dns/zonefile/serialize.ts";
import { rdata } from "../../support/rdata.ts";

const apex = "example.com.";

test("every record stands there with its name, TTL, type and content", () => {
  const sets: RRset[] = [...recordTypes.keys()].flatMap((type) =>
    fc.sample(rdata[type] as fc.Arbitrary<string>, { numRuns: 30, seed: 1 }).flatMap((content, index) => {
      const read = canonicalContent(type, content, apex);
      // dnsz takes a semicolon for a comment also in quotes, and knows no escapes.
      if (!read.ok || /[;\\]/.test(read.value)) return [];
      return [{ name: `${type.toLowerCase()}-${index}.${apex}`, type, ttl: index, records: [{ content: read.value }] }];
    }),
  );
  const { records } = parseZone([...zoneFileText(apex, sets)].join(""));
  const line = (name: string, ttl: unknown, type: string, content: string) => `${name} ${ttl} ${type} ${content}`;
  expect(records.map(({ name, ttl, type, content }) => line(`${name}.`, ttl, type, content)).sort()).toEqual(
    sets.map(({ name, ttl, type, records: [record] }) => line(name, ttl, type, record?.content ?? "")).sort(),
  );
});
