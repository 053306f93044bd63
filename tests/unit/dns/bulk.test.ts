/** What a bulk change makes of one RRset. */
import { expect, test } from "vitest";
import { becomes, matcher } from "#lib/dns/bulk/wanted.ts";

const set = (type: string, ...contents: string[]) => ({
  name: "a.example.com.",
  type,
  ttl: 60,
  records: contents.map((content) => ({ content })),
});
const asked = (content: string, whole = false) => ({ type: "", name: "", content, whole, zones: [] });
const replaced = (type: string, content: string, from: string, to: string) =>
  becomes(set(type, content), { find: asked(from), change: { kind: "content", content: to } })?.records[0]?.content;

test.each([
  ["a match across an escape", "TXT", String.raw`"x\"y" "z"`, "xy", "q"],
  ["digits of an octet that is no text", "TXT", String.raw`"\200abc" "z"`, "20", "10"],
  ["digits of an octet in another type", "CAA", String.raw`0 issue "\200"`, "20", "10"],
])("%s is left alone: nothing is replaced there", (_, type, content, from, to) => {
  expect(matcher(asked(from))(set(type, content), "example.com."), "the index finds it").toBe(true);
  expect(replaced(type, content, from, to)).toBe(content);
});

test.each([
  ["a text", "TXT", '"abc" "def"', "CD", "xy", '"abxyef"'],
  ["backslashes of a text", "TXT", String.raw`"a\\032"`, "032", "1", String.raw`"a\\1"`],
  [
    "the deprecated type of the same form",
    "SPF",
    '"v=spf1 a:one.example -all"',
    "ONE.",
    "two.",
    '"v=spf1 a:two.example -all"',
  ],
  [
    "octets that are no text, string by string",
    "TXT",
    String.raw`"\200Abc20" "a"`,
    "bC20",
    "ü",
    String.raw`"\200A\195\188" "a"`,
  ],
  ["a name in whatever case", "MX", "10 mail.OLD.example.", "old.example", "new.example", "10 mail.new.example."],
  [
    "a name with U-labels",
    "CNAME",
    "xn--sd-xka.example.net.",
    "süd.example.net.",
    "nord.example.net.",
    "nord.example.net.",
  ],
])("%s", (_, type, content, from, to, wanted) => {
  expect(matcher(asked(from))(set(type, content), "example.com.")).toBe(true);
  expect(replaced(type, content, from, to)).toBe(wanted);
});

test("a whole value with U-labels is found, with or without its final dot", () => {
  const cname = set("CNAME", "xn--sd-xka.example.net.");
  for (const content of ["süd.example.net", "süd.example.net.", "SÜD.example.net"])
    expect(matcher(asked(content, true))(cname, "example.com."), content).toBe(true);
  expect(matcher(asked("süd.example", true))(cname, "example.com.")).toBe(false);
});
