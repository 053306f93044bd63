/** The records of one zone as those of another, at the same provider or at one that has less. */
import { expect, test } from "vitest";
import { localProvider } from "#lib/dns/providers/local.ts";
import type { DnsRecord, RRset } from "#lib/dns/rrset.ts";
import { copyFor } from "#lib/dns/templates/clone.ts";

const can = localProvider().capabilities;
const set = (label: string, type: string, ttl: RRset["ttl"], ...records: DnsRecord[]): RRset => ({
  name: `${label}example.com.`,
  type,
  ttl,
  records,
});
const copy = (sets: readonly RRset[], capabilities: object = {}) =>
  copyFor(sets, "example.com.", "example.net.", { ...can, ...capabilities });

test.each([
  ["HINFO", '"see www.example.com. for" "x"', null],
  ["SPF", '"v=spf1 a: www.example.com. -all"', null],
  ["TXT", '"see www.example.com. for more"', null],
  ["CAA", String.raw`0 issue "\" www.example.com. "`, null],
  ["MX", "10 mail.example.com.", "10 mail.example.net."],
  ["SRV", "1 2 3 example.com.", "1 2 3 example.net."],
  ["NAPTR", '1 1 "u" "a b.example.com. c" "" x.example.com.', '1 1 "u" "a b.example.com. c" "" x.example.net.'],
  ["HTTPS", '1 www.example.com. alpn="h2,h3" ech="AA=="', '1 www.example.net. alpn="h2,h3" ech="AA=="'],
  ["CNAME", "www.notexample.com.", null],
])("names of %s are rewritten, what stands in quotes is not: %s", (type, content, wanted) => {
  const { rrsets, notices } = copy([set("a.", type, 60, { content })]);
  expect(rrsets).toEqual([{ name: "a.example.net.", type, ttl: 60, records: [{ content: wanted ?? content }] }]);
  expect(notices).toEqual([]);
});

test("what the other provider has not is left out, and said once", () => {
  const sets = [
    set("", "ALIAS", 60, { content: "x.example.org." }),
    set("b.", "ALIAS", 60, { content: "x.example.org." }),
    set("c.", "A", "auto", { content: "192.0.2.1", proxied: true, comment: "c", tags: ["a:b"] }),
    set("d.", "A", 5, { content: "192.0.2.1" }, { content: "192.0.2.2", disabled: true }),
    set("e.", "A", 100_000, { content: "192.0.2.1", managed: "Workers" }),
    set("f.", "TYPE65400", 300, { content: "\\# 1 00" }),
  ];
  const { rrsets, notices } = copy(sets, {
    ...{ autoTtl: false, minTtl: 30, maxTtl: 86_400, genericTypes: false },
    ...{ proxied: false, comments: false, tags: false, disabled: false },
  });
  expect(rrsets).toEqual([
    { name: "c.example.net.", type: "A", ttl: 300, records: [{ content: "192.0.2.1" }] },
    { name: "d.example.net.", type: "A", ttl: 30, records: [{ content: "192.0.2.1" }] },
  ]);
  expect(notices.map(({ code, name, type }) => `${code} ${name} ${type}`)).toEqual([
    "no_type example.net. ALIAS",
    "no_comment c.example.net. A",
    "no_proxied c.example.net. A",
    "no_tags c.example.net. A",
    "no_disabled d.example.net. A",
    "other_ttl d.example.net. A",
    "no_type f.example.net. TYPE65400",
  ]);
});

test("where nothing is missing nothing is said", () => {
  const whole = [
    set("f.", "TYPE65400", 300, { content: "\\# 1 00" }),
    set("g.", "A", "auto", { content: "192.0.2.1", proxied: true, comment: "c", tags: ["a:b"], disabled: true }),
  ];
  const all = { autoTtl: true, genericTypes: true, proxied: true, comments: true, tags: true, disabled: true };
  const { rrsets, notices } = copy(whole, all);
  expect(rrsets.map(({ ttl, records }) => [ttl, records])).toEqual(whole.map(({ ttl, records }) => [ttl, records]));
  expect(notices).toEqual([]);
});
