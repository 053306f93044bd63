/** Plans against the states that they lead to. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { recordId, rrsetHash } from "#lib/dns/hash.ts";
import { compareNames } from "#lib/dns/name.ts";
import { applyPlan, brake, invertPlan, makePlan, planIsEmpty, recordCounts } from "#lib/dns/plan.ts";
import { type DnsRecord, type RRset, rrsetKey } from "#lib/dns/rrset.ts";

const runs = { numRuns: 3_000 };
const apex = "x.";
const all = (...zones: RRset[][]) => new Set(zones.flat().map(rrsetKey));

const extras = fc.record(
  {
    disabled: fc.boolean(),
    comment: fc.constantFrom("", "why"),
    proxied: fc.boolean(),
    tags: fc.subarray(["s", "t"]),
    providerId: fc.constantFrom("1", "2"),
  },
  { requiredKeys: [] },
);
const recordOf = (contents: string[]): fc.Arbitrary<DnsRecord> =>
  fc.tuple(fc.constantFrom(...contents), extras).map(([content, rest]) => ({ content, ...rest }));
const recordsOf = (contents: string[]) =>
  fc.uniqueArray(recordOf(contents), { selector: (record) => record.content, minLength: 1, maxLength: 4 });
const rrset: fc.Arbitrary<RRset> = fc.oneof(
  fc.record({
    name: fc.constantFrom("x.", "a.x.", "b.x.", "c.b.x.", "\\200.x.", "*.x."),
    type: fc.constantFrom("A", "CNAME", "DS", "NS", "TXT"),
    ttl: fc.constantFrom<RRset["ttl"]>(60, 300, "auto"),
    records: recordsOf(["1", "2", "3", "4"]),
  }),
  fc.record({
    name: fc.constant("x."),
    type: fc.constant("SOA"),
    ttl: fc.constantFrom(60, 300),
    records: fc
      .tuple(fc.nat(9), fc.nat(1))
      .map(([serial, refresh]) => [{ content: `a. b. ${serial} ${refresh} 2 3 4` }]),
  }),
);
const zone = fc.uniqueArray(rrset, { selector: rrsetKey, maxLength: 10 });

/** What a zone says, written differently from how the plan compares. */
const facts = (sets: readonly RRset[]) =>
  new Map(
    sets.map((set) => [
      rrsetKey(set),
      {
        ttl: set.ttl,
        records: new Set(
          set.records.map(({ content, disabled, comment, proxied, tags }) => {
            const said = set.type === "SOA" ? content.split(" ").with(2, "serial").join(" ") : content;
            return [said, Boolean(disabled), comment || "", Boolean(proxied), [...(tags ?? [])].sort().join()].join(
              "|",
            );
          }),
        ),
      },
    ]),
  );

