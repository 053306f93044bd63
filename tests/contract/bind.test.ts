/**
 * Zone files beside BIND's named-checkzone and named-compilezone: what they take, we take; and what we write of it means
 * to them what the file meant. Where it is not so, it says here why.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RRset } from "#lib/dns/rrset.ts";
import { recordTypes } from "#lib/dns/types/index.ts";
import type { RecordType } from "#lib/dns/types/record-type.ts";
import { MARK } from "#lib/dns/zonefile/extras.ts";
import { parseZoneFile } from "#lib/dns/zonefile/parse.ts";
import { zoneFileText } from "#lib/dns/zonefile/serialize.ts";
import { fieldsOf, wire } from "../support/odd-rdata.ts";
import { nearly, rdata } from "../support/rdata.ts";

const apex = "example.com.";
/** Rules between records are rules.ts's, so BIND's are off. */
const rulesOff = ["-i", "none", ...["-k", "-m", "-n", "-M", "-S", "-r", "-W"].flatMap((flag) => [flag, "ignore"])];
const missing = ["named-checkzone", "named-compilezone"].some((tool) => !existsSync(`/usr/bin/${tool}`));
const start = `$TTL 300\n@ SOA ns.example.net. hostmaster.example.net. 1 2 3 4 5\n@ NS ns.example.net.\n`;
const firstLine = start.split("\n").length;

/** Types of which the odd octets stand in strings, mostly. */
const strings = new Set(["TXT", "SPF", "CAA", "URI", "HINFO"]);
/** Parameters of which BIND 9.18 does not know the name that we write, or that is written there. */
const younger = /\b(?:ohttp|key8|tls-supported-groups)\b/;
/** Not in BIND. */
const types = [...recordTypes.keys()].filter((type) => type !== "ALIAS" && type !== "SOA");

describe.skipIf(missing && process.env.CI !== "true")("BIND", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "zonegate-bind-"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** The lines that BIND refuses, by number, and why. */
  function refused(file: string): Map<number, string> {
    const path = join(directory, "check");
    writeFileSync(path, file, "latin1");
    const { stdout, stderr } = spawnSync("named-checkzone", [...rulesOff, apex, path], { encoding: "latin1" });
    const lines = new Map<number, string>();
    for (const [, line = "", reason = ""] of `${stdout}${stderr}`.matchAll(/check:(\d+): (.*)/g)) {
      if (!lines.has(Number(line)) && !/^(?:warning|using|no TTL|TTL set|signature)/.test(reason))
        lines.set(Number(line), reason);
    }
    return lines;
  }

  function loads(file: string): boolean {
    const path = join(directory, "load");
    writeFileSync(path, file, "latin1");
    return spawnSync("named-checkzone", [...rulesOff, "-q", apex, path]).status === 0;
  }

  /** The file in BIND's own words. */
  function compiled(file: string): string {
    const path = join(directory, "compile");
    writeFileSync(path, file, "latin1");
    return execFileSync("named-compilezone", ["-q", ...rulesOff, "-o", "-", apex, path], {
      encoding: "latin1",
      maxBuffer: 2 ** 28,
    });
  }

  /** What it means to BIND. */
  function meaning(file: string): string[] {
    // Names are the same in any case (RFC 4343), and in lower case here. They are what ends in a dot.
    return (
      compiled(file)
        .replace(/[ \t]+/g, " ")
        .replace(/ [^" \n]*\.(?=[ \n])/g, (name) => name.toLowerCase())
        .replace(/^\S+/gm, (name) => name.toLowerCase())
        // So are tags (RFC 8659 §4.1).
        .replace(/(?<= CAA \d+ )\S+/g, (tag) => tag.toLowerCase())
        .split("\n")
    );
  }

  /** The records that we read of a file, as we write them, and the lines that we refuse. */
  function ours(file: string) {
    const sets: RRset[] = [];
    const wrong = new Map<number, string>();
    for (const item of parseZoneFile([Buffer.from(file, "latin1")], { apex })) {
      if (item.error) wrong.set(item.error.line, item.error.reason);
      else sets.push({ name: item.name, type: item.type, ttl: item.ttl, records: [{ content: item.content }] });
    }
    return { text: [...zoneFileText(apex, sets)].join(""), wrong };
  }

  test.each(types)("%s", (type) => {
    const content = rdata[type] as fc.Arbitrary<string>;
    const seed = types.indexOf(type) + 1;
    const contents = [
      ...fc.sample(content, { numRuns: 300, seed }),
      // Where a quote is lost, a bracket would take the next lines along.
      ...fc.sample(nearly(content), { numRuns: 300, seed }).filter((text) => !/[()]/.test(text)),
    ]
      .map((text) => Buffer.from(text).toString("latin1"))
      // In quotes BIND takes a backslash for the line end too, and so reads on in the next line; we say that it is one.
      .filter((text) => !text.endsWith("\\"))
      // To BIND a name in UTF-8 is its octets. Here it is what people mean, an A-label (RFC 5890).
      .filter((text) => /^[ -~]*$/.test(text) || strings.has(type))
      .filter((text) => !younger.test(text));
    const lines = contents.map((text, index) => `r${index} ${type} ${text}`);
    const file = `${start}${lines.join("\n")}\n`;
    const theirs = refused(file);
    const { wrong } = ours(file);
    const differing: string[] = [];
    const taken: string[] = [];
    for (const [index, line] of lines.entries()) {
      const [we, they] = [wrong.get(firstLine + index), theirs.get(firstLine + index)];
      if (we === undefined && they === undefined) taken.push(line);
      else if ((we === undefined) !== (they === undefined) && !explained(type, contents[index] ?? "", we, they))
        differing.push(`${line} — we: ${we ?? "taken"} — BIND: ${they ?? "taken"}`);
    }
    expect(differing).toEqual([]);
    // The sample would prove little otherwise.
    expect(taken.length).toBeGreaterThan(200);
    const both = `${start}${taken.join("\n")}\n`;
    const [here, there] = [meaning(ours(both).text), meaning(both)];
    expect(here.filter((line, index) => line !== there[index])).toEqual(
      there.filter((line, index) => line !== here[index]),
    );
  });

  test("what is taken from fields and from octets, of every type, is taken there as it is written, and means the same", () => {
    const contents = types.flatMap((type, at) => {
      const known = recordTypes.get(type) as RecordType;
      const sample = <T>(from: fc.Arbitrary<T>) => fc.sample(from, { numRuns: 200, seed: at + 1 });
      const filled = sample(fieldsOf(known)).flatMap((fields) => {
        const read = known.fromFields(fields, { apex });
        return read.ok ? read.content : [];
      });
      const decoded = sample(wire).flatMap((octets) => {
        const read = known.decode(octets);
        return read.ok ? known.format(read.value) : [];
      });
      expect(filled.length).toBeGreaterThan(20);
      const all = [...new Set([...filled, ...decoded])].filter((content) => !younger.test(content));
      return all.map((content) => ({ type, content }));
    });
    const sets = contents.map(({ type, content }, index): RRset => {
      const name = `r${index}.${apex}`;
      return { name, type, ttl: 300, records: [{ content }] };
    });
    const written = [...zoneFileText(apex, sets)].join("");
    const file = `${start}${written}`;
    const lines = file.split("\n");
    expect(Array.from(refused(file), ([line, reason]) => `${lines[line - 1]} — ${reason}`)).toEqual([]);
    expect(ours(compiled(file)).text).toBe(ours(file).text);
    expect(ours(file).text.match(/^r\d+\./gm)).toHaveLength(contents.length);
  });

  test("the corpus: what is wholly right to one is so to the other, and means the same", () => {
    const corpus = new URL("../unit/dns/corpus/", import.meta.url);
    const compared: string[] = [];
    for (const name of readdirSync(corpus)) {
      if (!name.endsWith(".zone") || name in corpusDiffers) continue;
      const file = readFileSync(new URL(name, corpus), "latin1");
      const { text, wrong } = ours(file);
      const isZone = text.includes("\tSOA\t");
      expect([name, wrong.size === 0 && isZone]).toEqual([name, loads(file)]);
      if (wrong.size > 0 || !isZone) continue;
      expect(meaning(text)).toEqual(meaning(file));
      compared.push(name);
    }
    expect(compared.length).toBeGreaterThan(10);
  });

  test("what hangs on records is nothing to it, and what is not served is not there", () => {
    const comment = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.constantFrom('" ( ', "\\", "\n$INCLUDE /etc/passwd\n", "\r\nwww 60 IN A 192.0.2.66"),
    );
    const records = fc.array(
      fc.record({ disabled: fc.boolean(), comment, tags: fc.array(comment, { maxLength: 2 }), proxied: fc.boolean() }),
      { maxLength: 8 },
    );
    for (const hung of fc.sample(records, { numRuns: 40, seed: 1 })) {
      const all = hung.map((extras, index) => ({ content: `"${index}; a"`, ...extras }));
      const zoneOf = (list: object[]) => {
        const set: RRset = { name: `www.${apex}`, type: "TXT", ttl: 300, records: list as RRset["records"] };
        return [MARK, start, ...zoneFileText(apex, list.length > 0 ? [set] : [])].join("\n");
      };
      const plain = all.filter(({ disabled }) => !disabled).map(({ content }) => ({ content }));
      expect(meaning(Buffer.from(zoneOf(all)).toString("latin1"))).toEqual(meaning(zoneOf(plain)));
    }
  });
});

