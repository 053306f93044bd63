import fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import { hidePrivate, masked, maskText, privatePaths } from "#lib/api/masked.ts";

test.each([
  ["email", "jane.doe@example.org", "j•••@e•••.org"],
  ["email", "root@localhost", "r•••@l•••"],
  ["email", "no address", "•••"],
  ["name", "Jane van der Berg", "J••• v••• d••• B•••"],
  ["address", "203.0.113.9", "203.0.•.•"],
  ["address", "2001:db8:1::9", "2001:db8:•"],
  ["address", "somewhere", "•••"],
  ["label", "jane@example.org (token zg_abc)", "j•••@e•••.org (token zg_abc)"],
  ["label", "example.org.", "example.org."],
  [
    "record",
    '{"networks":["192.0.2.7","2001:db8:1::9/64","::1"],"at":"10:20:30","why":"not from 203.0.113.9: jane@example.org"}',
    '{"networks":["192.0.•.•","2001:db8:•/64","::•"],"at":"10:20:30","why":"not from 203.0.•.•: j•••@e•••.org"}',
  ],
  ["phone", "+44 20 7946 0958", "•••58"],
  ["text", "anything", "•••"],
  ["billing", "DE89 3704 0044", "•••"],
  ["name", "", ""],
] as const)("%s: %s is shown as %s", (kind, text, shown) => {
  expect(maskText(kind, text)).toBe(shown);
});

test("of an address of any form no more than the first letters and the last label are left", () => {
  fc.assert(
    fc.property(fc.emailAddress(), (email) => {
      const shown = maskText("email", email);
      const [local = "", domain = ""] = email.split("@");
      const left = shown.replaceAll("•", "");
      // What is left, built from the parts rather than cut out of the text.
      expect(left).toBe(`${local.slice(0, 1)}@${domain.slice(0, 1)}${domain.slice(domain.lastIndexOf("."))}`);
    }),
    { numRuns: 500 },
  );
});

const Row = z.object({ id: z.string(), email: masked("email"), tags: z.array(z.string()) });

test("is found in lists, records, unions and what may be missing, and nothing else is touched", () => {
  const schema = z.object({
    items: z.array(Row),
    one: Row.nullable(),
    by: z.record(z.string(), Row).optional(),
    either: z.union([z.object({ name: masked("name") }), z.object({ other: z.number() })]),
    last: masked("address").nullable(),
  });
  const row = { id: "jane@example.org", email: "jane@example.org", tags: ["jane@example.org"] };
  const hidden = { ...row, email: "j•••@e•••.org" };
  const answer = { items: [row, row], one: null, by: { "jane@example.org": row }, either: { other: 1 }, last: null };
  expect(hidePrivate(schema, answer)).toEqual({
    ...answer,
    items: [hidden, hidden],
    by: { "jane@example.org": hidden },
  });
  expect(answer.items[0]).toEqual(row);
  expect(hidePrivate(schema, { either: { name: "Jane" } })).toEqual({ either: { name: "J•••" } });
  expect([...privatePaths(schema).keys()].toSorted()).toEqual(
    ["by.*.email", "either.name", "items.*.email", "last", "one.email"].toSorted(),
  );
});

test("what has nothing private is answered as it is", () => {
  const answer = { items: [{ id: "1" }] };
  expect(hidePrivate(z.object({ items: z.array(z.object({ id: z.string() })) }), answer)).toBe(answer);
});
