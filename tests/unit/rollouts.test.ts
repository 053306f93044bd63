import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BUCKETS, bucketOf, type Known, type Rules, treatmentOf } from "#lib/rollouts/bucket.ts";

const id = fc.uuid();
const key = fc.stringMatching(/^[a-z.]{1,20}$/);
const some = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 3 });
const rules: fc.Arbitrary<Rules> = fc.record({
  key,
  enabled: fc.boolean(),
  share: fc.integer({ min: 0, max: BUCKETS }),
  audience: fc.option(fc.record({ staff: fc.boolean(), roles: some, organisations: some })),
  treatments: fc.uniqueArray(
    fc.record({ name: fc.constantFrom("x", "y", "z"), weight: fc.integer({ min: 1, max: 9 }) }),
    {
      minLength: 1,
      selector: ({ name }) => name,
    },
  ),
  startsAt: fc.option(fc.integer({ min: 0, max: 100 })),
  endsAt: fc.option(fc.integer({ min: 0, max: 100 })),
});
const known: fc.Arbitrary<Known> = fc.record({
  id,
  staff: fc.boolean(),
  roles: some,
  organisations: some,
  forced: fc.option(
    fc.record({ forced: fc.constantFrom("in" as const, "out" as const), treatment: fc.option(fc.constant("y")) }),
  ),
});

/** Written from the sentence and not from the code: hex and large numbers, sets and lines of weights. */
function oracle(rule: Rules, who: Known, now: number): string | null {
  const hash = (text: string) =>
    Number(BigInt(`0x${createHash("sha256").update(text).digest("hex").slice(0, 12)}`) % 10_000n);
  const line = rule.treatments.flatMap(({ name, weight }) => new Array<string>(weight).fill(name));
  const drawn = line[Math.floor((hash(`${rule.key}\ntreatment\n${who.id}`) / 10_000) * line.length)] ?? null;
  const open =
    rule.enabled && !(rule.startsAt !== null && rule.startsAt > now) && !(rule.endsAt !== null && now >= rule.endsAt);
  if (!open || who.forced?.forced === "out") return null;
  if (who.forced) return who.forced.treatment ?? drawn;
  const { audience } = rule;
  const belongs =
    !audience ||
    [
      ...(audience.staff && who.staff ? ["staff"] : []),
      ...audience.roles.filter((one) => new Set(who.roles).has(one)),
      ...audience.organisations.filter((one) => new Set(who.organisations).has(one)),
    ].length > 0;
  return belongs && hash(`${rule.key}\n${who.id}`) + 1 <= rule.share ? drawn : null;
}

test("who is in, and with what, is what the sentence says", () => {
  fc.assert(
    fc.property(rules, known, fc.integer({ min: 0, max: 100 }), (rule, who, now) => {
      expect(treatmentOf(rule, who, now)).toBe(oracle(rule, who, now));
    }),
    { numRuns: 2000 },
  );
});

test("whoever is in stays in, with the same, while the share grows", () => {
  fc.assert(
    fc.property(rules, known, fc.integer({ min: 0, max: BUCKETS }), (rule, who, more) => {
      const before = treatmentOf(rule, who, 50);
      const after = treatmentOf({ ...rule, share: Math.max(rule.share, more) }, who, 50);
      if (before !== null) expect(after).toBe(before);
    }),
    { numRuns: 2000 },
  );
});

test("nobody is in at nothing, everybody at everything", () => {
  fc.assert(
    fc.property(key, id, (name, who) => {
      const bucket = bucketOf(name, who);
      expect(bucket).toBeGreaterThanOrEqual(0);
      expect(bucket).toBeLessThan(BUCKETS);
    }),
  );
});

test("buckets are even, and those of one rollout say nothing of another's", () => {
  const accounts = Array.from({ length: 40_000 }, (_, n) => `account-${n}`);
  for (const [share, name] of [
    [500, "one"],
    [2500, "two"],
    [5000, "three"],
  ] as const) {
    const held = accounts.filter((account) => bucketOf(name, account) < share).length / accounts.length;
    expect(Math.abs(held - share / BUCKETS)).toBeLessThan(0.012);
  }
  const first = accounts.filter((account) => bucketOf("one", account) < 5000);
  const both = first.filter((account) => bucketOf("two", account) < 5000).length / first.length;
  expect(Math.abs(both - 0.5)).toBeLessThan(0.02);
  const treatments = [
    { name: "x", weight: 3 },
    { name: "y", weight: 1 },
  ];
  const rule: Rules = {
    key: "one",
    enabled: true,
    share: 1000,
    audience: null,
    treatments,
    startsAt: null,
    endsAt: null,
  };
  const given = accounts
    .map((account) => treatmentOf(rule, { id: account, staff: false, roles: [], organisations: [], forced: null }, 0))
    .filter((one) => one !== null);
  expect(Math.abs(given.filter((one) => one === "x").length / given.length - 0.75)).toBeLessThan(0.03);
});