describe("a plan", () => {
  test("leads to what is wanted, after which there is nothing to do, and takes no step too many", () => {
    fc.assert(
      fc.property(zone, zone, (current, wanted) => {
        const plan = makePlan(current, wanted, { scope: all(current, wanted), apex });
        const after = applyPlan(current, plan);
        expect(facts(after)).toEqual(facts(wanted));
        expect(planIsEmpty(makePlan(after, wanted, { scope: all(after, wanted), apex }))).toBe(true);

        const [was, is] = [facts(current), facts(wanted)];
        const differing = [...all(current, wanted)].filter(
          (key) => JSON.stringify(plain(was.get(key))) !== JSON.stringify(plain(is.get(key))),
        );
        expect(plan.map(rrsetKey).sort()).toEqual(differing.sort());
        for (const change of plan) {
          expect(change.kind).toBe(!change.before ? "create" : !change.after ? "delete" : "update");
        }
      }),
      runs,
    );
  });

  const plain = (fact: { ttl: unknown; records: Set<string> } | undefined) =>
    fact && [fact.ttl, [...fact.records].sort()];

  test("does not depend on the order of anything", () => {
    fc.assert(
      fc.property(zone, zone, (current, wanted) => {
        const scope = all(current, wanted);
        const shuffled = (sets: RRset[]) =>
          sets.toReversed().map((set) => ({ ...set, records: set.records.toReversed() }));
        const [one, other] = [
          makePlan(current, wanted, { scope, apex }),
          makePlan(shuffled(current), shuffled(wanted), { scope, apex }),
        ];
        expect(other.map(({ kind, name, type, after }) => [kind, name, type, after])).toEqual(
          one.map(({ kind, name, type, after }) => [kind, name, type, after]),
        );
      }),
      runs,
    );
  });

  test("leaves alone what is outside of its scope", () => {
    fc.assert(
      fc.property(zone, zone, fc.func(fc.boolean()), (current, wanted, speaksFor) => {
        const scope = new Set([...all(current)].filter((key) => speaksFor(key)));
        const plan = makePlan(current, wanted, { scope, apex });
        const mine = new Set([...scope, ...all(wanted)]);
        const untouched = (sets: readonly RRset[]) => facts(sets.filter((set) => !mine.has(rrsetKey(set))));
        expect(untouched(applyPlan(current, plan))).toEqual(untouched(current));
        expect(plan.every((change) => mine.has(rrsetKey(change)))).toBe(true);
      }),
      runs,
    );
  });

  test("is taken back by its inverse", () => {
    fc.assert(
      fc.property(zone, zone, (current, wanted) => {
        const plan = makePlan(current, wanted, { scope: all(current, wanted), apex });
        expect(facts(applyPlan(applyPlan(current, plan), invertPlan(plan)))).toEqual(facts(current));
      }),
      runs,
    );
  });

  test("never has a CNAME beside something else on the way, if neither end has", () => {
    const clean = (sets: readonly RRset[]) =>
      sets.every(
        (set) =>
          set.type !== "CNAME" ||
          !served(set) ||
          sets.every((other) => other === set || other.name !== set.name || !served(other)),
      );
    const served = (set: RRset) => set.records.some((record) => !record.disabled);
    fc.assert(
      fc.property(zone.filter(clean), zone.filter(clean), (current, wanted) => {
        for (const plan of [
          makePlan(current, wanted, { scope: all(current, wanted), apex }),
          invertPlan(makePlan(wanted, current, { scope: all(current, wanted), apex })),
        ]) {
          plan.reduce((sets, change) => {
            const next = applyPlan(sets, [change]);
            expect(clean(next)).toBe(true);
            return next;
          }, current as RRset[]);
        }
      }),
      runs,
    );
  });

  test("deletes first, and keeps canonical order, NS before DS", () => {
    fc.assert(
      fc.property(zone, zone, (current, wanted) => {
        const plan = makePlan(current, wanted, { scope: all(current, wanted), apex });
        const deletions = plan.filter((change) => change.kind === "delete");
        const others = plan.filter(
          (change) => change.kind !== "delete" && change.after.records.some((record) => !record.disabled),
        );
        expect(plan.slice(0, deletions.length)).toEqual(deletions);
        for (const part of [deletions, others]) {
          for (const [index, change] of part.slice(1).entries()) {
            const before = part[index] as (typeof part)[number];
            expect(compareNames(before.name, change.name)).toBeLessThanOrEqual(0);
            if (before.name !== change.name) continue;
            expect([before.type, change.type]).not.toEqual(part === deletions ? ["NS", "DS"] : ["DS", "NS"]);
          }
        }
      }),
      runs,
    );
  });
});

const a = (name: string, contents: string[], rest: Partial<RRset> = {}): RRset => ({
  name,
  type: "A",
  ttl: 60,
  records: contents.map((content) => ({ content })),
  ...rest,
});

test("an SOA that differs in its serial does not differ, and one that changes keeps its serial", () => {
  const soa = (content: string): RRset => ({ name: "x.", type: "SOA", ttl: 60, records: [{ content }] });
  const scope = new Set(["x. SOA"]);
  expect(makePlan([soa("a. b. 7 1 2 3 4")], [soa("a. b. 9 1 2 3 4")], { scope, apex })).toEqual([]);
  expect(makePlan([soa("a. b. 7 1 2 3 4")], [soa("a. b. 9 5 2 3 4")], { scope, apex })[0]?.after?.records).toEqual([
    { content: "a. b. 7 5 2 3 4" },
  ]);
});

