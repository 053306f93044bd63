/** A chart over time with its name, its unit, and what each line came to last. */
"use client";
import dynamic from "next/dynamic";
import { type Line, LineKey } from "./line-key.tsx";

const Chart = dynamic(() => import("./chart.tsx").then((module) => module.Chart), {
  ssr: false,
  loading: () => <div className="h-[150px]" />,
});

export interface ChartCardProps {
  title: string;
  unit: string;
  at: readonly number[];
  lines: readonly Line[];
}

export function ChartCard({ title, unit, at, lines }: ChartCardProps) {
  const now = lines.map((line) => ({
    line,
    name: line.name,
    last: figureOf(line.values.findLast((value) => value !== null) ?? null),
  }));
  return (
    <section aria-label={title} className="rounded-lg border border-line bg-panel px-3.5 pt-3 pb-2">
      <header className="flex items-baseline justify-between gap-3">
        <h2 className="text-base font-semibold">{title}</h2>
        <p className="text-xs text-faint">{unit}</p>
      </header>
      <ul className="mt-1 mb-2 flex flex-wrap gap-x-4 text-xs text-dim tabular-nums">
        {now.map(({ line, name, last }, place) => (
          <li key={name} className="flex items-center gap-1.5">
            {now.length > 1 && <LineKey line={line} place={place} />}
            {name} <strong className="font-semibold text-text">{last}</strong>
          </li>
        ))}
      </ul>
      <Chart
        label={`${title}, ${unit}: ${now.map(({ name, last }) => `${name} ${last}`).join(", ")}`}
        at={at}
        lines={lines}
      />
    </section>
  );
}

export const figure = (value: number): string =>
  value.toLocaleString("en-GB", { maximumFractionDigits: value >= 100 ? 0 : value >= 10 ? 1 : 2 });

export const figureOf = (value: number | null): string => (value === null ? "–" : figure(value));
