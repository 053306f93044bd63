/** What may stand in a zone, and what is said about it. */
import { describe, expect, it, test } from "vitest";
import { namesToRead } from "#lib/dns/advice.ts";
import { makePlan } from "#lib/dns/plan.ts";
import type { ProviderCapabilities } from "#lib/dns/providers/provider.ts";
import { type RRset, rrsetKey, type Ttl } from "#lib/dns/rrset.ts";
import { checkZone, normaliseRRset } from "#lib/dns/rules.ts";
import { recordTypes } from "#lib/dns/types/index.ts";

const apex = "example.com.";
const capabilities: ProviderCapabilities = {
  kind: "powerdns",
  types: new Set(recordTypes.keys()),
  genericTypes: true,
  autoTtl: false,
  minTtl: 0,
  maxTtl: 2 ** 31 - 1,
  disabled: true,
  comments: false,
  proxied: false,
  tags: false,
  flattensApex: false,
  editableSoa: true,
  editableApexNs: true,
  createsZones: true,
};
const cloudflare = {
  ...capabilities,
  kind: "cloudflare" as const,
  autoTtl: true,
  minTtl: 60,
  maxTtl: 86_400,
  disabled: false,
  comments: true,
  proxied: true,
  tags: true,
  flattensApex: true,
  editableSoa: false,
  editableApexNs: false,
};

/** `www A 192.0.2.1 | 192.0.2.2`; a `-` before a record disables it. */
const set = (text: string, ttl: Ttl = 3600): RRset => {
  const [name = "", type = "", ...rest] = text.split(" ");
  const records = rest
    .join(" ")
    .split(" | ")
    .filter((content) => content !== "");
  return {
    name: name === "@" ? apex : name.endsWith(".") ? name : `${name}.${apex}`,
    type,
    ttl,
    records: records.map((content) =>
      content.startsWith("-") ? { content: content.slice(1), disabled: true } : { content },
    ),
  };
};
const base = ["@ SOA ns1.example.com. hostmaster.example.com. 1 2 3 4 5", "@ NS ns1.example.net. | ns2.example.net."];

/** `was` stands there besides SOA and NS; of the sets in `now`, one without records is deleted. */
function check(was: string[], now: (string | RRset)[], options: { can?: ProviderCapabilities; read?: string[] } = {}) {
  const current = [...base, ...was].map((text) => set(text));
  const wanted = now.map((each) => (typeof each === "string" ? set(each) : each));
  const plan = makePlan(
    current,
    wanted.filter((each) => each.records.length > 0),
    { scope: new Set(wanted.map(rrsetKey)), apex },
  );
  const read = options.read ? { read: new Set([...options.read, ...plan.map((change) => change.name)]) } : {};
  return checkZone({ apex, current, plan, capabilities: options.can ?? capabilities, ...read });
}
const codes = (findings: { code: string }[]) => findings.map(({ code }) => code);

