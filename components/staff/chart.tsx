/** Lines over time. What they say is in the label as well. */
"use client";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type Line, lookOf } from "./line-key.tsx";

export interface ChartProps {
  label: string;
  /** Milliseconds. */
  at: readonly number[];
  lines: readonly Line[];
}

const HEIGHT = 150;

export function Chart({ label, at, lines }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const data = [at.map((time) => time / 1000), ...lines.map(({ values }) => values)] as uPlot.AlignedData;
  const latest = useRef(data);
  latest.current = data;
  // What is drawn anew when it changes: the values are not.
  const drawn = JSON.stringify(lines.map(({ name, bad }, at) => ({ name, ...lookOf({ bad }, at) })));

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsFor(element, JSON.parse(drawn)), latest.current, element);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    // Its colours are in the canvas.
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", draw);
    return () => {
      resized.disconnect();
      themed.disconnect();
      system.removeEventListener("change", draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [drawn]);

  useEffect(() => plot.current?.setData(data), [data]);

  return <div ref={place} role="img" aria-label={label} className="h-[150px]" />;
}

const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** The time of day, or the day where a day or more lies between two of them. */
const times = (_plot: uPlot, at: number[], _axis: number, _space: number, step: number): string[] =>
  at.map((seconds) => (step >= 86_400 ? day : time).format(seconds * 1000));

const figures = (_plot: uPlot, at: number[]): string[] =>
  at.map((value) => (value >= 1000 ? `${Number((value / 1000).toFixed(1))}k` : String(Number(value.toFixed(2)))));

/** In seconds. Of one moment alone a plot makes years. */
const LEAST = 3600;

const shown: uPlot.Range.Function = (_plot, first, last) => {
  const end = last ?? Date.now() / 1000;
  return [Math.min(first ?? end, end - LEAST), end];
};

/** A line has two ends: what stands between two gaps is a dot. */
const alone: uPlot.Series.Points = {
  show: false,
  size: 4,
  filter: (plot, at) => {
    const values = plot.data[at] ?? [];
    const places = Array.from(values, (_, place) => place);
    return places.filter((n) => values[n] != null && values[n - 1] == null && values[n + 1] == null);
  },
};

function optionsFor(
  element: HTMLElement,
  lines: readonly { name: string; colour: string; dash: number[] }[],
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour("--dim"),
    grid: { stroke: colour("--line2"), width: 1 },
    ticks: { show: false },
    font: `11px ${style.fontFamily}`,
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { show: false },
    legend: { show: false },
    padding: [6, 20, 0, 0],
    scales: { x: { range: shown }, y: { range: (_plot, _low, high) => [0, Math.max(high, 1) * 1.1] } },
    axes: [
      { ...axis, size: 24, values: times },
      { ...axis, size: 42, gap: 4, values: figures },
    ],
    series: [
      {},
      ...lines.map(({ name, dash, ...look }) => {
        const stroke = colour(look.colour);
        return { label: name, stroke, width: 1.5, dash, points: { ...alone, fill: stroke } };
      }),
    ],
  };
}
