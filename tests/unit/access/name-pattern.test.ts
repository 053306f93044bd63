/** Name patterns against regular expressions and against enumerated subtrees. */
import { domainToASCII } from "node:url";
import fc from "fast-check";
import { describe, expect, it, test, vi } from "vitest";
import {
  checkPattern,
  matchesPattern,
  maxPatterns,
  patternCoversSubtree,
  patternsCoverSubtree,
  splitLabels,
} from "#lib/access/name-pattern.ts";

// Ten thousand runs take a few seconds; a busy machine must not fail them.
vi.setConfig({ testTimeout: 120_000 });

const runs = { numRuns: 10_000 };
const literal = fc.constantFrom("a", "b", "dev", "_acme-challenge", "a\\.b", "\\@", "a*");
const patternLabel = fc.oneof(
  { weight: 4, arbitrary: literal },
  { weight: 3, arbitrary: fc.constantFrom("*", "**", "\\*") },
);
const pattern = fc.oneof(
  { weight: 1, arbitrary: fc.constant("@") },
  { weight: 9, arbitrary: fc.array(patternLabel, { minLength: 1, maxLength: 4 }).map((labels) => labels.join(".")) },
);
const nameLabel = fc.oneof({ weight: 5, arbitrary: literal }, { weight: 1, arbitrary: fc.constantFrom("*", "**") });
const name = fc.oneof(
  { weight: 1, arbitrary: fc.constant("@") },
  { weight: 9, arbitrary: fc.array(nameLabel, { minLength: 1, maxLength: 4 }).map((labels) => labels.join(".")) },
);

/** The oracle: a regular expression over `<label>` per label, and `<>` for the apex. */
function translate(text: string): RegExp | null {
  if (text === "@") return /^<>$/;
  const labels = text.split(/(?<!\\)\./);
  if (labels.filter((label) => label === "**").length > 1) return null;
  const any = "<[^<>]+>";
  const parts = labels.map((label) => {
    if (label === "**") return `(?:${any})+`;
    if (label === "*") return any;
    return `<${label.replace(/^\\\*$/, "*").replace(/[\\.*]/g, "\\$&")}>`;
  });
  return new RegExp(`^${parts.join("")}$`);
}

const angled = (text: string): string =>
  text === "@" ? "<>" : text.split(/(?<!\\)\./).reduce((all, label) => `${all}<${label}>`, "");

test("a pattern matches what its regular expression matches", () => {
  fc.assert(
    fc.property(pattern, name, (wanted, given) => {
      expect(matchesPattern(wanted, given)).toBe(translate(wanted)?.test(angled(given)) ?? false);
    }),
    runs,
  );
});

test("a checked pattern is one, means the same, and is not changed by checking it again", () => {
  fc.assert(
    fc.property(pattern, name, (text, given) => {
      const checked = checkPattern(text);
      expect(checked.ok).toBe(translate(text) !== null);
      if (!checked.ok) {
        expect(checked.reason).toMatch(/\.$/);
        return;
      }
      expect(checkPattern(checked.pattern)).toEqual(checked);
      expect(matchesPattern(checked.pattern, given)).toBe(matchesPattern(text, given));
    }),
    runs,
  );
});

test("patterns cover a subtree exactly when every name in it, also of fresh labels, matches one of them", () => {
  const tops = ["a", "dev", "fresh", "*"];
  const deeper = (names: string[]) => names.flatMap((one) => tops.map((top) => (one === "@" ? top : `${top}.${one}`)));
  fc.assert(
    fc.property(
      fc.array(pattern, { maxLength: 4 }),
      fc.oneof(name, fc.constantFrom("@", "a", "dev")),
      (list, given) => {
        const two = deeper(deeper([given]));
        // Deep names with fresh labels only: a wider tree would say nothing new.
        let deep = given;
        const tower: string[] = [];
        for (let depth = 0; depth < 8; depth++) {
          deep = deep === "@" ? "fresh" : `fresh.${deep}`;
          tower.push(deep);
        }
        const wanted = [given, ...deeper([given]), ...two, ...tower].every((one) =>
          list.some((text) => translate(text)?.test(angled(one)) ?? false),
        );
        expect(patternsCoverSubtree(list, given)).toBe(wanted);
        if (list.length === 1) expect(patternCoversSubtree(list[0] ?? "", given)).toBe(wanted);
      },
    ),
    runs,
  );
});

test("a pattern less covers nothing more", () => {
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 1, maxLength: 4 }), name, (list, given) => {
      if (patternsCoverSubtree(list.slice(1), given)) expect(patternsCoverSubtree(list, given)).toBe(true);
    }),
    runs,
  );
});

