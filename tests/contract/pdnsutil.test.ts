/**
 * Zone files and the rules of a zone beside PowerDNS' own pdnsutil: what we write it takes, and says again as we do; and what
 * it finds wrong in a zone we refuse. Where it is not so, it says here why.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makePlan } from "#lib/dns/plan.ts";
import { powerDns } from "#lib/dns/providers/powerdns.ts";
import { powerDnsFeatures } from "#lib/dns/providers/powerdns-content.ts";
import { type RRset, rrsetKey } from "#lib/dns/rrset.ts";
import { checkZone } from "#lib/dns/rules.ts";
import { canonicalContent } from "#lib/dns/types/index.ts";
import { parseZoneFile } from "#lib/dns/zonefile/parse.ts";
import { zoneFileText } from "#lib/dns/zonefile/serialize.ts";
import { loadSchema, powerDnsAvailable, schemaPath } from "../support/powerdns.ts";
import { rdata } from "../support/rdata.ts";

const apex = "example.com.";
const missing = powerDnsAvailable() ?? (existsSync("/usr/bin/pdnsutil") ? null : "pdnsutil is not installed.");
if (missing) console.warn(`\nNOT TESTED: pdnsutil. ${missing}\n`);
const { capabilities } = powerDns({ url: "http://127.0.0.1", apiKey: "none" });

const set = (name: string, type: string, ...contents: string[]): RRset => ({
  name: name === "@" ? apex : `${name}.${apex}`,
  type,
  ttl: 300,
  records: contents.map((content) => ({ content })),
});
const soa = set("@", "SOA", "ns.example.net. hostmaster.example.net. 1 2 3 4 5");
const ns = set("@", "NS", "ns.example.net.");

describe.skipIf(missing && process.env.CI !== "true")("pdnsutil", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "zonegate-pdnsutil-"));
    const database = join(directory, "pdns.sqlite3");
    loadSchema(database, schemaPath() ?? "");
    writeFileSync(join(directory, "pdns.conf"), `launch=gsqlite3\ngsqlite3-database=${database}\n`);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync("pdnsutil", [`--config-dir=${directory}`, ...args], {
      encoding: "latin1",
    });
    return { ok: status === 0, says: `${stdout}${stderr}`, stdout };
  };
  function load(sets: readonly RRset[]) {
    const path = join(directory, "zone");
    writeFileSync(path, [...zoneFileText(apex, [...sets])].join(""), "latin1");
    return run("load-zone", "example.com", path);
  }
  /** What it holds, as we read what it prints. */
  const held = (): RRset[] =>
    [...parseZoneFile([Buffer.from(run("list-zone", "example.com").stdout, "latin1")], { apex })].map((item) => {
      if (item.error) throw new Error(`${item.error.line}: ${item.error.reason}`);
      return { name: item.name, type: item.type, ttl: item.ttl, records: [{ content: item.content }] };
    });
  const types = [...capabilities.types].filter((type) => rdata[type] !== undefined && type !== "SOA");
  test.each(types)("%s: takes what we write, and says it again as we do", (type) => {
    const contents = fc
      .sample(rdata[type] as fc.Arbitrary<string>, { numRuns: 120, seed: types.indexOf(type) + 1 })
      .flatMap((text) => {
        const canonical = canonicalContent(type, text, apex);
        return canonical.ok ? [canonical.value] : [];
      })
      .filter((content) => !differs[type]?.test(content));
    expect(contents.length).toBeGreaterThan(40);
    const sets = contents.map((content, index) => set(`r${index}`, type, content));
    const loaded = load([soa, ns, ...sets]);
    expect(loaded, loaded.says).toMatchObject({ ok: true });
    const said = new Map(held().map((one) => [rrsetKey(one), one.records[0]?.content]));
    expect(
      sets
        .filter((one) => said.get(rrsetKey(one)) !== one.records[0]?.content)
        .map((one) => `${one.records[0]?.content} — ${said.get(rrsetKey(one))}`),
    ).toEqual([]);
  });

  test.each(zonesOf)("$what", ({ sets, right, milder = false }) => {
    const loaded = load(sets);
    const checked = run("check-zone", "example.com");
    const { errors } = checkZone({
      apex,
      current: [],
      plan: makePlan([], sets, { scope: new Set(sets.map(rrsetKey)), apex }),
      capabilities,
    });
    expect({ theirs: loaded.ok && checked.ok, ours: errors.length === 0 }, checked.says).toEqual({
      theirs: right || milder,
      ours: right,
    });
  });
});