it.each<[string, string[], (string | RRset)[], string[]]>([
  ["an address", [], ["www A 192.0.2.1"], []],
  ["another zone's name", [], ["www.example.net. A 192.0.2.1"], ["out_of_zone"]],
  ["a type that is not offered", [], ["www APL a"], ["type_not_offered"]],
  ["TTL -1", [], [set("www A 192.0.2.1", -1)], ["ttl_out_of_range"]],
  ["TTL 2^32", [], [set("www A 192.0.2.1", 2 ** 32)], ["ttl_out_of_range"]],
  ["TTL 1.5", [], [set("www A 192.0.2.1", 1.5)], ["ttl_out_of_range"]],
  ["TTL NaN", [], [set("www A 192.0.2.1", Number.NaN)], ["ttl_out_of_range"]],
  ["an automatic TTL", [], [set("www A 192.0.2.1", "auto")], ["ttl_out_of_range"]],
  ["a wrong content", [], ["www A 192.0.2.256"], ["invalid_content"]],
  ["a record twice", [], ["www A 192.0.2.1 | 192.0.2.1"], ["duplicate_record"]],
  ["a record on and off", [], ["www A 192.0.2.1 | -192.0.2.1"], ["duplicate_record"]],
  [
    "a comment",
    [],
    [{ ...set("www A 192.0.2.1"), records: [{ content: "192.0.2.1", comment: "c" }] }],
    ["comment_not_offered"],
  ],

  ["a CNAME", [], ["www CNAME a.example.net."], []],
  ["two CNAMEs", [], ["www CNAME a.example.net. | b.example.net."], ["cname_single"]],
  ["a CNAME beside an address", ["www A 192.0.2.1"], ["www CNAME a.example.net."], ["cname_not_alone"]],
  ["an address beside a CNAME", ["www CNAME a.example.net."], ["www A 192.0.2.1"], ["cname_not_alone"]],
  ["both at once", [], ["www CNAME a.example.net.", "www A 192.0.2.1"], ["cname_not_alone", "cname_not_alone"]],
  ["a CNAME instead of an address", ["www A 192.0.2.1"], ["www A ", "www CNAME a.example.net."], []],
  ["a CNAME beside a disabled address", ["www A -192.0.2.1"], ["www CNAME a.example.net."], []],
  ["a disabled CNAME beside an address", ["www A 192.0.2.1"], ["www CNAME -a.example.net."], []],
  ["a CNAME at the apex", [], ["@ CNAME a.example.net."], ["cname_at_apex"]],

  ["another SOA", [], ["@ SOA a. b. 1 9 3 4 5"], []],
  ["two SOAs", [], ["@ SOA a. b. 1 9 3 4 5 | a. c. 1 9 3 4 5"], ["soa_single"]],
  ["an SOA elsewhere", [], ["www SOA a. b. 1 9 3 4 5"], ["soa_not_at_apex"]],
  ["no SOA", [], ["@ SOA "], ["soa_required"]],
  ["an SOA that is off", [], ["@ SOA -a. b. 1 9 3 4 5"], ["soa_required"]],
  ["no apex NS", [], ["@ NS "], ["apex_ns_required"]],
  ["apex NS that are off", [], ["@ NS -ns1.example.net."], ["apex_ns_required"]],
  ["one apex NS", [], ["@ NS ns1.example.net."], []],
  ["the NS of a delegation deleted", ["sub NS ns1.example.net."], ["sub NS "], []],

  ["something below a DNAME", ["sub DNAME example.net."], ["a.sub A 192.0.2.1"], ["below_dname"]],
  ["a DNAME above something", ["a.sub A 192.0.2.1"], ["sub DNAME example.net."], ["dname_not_empty"]],
  ["two DNAMEs", [], ["sub DNAME example.net. | example.org."], ["dname_single"]],
  ["a DNAME at the apex, beside its NS", [], ["@ DNAME example.net."], []],
  ["a DNAME beside a CNAME", ["sub CNAME a.example.net."], ["sub DNAME example.net."], ["cname_not_alone"]],
  ["a DS at the apex", [], [`@ DS 1 8 2 ${"00".repeat(32)}`], ["ds_at_apex"]],
  ["a signature", [], ["www RRSIG x"], ["made_by_signer"]],
  ["a type without a name", [], ["www TYPE65280 \\# 1 00"], []],
  ["a DNAME at a delegation", ["sub NS ns1.example.net."], ["sub DNAME example.net."], ["dname_beside_ns"]],
])("%s", (_, was, now, errors) => {
  expect(codes(check(was, now).errors)).toEqual(errors);
});

test("the keys of a zone are the provider's where it signs", () => {
  const plan = makePlan([], [set("@ DNSKEY 257 3 13 AAAA")], { scope: new Set(), apex });
  const findings = (signed: boolean) => checkZone({ apex, current: [], plan, capabilities, signed }).errors;
  expect(codes(findings(true))).toEqual(["made_by_signer"]);
  expect(findings(false)).toEqual([]);
});

test("what was wrong before does not stop another change", () => {
  expect(check(["www A 192.0.2.1", "www CNAME a.example.net."], ["mail A 192.0.2.1"]).errors).toEqual([]);
  expect(check(["www A 192.0.2.1", "www CNAME a.example.net."], ["www CNAME "]).errors).toEqual([]);
});

