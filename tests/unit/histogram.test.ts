import fc from "fast-check";
import { expect, test } from "vitest";
import { addCounts, BOUNDS, count, emptyCounts, quantile } from "#lib/metrics/histogram.ts";

const times = fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 });

/** The bounds between which a time lies. */
const around = (ms: number) => ({
  low: Math.max(0, ...BOUNDS.filter((bound) => bound < ms)),
  high: Math.min(...BOUNDS.filter((bound) => bound >= ms), BOUNDS.at(-1) ?? 0),
});

test("a percentile lies between the bounds around the one that sorting finds", () => {
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.95, 0.99, 1), (all, share) => {
      const counts = emptyCounts();
      for (const ms of all) count(counts, ms);
      const sorted = all.toSorted((a, b) => a - b);
      const { low, high } = around(sorted[Math.max(0, Math.ceil(share * all.length - 1e-9) - 1)] ?? 0);
      const found = quantile(counts, share) ?? Number.NaN;
      expect(found).toBeGreaterThanOrEqual(Math.min(low, high));
      expect(found).toBeLessThanOrEqual(high);
    }),
  );
});

test("counts of parts add up to those of the whole", () => {
  fc.assert(
    fc.property(times, times, (one, other) => {
      const [a, b, both] = [emptyCounts(), emptyCounts(), emptyCounts()];
      for (const ms of one) count(a, ms);
      for (const ms of other) count(b, ms);
      for (const ms of [...one, ...other]) count(both, ms);
      addCounts(a, b);
      expect(a).toEqual(both);
    }),
  );
  expect(quantile(emptyCounts(), 0.5)).toBeNull();
});
