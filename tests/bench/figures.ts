/** What a bench says: one row a figure. Nothing here passes or fails. */

export interface Row {
  bench: string;
  figure: string;
  value: number;
  unit: string;
  /** The same figure of something else in the same run, and what that is; null where there is nothing to compare with. */
  beside: number | null;
  against: string;
  /** `value / beside` */
  ratio: number | null;
  /** What the panel wants to stay within; printed, never checked. */
  goal: string;
}

export function row(
  bench: string,
  figure: string,
  value: number,
  unit: string,
  compared: { beside?: number | null | undefined; against?: string; goal?: string } = {},
): Row {
  const { beside = null, against = "", goal = "" } = compared;
  const ratio = beside === null || beside === 0 ? null : rounded(value / beside);
  return {
    bench,
    figure,
    value: rounded(value),
    unit,
    beside: beside === null ? null : rounded(beside),
    against,
    ratio,
    goal,
  };
}

/** The value below which `share` (0 to 1) of them lie. NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The rows as a table for a terminal. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((line) => [
    line.bench,
    line.figure,
    shown(line.value),
    line.unit,
    line.beside === null ? "" : `${shown(line.beside)} ${line.against}`.trim(),
    line.ratio === null ? "" : line.ratio.toFixed(2),
    line.goal,
  ]);
  const lines = [["bench", "figure", "value", "unit", "beside", "ratio", "goal"], ...cells];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  const right = new Set([2, 5]);
  const print = (line: string[]) =>
    line
      .map((cell, column) =>
        right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return lines.map(print).join("\n");
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2));