describe("a provider that keeps SOA and NS and flattens the apex", () => {
  it.each<[string, string[], (string | RRset)[], string[]]>([
    ["SOA", [], ["@ SOA a. b. 1 9 3 4 5"], ["soa_read_only"]],
    ["apex NS", [], ["@ NS ns3.example.net."], ["apex_ns_read_only"]],
    ["no apex NS", [], ["@ NS "], ["apex_ns_read_only"]],
    ["other NS", [], ["sub NS ns3.example.net."], []],
    ["CNAME at the apex", [], ["@ CNAME a.example.net."], ["cname_at_apex"]],
    ["ALIAS at the apex beside MX", ["@ MX 10 mail.example.net."], ["@ ALIAS a.example.net."], []],
    ["ALIAS at the apex beside A", ["@ A 192.0.2.1"], ["@ ALIAS a.example.net."], ["alias_not_alone"]],
    ["ALIAS at the apex for A", ["@ A 192.0.2.1"], ["@ A ", "@ ALIAS a.example.net."], []],
    ["two ALIAS at the apex", [], ["@ ALIAS a.example.net. | b.example.net."], ["alias_single"]],
    ["ALIAS below the apex", [], ["www ALIAS a.example.net."], ["alias_below_apex"]],
    ["TXT beside the apex's ALIAS", ["@ ALIAS a.example.net."], ['@ TXT "a"'], []],
    ["AAAA beside the apex's ALIAS", ["@ ALIAS a.example.net."], ["@ AAAA ::1"], ["alias_not_alone"]],
    ["an automatic TTL", [], [set("www A 192.0.2.1", "auto")], []],
    ["a TTL too low", [], [set("www A 192.0.2.1", 59)], ["ttl_out_of_range"]],
    ["a TTL too high", [], [set("www A 192.0.2.1", 86_401)], ["ttl_out_of_range"]],
    ["a disabled record", [], ["www A -192.0.2.1"], ["disabled_not_offered"]],
  ])("%s", (_, was, now, errors) => {
    expect(codes(check(was, now, { can: cloudflare }).errors)).toEqual(errors);
  });
});

test("a finding says what it is about", () => {
  expect(check([], [set("www A 192.0.2.1", -1)]).errors).toEqual([
    {
      code: "ttl_out_of_range",
      name: "www.example.com.",
      type: "A",
      field: "ttl",
      message: "A TTL is a whole number of seconds from 0 to 2147483647; -1 is not.",
    },
  ]);
});

