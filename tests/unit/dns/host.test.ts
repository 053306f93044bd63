/** Names that point somewhere, and names of zones. */
import { expect, it, test } from "vitest";
import { parseHost, parseTarget, parseZoneName } from "#lib/dns/name.ts";

const apex = "example.com.";

it.each([
  ["mail", "mail.example.com."],
  ["@", apex],
  ["mail.example.net", "mail.example.net."],
  ["mail.example.net.", "mail.example.net."],
  ["localhost.", "localhost."],
  ["Zürich.ch", "xn--zrich-kva.ch."],
])("the target %s is %s", (input, name) => {
  expect(parseTarget(input, apex)).toEqual({ ok: true, value: name });
  expect(parseHost(input, apex)).toEqual({ ok: true, value: name });
});

it.each([
  ["192.0.2.1", "address"],
  ["192.0.2.1.", "address"],
  ["2001:db8::1", "address"],
  ["a_b.example.net.", "letters, digits"],
  ["-a.net", "letters, digits"],
  ["*.net", "letters, digits"],
  ["a.123", "ends in a number"],
  [".", "root"],
])("the host %s is refused", (input, reason) => {
  expect(parseHost(input, apex)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
});

test("the root is a host where the type says so, and underscores are right in targets", () => {
  expect(parseHost(".", apex, { root: true })).toEqual({ ok: true, value: "." });
  expect(parseTarget("_x.acm-validations.aws", apex)).toEqual({ ok: true, value: "_x.acm-validations.aws." });
});

it.each([
  "example.com",
  "Example.COM.",
  "2.0.192.in-addr.arpa",
  "0/25.2.0.192.in-addr.arpa",
  "local",
  "_x.example.com",
])("%s is a zone", (input) =>
  expect(parseZoneName(input)).toEqual({ ok: true, value: `${input.toLowerCase().replace(/\.$/, "")}.` }),
);

it.each(["", "@", ".", "*.example.com", "192.0.2.1", "https://example.com/", "example.com/", "a\\.b.com", "a b.com"])(
  "%j is no zone",
  (input) => expect(parseZoneName(input).ok).toBe(false),
);