describe("matching", () => {
  it.each([
    ["@", "@", true],
    ["@", "a", false],
    ["*", "@", false],
    ["**", "@", false],
    ["*", "a", true],
    ["*", "*", true],
    ["*", "a.b", false],
    ["**", "a.b.c", true],
    ["*.dev", "a.dev", true],
    ["*.dev", "*.dev", true],
    ["*.dev", "dev", false],
    ["*.dev", "a.b.dev", false],
    ["\\*.dev", "*.dev", true],
    ["\\*.dev", "a.dev", false],
    ["_acme-challenge.**", "_acme-challenge", false],
    ["_acme-challenge.**", "_acme-challenge.a.b", true],
    ["a.**.b", "a.b", false],
    ["a.**.b", "a.x.y.b", true],
    ["**.**", "a.b", false],
    ["a*", "ab", false],
    ["a*", "a*", true],
    ["\\**", "**", true],
    ["\\**", "x", false],
    ["*", "a\\.b", true],
    ["*.*", "a\\.b", false],
    ["a\\.b", "a\\046b", true],
    ["\\@", "@", false],
    ["\\@", "\\@", true],
    ["WWW", "www", true],
    ["**", "example.com.", false],
    ["", "@", false],
    ["a..b", "a..b", false],
  ])("%s, %s: %s", (wanted, given, answer) => {
    expect(matchesPattern(wanted, given)).toBe(answer);
  });
});

describe("subtrees", () => {
  it.each([
    [["sub", "**.sub"], "sub", true],
    [["**.sub"], "sub", false],
    [["sub", "*.sub"], "sub", false],
    [["sub", "*.sub", "*.**.sub"], "sub", true],
    [["sub", "*.sub", "*.*.**.sub"], "sub", false],
    [["**"], "sub", true],
    [["**"], "@", false],
    [["@", "**"], "@", true],
    [["@", "*", "*.**"], "@", true],
    [["a.**"], "a", false],
    [["**.sub"], "a.sub", true],
    [[], "a", false],
    [["**.**"], "a", false],
  ])("%j covers %s and below: %s", (list, given, answer) => {
    expect(patternsCoverSubtree(list, given)).toBe(answer);
  });
});

describe("writing", () => {
  const apex = "example.com.";
  const toRelative = (text: string): string | null => {
    const absolute = text.endsWith(".") ? text : `${text}.${apex}`;
    const ascii = absolute
      .split(".")
      .map((label) => (/^[\x20-\x7e]*$/.test(label) ? label.toLowerCase() : domainToASCII(label)))
      .join(".");
    if (ascii === apex) return "@";
    return ascii.endsWith(`.${apex}`) ? ascii.slice(0, -apex.length - 1) : null;
  };

  it.each([
    ["@", "@"],
    ["www", "www"],
    ["WWW", "www"],
    ["example.com.", "@"],
    ["*.Bücher.example.com.", "*.xn--bcher-kva"],
    ["**.bücher", "**.xn--bcher-kva"],
    ["**.example.com.", "**"],
    ["\\*.dev.example.com.", "\\*.dev"],
    ["_dmarc", "_dmarc"],
    ["*.**.a.*", "*.**.a.*"],
  ])("%s becomes %s", (text, wanted) => {
    expect(checkPattern(text, toRelative)).toEqual({ ok: true, pattern: wanted });
  });

  it.each(["", "a..b", "**.**", "a.other.net.", "*.*.com.", "**.com.", "a\\", "a\\25", "a\\256", ".", "x".repeat(64)])(
    "%j is refused",
    (text) => {
      expect(checkPattern(text, toRelative).ok).toBe(false);
    },
  );

  it.each(["a.", "bücher", "a b", "."])("%j is refused as canonical input", (text) => {
    expect(checkPattern(text).ok).toBe(false);
  });

  it("keeps a wildcard that stands where a zone's own label would", () => {
    const inX = (text: string) => (text === "x." ? "@" : text.endsWith(".x.") ? text.slice(0, -3) : null);
    expect(checkPattern("*.", inX).ok).toBe(false);
    expect(checkPattern("*.x.", inX)).toEqual({ ok: true, pattern: "*" });
  });

  it("allows fifty", () => {
    expect(maxPatterns).toBe(50);
  });
});

describe("labels", () => {
  it.each([
    ["a.b.c", ["a", "b", "c"]],
    ["a.b.", ["a", "b"]],
    ["a\\.b.c", ["a\\.b", "c"]],
    ["a\\\\.b", ["a\\\\", "b"]],
    ["a\\046b.c", ["a\\046b", "c"]],
    ["@", ["@"]],
    [".", []],
    ["", []],
  ])("of %s", (text, labels) => {
    expect(splitLabels(text)).toEqual(labels);
  });
});