it.each<[string, string[], (string | RRset)[], string[], string[]]>([
  [
    "MX to a CNAME",
    ["mail CNAME a.example.net."],
    ["@ MX 10 mail.example.com.", '@ TXT "v=spf1 -all"'],
    [],
    ["target_is_cname"],
  ],
  ["NS to a CNAME", ["ns CNAME a.example.net."], ["sub NS ns.example.com."], [], ["target_is_cname"]],
  ["SRV to a CNAME", ["sip CNAME a.example.net."], ["_sip._tcp SRV 0 0 1 sip.example.com."], [], ["target_is_cname"]],
  ["a CNAME where an MX points", ["@ MX 10 mail.example.com."], ["mail CNAME a.example.net."], [], ["target_is_cname"]],
  ["MX to nothing known", [], ["_x SRV 0 0 1 mail.example.com."], [], []],
  ["SRV to nothing", [], ["_x SRV 0 0 1 mail.example.com."], ["mail.example.com."], ["target_without_address"]],
  ["SRV to what a wildcard answers", ["* A 192.0.2.1"], ["_x SRV 0 0 1 mail.example.com."], ["mail.example.com."], []],
  [
    "SRV into a delegation",
    ["sub NS ns.example.net."],
    ["_x SRV 0 0 1 mail.sub.example.com."],
    ["mail.sub.example.com."],
    [],
  ],
  ["no glue", [], ["sub NS ns1.sub.example.com."], [], ["missing_glue"]],
  ["glue", ["ns1.sub A 192.0.2.1"], ["sub NS ns1.sub.example.com."], [], []],
  ["glue and NS at once", [], ["sub NS ns1.sub.example.com.", "ns1.sub A 192.0.2.1"], [], []],
  ["apex NS without address", [], ["@ NS ns1.example.com."], ["ns1.example.com."], ["missing_glue"]],
  ["a name below a delegation", ["sub NS ns.example.net."], ["www.sub A 192.0.2.1"], [], ["below_delegation"]],
  ["a type at a delegation", ["sub NS ns.example.net."], ["sub A 192.0.2.1"], [], ["below_delegation"]],
  ["DS at a delegation", ["sub NS ns.example.net."], [`sub DS 1 8 2 ${"00".repeat(32)}`], [], []],
  ["DS without a delegation", [], [`sub DS 1 8 2 ${"00".repeat(32)}`], [], ["ds_without_delegation"]],
  ["DS and its delegation at once", [], ["sub NS ns.example.net.", `sub DS 1 8 2 ${"00".repeat(32)}`], [], []],
  ["a DS of SHA-1", ["sub NS ns.example.net."], [`sub DS 1 8 1 ${"00".repeat(20)}`], [], ["content_advice"]],
  ["a deprecated algorithm", [], ["@ DNSKEY 256 3 5 AAAA"], [], ["content_advice"]],
  ["a key below the apex", [], ["k CDNSKEY 257 3 13 AAAA"], [], ["key_not_at_apex"]],
  ["a deprecated type", [], ['@ SPF "v=spf1 -all"'], [], ["content_advice"]],
  ["an alias of services alone", [], ["@ HTTPS 0 www.example.net."], [], []],
  ["an alias beside services", [], ["@ HTTPS 0 www.example.net. | 1 ."], [], ["alias_beside_service"]],
  ["two aliases of services", [], ["@ SVCB 0 a.example.net. | 0 b.example.net."], [], ["several_aliases"]],
  ["a service that is its own alias", [], ["www HTTPS 0 www.example.com."], [], ["alias_of_itself"]],
  ["ALIAS at the apex", [], ["@ ALIAS www.example.net."], [], []],
  ["ALIAS beside an address", ["@ A 192.0.2.1"], ["@ ALIAS www.example.net."], [], ["alias_beside_address"]],
  ["an address beside ALIAS", ["@ ALIAS www.example.net."], ["@ AAAA ::1"], [], ["alias_beside_address"]],
  ["a delegation over names", ["www.sub A 192.0.2.1"], ["sub NS ns.example.net."], [], ["hides_names"]],
  ["a low TTL", [], [set("www A 192.0.2.1", 59)], [], ["ttl_low"]],
  ["a high TTL", [], [set("www A 192.0.2.1", 86_401)], [], ["ttl_high"]],
  ["a day and a minute", [], [set("www A 192.0.2.1", 86_400), set("w A 192.0.2.1", 60)], [], []],
  ["MX alone", [], ["@ MX 10 mail.example.net."], ["_dmarc.example.com."], ["no_spf", "no_dmarc"]],
  ["MX with SPF", ['@ TXT "v=spf1 -all"'], ["@ MX 10 mail.example.net."], ["_dmarc.example.com."], ["no_dmarc"]],
  [
    "MX with both",
    ['@ TXT "v=spf1 -all"', '_dmarc TXT "v=DMARC1; p=none"'],
    ["@ MX 10 mail.example.net."],
    ["_dmarc.example.com."],
    [],
  ],
  [
    "MX below, under the zone's DMARC",
    ['m TXT "v=spf1 -all"', '_dmarc TXT "v=DMARC1; p=none"'],
    ["m MX 10 mail.example.net."],
    ["_dmarc.example.com.", "_dmarc.m.example.com."],
    [],
  ],
  ["no mail", [], ["@ MX 0 ."], ["_dmarc.example.com."], []],
  ["no mail, but badly", [], ["@ MX 5 ."], ["_dmarc.example.com."], ["content_advice"]],
  ["another MX", ["@ MX 10 mail.example.net."], ["@ MX 20 mail.example.net."], ["_dmarc.example.com."], []],
  ["a disabled MX", [], ["@ MX -10 mail.example.net."], ["_dmarc.example.com."], []],
  ["an odd CAA", [], ['@ CAA 0 isue "a"'], [], ["content_advice"]],
])("warns: %s", (_, was, now, read, warnings) => {
  const found = check(was, now, read.length > 0 ? { read } : {});
  expect(found.errors).toEqual([]);
  expect(codes(found.warnings)).toEqual(warnings);
});

