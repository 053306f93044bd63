/** How long things took, counted between fixed bounds: what can be added up, and still tells a percentile. */

/** Milliseconds; the last counter holds what took longer than all of them. */
export const BOUNDS = [
  0.5, 1, 1.5, 2, 3, 4, 6, 8, 11, 15, 20, 30, 40, 60, 80, 110, 150, 200, 300, 400, 600, 800, 1100, 1500, 2000, 3000,
  5000, 10_000, 30_000,
] as const;

export const emptyCounts = (): number[] => new Array(BOUNDS.length + 1).fill(0);

export function count(counts: number[], ms: number): void {
  const found = BOUNDS.findIndex((bound) => ms <= bound);
  const at = found === -1 ? BOUNDS.length : found;
  counts[at] = (counts[at] ?? 0) + 1;
}

export function addCounts(to: number[], more: readonly number[]): void {
  for (const [at, n] of more.entries()) to[at] = (to[at] ?? 0) + n;
}

/** The time within which `share` (0 to 1) of them were done, between two bounds in proportion; null of none. */
export function quantile(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) return null;
  const wanted = share * total;
  let before = 0;
  for (const [at, n] of counts.entries()) {
    if (n > 0 && before + n >= wanted) {
      const from = BOUNDS[at - 1] ?? 0;
      const to = BOUNDS[at] ?? from;
      return from + (to - from) * Math.max(0, (wanted - before) / n);
    }
    before += n;
  }
  return BOUNDS.at(-1) ?? null;
}
