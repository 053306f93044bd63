/** The rules of variables: what they let through, what they say, and that no rule takes long. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileRules, splitRules, VALUE_LENGTH } from "#lib/eggs/rules.ts";

const fits = (rules: string, value: string) => compileRules(splitRules(rules)).check(value) === null;

test.each([
  ["required", ["a", "0"], ["", "   "]],
  ["nullable|integer", ["", "-5", "0", "9223372036854775807"], ["1.5", "007", "a", "9223372036854775808"]],
  ["numeric", ["1", "1.5", "-.5", "1e3"], ["", "abc", "0x10"].slice(1)],
  ["boolean", ["0", "1", "true", "false"], ["yes", "2"]],
  ["in:easy,hard", ["easy", "hard"], ["Easy", "easy,hard"]],
  ['in:"a,b",c', ["a,b", "c"], ["a", "b"]],
  ["not_in:a,b", ["c"], ["a"]],
  ["string|min:2|max:3", ["ab", "äöü"], ["a", "abcd"]],
  ["integer|min:2|max:30", ["2", "30"], ["1", "31", "200"]],
  ["between:2,4", ["ab", "1000"], ["a", "12345"]],
  ["numeric|between:2,4", ["2", "3.5"], ["1", "12345"]],
  ["size:3", ["abc"], ["ab"]],
  ["gt:3|integer", ["4"], ["3"]],
  ["digits:4", ["0123"], ["123", "12a4"]],
  ["digits_between:2,3", ["12", "123"], ["1", "1234", "1.5"]],
  ["min_digits:2|max_digits:3", ["12"], ["1", "1234"]],
  ["decimal:1,2", ["1.5", "1.25"], ["1", "1.125"]],
  ["multiple_of:5", ["10"], ["11"]],
  ["alpha", ["abcÄ"], ["a1"]],
  ["alpha:ascii", ["abc"], ["Ä"]],
  ["alpha_num", ["a1"], ["a_1"]],
  ["alpha_dash", ["a_1-b"], ["a b"]],
  ["lowercase", ["abc"], ["Abc"]],
  ["starts_with:http,ftp", ["http://x"], ["x"]],
  ["ends_with:.jar", ["a.jar"], ["a.zip"]],
  [
    "url",
    ["https://example.org/a", "ftp://example.org"],
    ["example.org", "https://", "javascript:alert(1)", "https://a b"],
  ],
  ["url:https", ["https://example.org"], ["http://example.org"]],
  ["ip", ["192.0.2.1", "2001:db8::1"], ["192.0.2.256"]],
  ["ipv4", ["192.0.2.1"], ["2001:db8::1"]],
  ["ipv6", ["2001:db8::1"], ["192.0.2.1"]],
  ["email", ["a@example.org"], ["a@", "a b@example.org"]],
  ["uuid", ["5d5b6b1c-0000-4000-8000-000000000001"], ["5d5b6b1c"]],
  ["timezone", ["Europe/Berlin", "UTC"], ["Europe/Nowhere"]],
  ["json", ['{"a":1}'], ["{a}"]],
  ["regex:/^[\\w\\d._-]+\\.jar$/", ["server.jar"], ["server.zip", "a/b.jar"]],
  ["regex:/^(vanilla|paper)$/i|max:10", ["PAPER"], ["forge"]],
  ["not_regex:/[;&|`]/", ["plain"], ["a;b", "a|b"]],
  ["regex:#^https?://#", ["http://x"], ["x"]],
])("%s", (rules, right, wrong) => {
  expect(compileRules(splitRules(rules)).problems).toEqual([]);
  expect(right.filter((value) => !fits(rules, value))).toEqual([]);
  expect(wrong.filter((value) => fits(rules, value))).toEqual([]);
});

test("every sentence ends, and says what to enter", () => {
  const say = (rules: string, value: string) => compileRules(splitRules(rules)).check(value);
  expect(say("required", "")).toBe("Enter a value.");
  expect(say("integer|min:3", "1")).toBe("Enter a number of at least 3.");
  expect(say("integer|between:1,64", "65")).toBe("Enter a number from 1 to 64.");
  expect(say("string|between:3,20", "ab")).toBe("Enter 3 to 20 characters.");
  expect(say("in:a,b", "c")).toBe("Choose one of: a, b.");
  expect(say("", "x".repeat(VALUE_LENGTH + 1))).toMatch(/at most/);
});

describe("what cannot be checked", () => {
  test.each([
    "exists:users,id",
    "required_if:A,1",
    "constructor",
    "__proto__",
    "max",
    "between:1",
    "in",
    "gt:OTHER",
    "regex:abc",
    "regex:/a",
    "regex:/a/x",
    "regex:/a(?=b)/",
    "regex:/(?<!a)b/",
    "regex:/(a)\\1/",
    "regex:/(/",
    "regex:/a{2000}/",
    `regex:/${"(a|b)".repeat(200)}/`,
    "regex:/((a{30}){30}){30}/",
  ])("%s is said, and lets nothing through", (rule) => {
    const { problems, check } = compileRules([rule]);
    expect(problems.map((problem) => problem.rule)).toEqual([rule]);
    expect(problems[0]?.message).toMatch(/\.$/);
    expect(check("anything")).toMatch(/cannot be checked/);
  });
});

test("no expression and no value hold the panel up: the work grows with both, and no faster", () => {
  // Each of these takes a backtracking engine longer than there is time.
  for (const rule of [
    "regex:/^(a+)+$/",
    "regex:/^(a|aa)+$/",
    "regex:/^([a-z]+.)+[A-Z]([a-z])+$/",
    "regex:/(x+x+)+y/",
  ]) {
    const { problems, check } = compileRules([rule]);
    expect(problems).toEqual([]);
    expect(check(`${"a".repeat(VALUE_LENGTH - 1)}!`)).toMatch(/match/);
  }
});

test("whatever stands there, something is answered", () => {
  const words = fc.constantFrom(
    "required",
    "max",
    "in",
    "regex",
    "url",
    "digits",
    "between",
    "alpha",
    "size",
    ":",
    "|",
    ",",
    "/",
    "(",
    "[",
    "\\",
    '"',
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(words, fc.string({ maxLength: 5 })), { maxLength: 8 }),
      fc.string(),
      (parts, value) => {
        const { check, problems } = compileRules(splitRules(parts.join("")));
        const said = check(value);
        expect(said === null || said.endsWith(".")).toBe(true);
        if (problems.length > 0) expect(said).not.toBeNull();
      },
    ),
  );
});

test("lengths, numbers and lists agree with what they are", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.nat(30), fc.nat(30), (value, a, b) => {
      fc.pre(value.trim() !== "");
      const length = Array.from(value).length;
      expect(fits(`between:${a},${b}`, value)).toBe(length >= a && length <= b);
      expect(fits(`size:${a}`, value)).toBe(length === a);
    }),
  );
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (value, limit) => {
      expect(fits(`integer|min:${limit}`, String(value))).toBe(value >= limit);
      expect(fits(`integer|lt:${limit}`, String(value))).toBe(value < limit);
    }),
  );
});