const base = [soa, ns];
const a = (name: string) => set(name, "A", "192.0.2.1");
interface Verdict {
  what: string;
  sets: RRset[];
  /** In our eyes, and in its own unless it is milder. */
  right: boolean;
  milder?: boolean;
}

const zonesOf: Verdict[] = [
  { what: "a plain zone", right: true, sets: [...base, a("www"), set("mail", "MX", "10 www.example.com.")] },
  { what: "a CNAME alone", right: true, sets: [...base, set("www", "CNAME", "other.example.net.")] },
  {
    what: "a CNAME beside another type",
    right: false,
    sets: [...base, a("www"), set("www", "CNAME", "b.example.net.")],
  },
  { what: "two CNAMEs", right: false, sets: [...base, set("www", "CNAME", "a.example.net.", "b.example.net.")] },
  { what: "a CNAME at the apex", right: false, sets: [...base, set("@", "CNAME", "b.example.net.")] },
  { what: "a DNAME alone", right: true, sets: [...base, set("old", "DNAME", "new.example.net.")] },
  // It warns: nobody would ever see the name (RFC 6672 §2.4).
  {
    what: "a name below a DNAME",
    right: false,
    milder: true,
    sets: [...base, set("old", "DNAME", "new.example.net."), a("www.old")],
  },
  // It does not look; resolvers would choose one by chance (RFC 6672 §2.4).
  {
    what: "two DNAMEs",
    right: false,
    milder: true,
    sets: [...base, set("old", "DNAME", "a.example.net.", "b.example.net.")],
  },
  {
    what: "a DNAME beside a CNAME",
    right: false,
    sets: [...base, set("old", "DNAME", "a.example.net."), set("old", "CNAME", "b.example.net.")],
  },
  { what: "the same record twice", right: false, sets: [...base, set("www", "A", "192.0.2.1", "192.0.2.1")] },
  // It leaves the SOA out without a word when it loads the file.
  { what: "a second SOA below the apex", right: false, milder: true, sets: [...base, { ...soa, name: `www.${apex}` }] },
  {
    what: "a delegation with its DS and glue",
    right: true,
    sets: [
      ...base,
      set("sub", "NS", "ns.sub.example.com."),
      set("sub", "DS", `1 13 2 ${"ab".repeat(32)}`),
      a("ns.sub"),
    ],
  },
  // It warns: the DS belongs into the zone above (RFC 4035 §2.4).
  {
    what: "a DS at the apex",
    right: false,
    milder: true,
    sets: [...base, set("@", "DS", `1 13 2 ${"ab".repeat(32)}`)],
  },
];

/** Before 5.1 it has no names for the later parameters; 5.1.5 has nothing but those, and takes an empty value for two quotes. */
const otherParameters = powerDnsFeatures(
  /\d+\.\d+\.\d+/.exec(spawnSync("pdnsutil", ["--version"], { encoding: "latin1" }).stdout ?? "")?.[0] ?? "",
).newSpelling
  ? /key9=|=""/
  : /dohpath=|ohttp/;

/** Contents that it does not take. */
const differs: Partial<Record<string, RegExp>> = {
  SVCB: otherParameters,
  HTTPS: otherParameters,
  // Reserved (RFC 4398 §2.1), but no server or resolver minds, and zones that have it are to be kept as they are.
  CERT: /^0 /,
};