test("warns: a type that nobody uses any more, where a provider has it", () => {
  const can = { ...capabilities, types: new Set([...capabilities.types, "WKS"]) };
  expect(codes(check([], ["www WKS \\# 1 00"], { can }).warnings)).toEqual(["deprecated_type"]);
});

test("the names that warnings look at are those above, those pointed to, and DMARC's", () => {
  const plan = makePlan([], [set("a.b.c MX 10 m.example.com. | 10 m.example.net.")], { scope: new Set(), apex });
  expect(namesToRead(plan, apex)).toEqual([
    "_dmarc.a.b.c.example.com.",
    "_dmarc.example.com.",
    "b.c.example.com.",
    "c.example.com.",
    "m.example.com.",
  ]);
});

describe("the edge", () => {
  test("makes everything canonical", () => {
    const input = {
      name: "WWW",
      type: " mx ",
      ttl: 300,
      records: [
        { content: "10 Mail", disabled: false, comment: "", tags: [] },
        { content: "20 mail.example.net", disabled: true, comment: "c", proxied: false, tags: ["b", "a", "b"] },
      ],
    };
    expect(normaliseRRset(input, apex)).toEqual({
      ok: true,
      rrset: {
        name: "www.example.com.",
        type: "MX",
        ttl: 300,
        records: [
          { content: "10 mail.example.com." },
          { content: "20 mail.example.net.", disabled: true, comment: "c", tags: ["a", "b"] },
        ],
      },
    });
    expect(
      normaliseRRset({ name: "@", type: "type1", ttl: "auto", records: [{ content: "192.0.2.1" }] }, apex),
    ).toMatchObject({
      ok: true,
      rrset: { name: apex, type: "A", ttl: "auto" },
    });
  });

  it.each<[object, (string | number)[][]]>([
    [{ name: "a b" }, [["name"]]],
    [{ name: "www.example.net." }, [["name"]]],
    [{ type: "NONSENSE" }, [["type"]]],
    [{ ttl: -1 }, [["ttl"]]],
    [{ ttl: 2 ** 31 }, [["ttl"]]],
    [{ ttl: 0.5 }, [["ttl"]]],
    [{ records: [] }, [["records"]]],
    [{ records: [{ content: "192.0.2.1" }, { content: "x" }] }, [["records", 1, "content"]]],
    [{ records: [{ content: "192.0.2.1" }, { content: "192.0.2.1 " }] }, [["records", 1, "content"]]],
    [{ records: Array.from({ length: 10_001 }, () => ({ content: "192.0.2.1" })) }, [["records"]]],
    [{ name: "", ttl: -1, records: [{ content: "" }] }, [["name"], ["ttl"], ["records", 0, "content"]]],
  ])("%#: says where", (wrong, paths) => {
    const result = normaliseRRset(
      { name: "www", type: "A", ttl: 300, records: [{ content: "192.0.2.1" }], ...wrong },
      apex,
    );
    expect(result.ok ? [] : result.problems.map(({ path }) => path)).toEqual(paths);
    if (!result.ok) for (const { message } of result.problems) expect(message).toMatch(/\.$/);
  });

  test("takes 10,000 records", () => {
    const records = Array.from({ length: 10_000 }, (_, index) => ({ content: `10.0.${index >> 8}.${index & 255}` }));
    expect(normaliseRRset({ name: "www", type: "A", ttl: 300, records }, apex).ok).toBe(true);
  });
});