test("what is given twice is a mistake of the caller", () => {
  expect(() => makePlan([], [a("x.", ["1"]), a("x.", ["2"])], { scope: new Set(), apex })).toThrow(RangeError);
});

it.each([
  ["a created set", [], [a("x.", ["1", "2"])], { created: 2, updated: 0, deleted: 0 }],
  ["a deleted set", [a("x.", ["1", "2"])], [], { created: 0, updated: 0, deleted: 2 }],
  ["one value replaced", [a("x.", ["1", "2"])], [a("x.", ["1", "3"])], { created: 0, updated: 1, deleted: 0 }],
  ["one value more", [a("x.", ["1"])], [a("x.", ["1", "3"])], { created: 1, updated: 0, deleted: 0 }],
  ["one value less", [a("x.", ["1", "2", "3"])], [a("x.", ["1", "3"])], { created: 0, updated: 0, deleted: 1 }],
  [
    "one replaced and one more",
    [a("x.", ["1", "2"])],
    [a("x.", ["1", "3", "4"])],
    { created: 1, updated: 1, deleted: 0 },
  ],
  [
    "another TTL",
    [a("x.", ["1", "2", "3"])],
    [a("x.", ["1", "2", "3"], { ttl: 61 })],
    { created: 0, updated: 3, deleted: 0 },
  ],
  [
    "a comment",
    [a("x.", ["1", "2"])],
    [a("x.", [], { records: [{ content: "1", comment: "c" }, { content: "2" }] })],
    { created: 0, updated: 1, deleted: 0 },
  ],
])("%s counts", (_, current, wanted, counts) => {
  expect(recordCounts(makePlan(current, wanted, { scope: all(current, wanted), apex }))).toEqual(counts);
});

describe("the brake", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => a(`n${index}.x.`, ["1"]));
  const deleting = (count: number) => makePlan(many(count), [], { scope: all(many(count)), apex });

  it.each([
    [9, 9, false, 100],
    [10, 10, true, 100],
    [10, 33, true, 30.3],
    [10, 34, false, 29.4],
    [30, 100, false, 30],
    [31, 100, true, 31],
    [300, 1000, false, 30],
    [301, 1000, true, 30.1],
    [10, 0, true, 0],
  ])("deleting %i of %i: %s", (touched, total, braked, percent) => {
    expect(brake(deleting(touched), total)).toEqual({ braked, touched, total, percent });
  });

  test("never takes hold of creations, and counts updates", () => {
    expect(brake(makePlan([], many(500), { scope: new Set(), apex }), 10).braked).toBe(false);
    const updated = many(10).map((set) => ({ ...set, ttl: 61 }));
    expect(brake(makePlan(many(10), updated, { scope: new Set(), apex }), 12)).toEqual({
      braked: true,
      touched: 10,
      total: 12,
      percent: 83.3,
    });
  });
});

describe("digests", () => {
  test("are equal where a plan sees no difference, and only there", () => {
    fc.assert(
      fc.property(rrset, rrset, (one, other) => {
        const same =
          rrsetKey(one) === rrsetKey(other) && planIsEmpty(makePlan([one], [other], { scope: all([one]), apex }));
        expect(rrsetHash(one) === rrsetHash(other)).toBe(same);
        expect(rrsetHash({ ...one, records: one.records.toReversed() })).toBe(rrsetHash(one));
        expect(rrsetHash(one)).not.toBe(rrsetHash(null));
      }),
      runs,
    );
  });

  test("stay what they are", () => {
    expect(recordId("x.", "A", "192.0.2.1")).toMatch(/^[\w-]{22}$/);
    expect(recordId("x.", "A", "192.0.2.1")).toBe(recordId("x.", "A", "192.0.2.1"));
    expect(recordId("x.", "A", "192.0.2.1")).not.toBe(recordId("x.", "A", "192.0.2.2"));
    expect(recordId("x.", "SOA", "a. b. 7 1 2 3 4")).toBe(recordId("x.", "SOA", "a. b. 8 1 2 3 4"));
    expect(rrsetHash(null)).toBe(rrsetHash(null));
    expect(rrsetHash(null)).toMatch(/^[\w-]{22}$/);
  });
});