/** Files of the corpus that BIND takes otherwise, and why. */
const corpusDiffers: Readonly<Record<string, string>> = {
  "generate-that-is-wrong.zone": "A width of 999,999,999 keeps named-checkzone busy for minutes; here it is refused.",
  "generate-ranges.zone":
    "BIND wants a content of several parts in quotes; PowerDNS takes the rest of the line, and so is it here.",
  "names-in-other-types.zone":
    "KX is not known by its fields here, so a relative name in it is refused rather than lost.",
  "out-of-zone.zone": "BIND leaves such records out with a warning; here nothing is left out without being a problem.",
  "text-over-255-octets.zone":
    "A string has at most 255 octets (RFC 1035 §3.3); BIND refuses more, and here it becomes several.",
  "wildcards.zone": "A wildcard is a whole label (RFC 4592 §2.1.1); BIND takes others as names like any.",
  "written-by-cloudflare.zone":
    "Its SOA is at example.com.example.com.; to have it only at the apex is for the rules of zones.",
  "byte-order-mark.zone": "Some editors put one there; it is no part of a name.",
};

function explained(type: string, content: string, we: string | undefined, they: string | undefined): boolean {
  // Stricter on purpose: hosts are host names (RFC 952, RFC 1123 §2.1), which BIND checks with -k and -m; a wildcard is
  // a whole label (RFC 4592 §2.1.1); an @ inside a name is nearly always a mail address (RFC 1035 §8 makes it a dot).
  if (we && /is no host name|is an address|whole leftmost label|has an @ inside|no label that IDNA allows/.test(we))
    return true;
  // RFC 4034 §2.2: the flags are a decimal number. BIND still takes the names that RFC 2535 §7.1 had for them.
  if (/^[A-Z]/i.test(content) && type.endsWith("DNSKEY")) return they === undefined;
  return false;
}
