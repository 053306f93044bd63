/** How the panel does: charts over an hour, a day or a week, and how long each route takes. */
"use client";
import { useEffect, useState } from "react";
import { attempt } from "#components/ui/attempt.ts";
import { type Columns, ColumnTable } from "#components/ui/column-table.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { UrlSelect } from "#components/ui/url-control.tsx";
import { one } from "./address.ts";
import { ChartCard, figure, figureOf } from "./chart-card.tsx";
import { CsvLink } from "./csv-link.tsx";
import type { TabData, TabProps } from "./tab-props.ts";

type Data = TabData<"metrics">;
type Series = keyof Data["series"];

const EVERY_MS = 10_000;
const MB = 1_048_576;

interface Drawn {
  title: string;
  unit: string;
  lines: readonly { name: string; series: Series; by?: number; bad?: boolean }[];
}

const charts: readonly Drawn[] = [
  {
    title: "Requests",
    unit: "per second",
    lines: [
      { name: "All", series: "requests" },
      { name: "Failed", bad: true, series: "failures" },
    ],
  },
  {
    title: "Response times",
    unit: "ms",
    lines: [
      { name: "Median", series: "p50" },
      { name: "95 %", series: "p95" },
      { name: "99 %", series: "p99" },
    ],
  },
  { title: "Event loop delay", unit: "ms", lines: [{ name: "Longest", series: "lag" }] },
  {
    title: "Memory",
    unit: "MB",
    lines: [
      { name: "Process", series: "memory", by: MB },
      { name: "Heap", series: "heap", by: MB },
    ],
  },
  { title: "Processor", unit: "% of one core", lines: [{ name: "Used", series: "cpu" }] },
  {
    title: "Database",
    unit: "MB",
    lines: [
      { name: "Database", series: "database", by: MB },
      { name: "Write-ahead log", series: "wal", by: MB },
    ],
  },
  {
    title: "Job queue",
    unit: "jobs",
    lines: [
      { name: "Waiting", series: "waiting" },
      { name: "Running", series: "running" },
      { name: "Failed", bad: true, series: "failed" },
    ],
  },
  {
    title: "Provider calls",
    unit: "per second",
    lines: [
      { name: "All", series: "calls" },
      { name: "Failed", bad: true, series: "callFailures" },
    ],
  },
  { title: "Provider response times", unit: "ms", lines: [{ name: "Average", series: "callMs" }] },
];

export default function Metrics({ data: first, query }: TabProps<"metrics">) {
  const data = useLive(first);
  return (
    <>
      <PageHeader
        title="Metrics"
        description="How the panel is performing. Figures are kept for a week and survive a restart."
        actions={
          <>
            <UrlSelect
              label="Range"
              param="range"
              all="The last hour"
              options={[
                { value: "24h", label: "The last day" },
                { value: "7d", label: "The last week" },
              ]}
              className="w-[172px]"
            />
            <CsvLink tab="metrics" query={query} />
          </>
        }
      />
      <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {charts.map((drawn) => (
          <Drawing key={drawn.title} drawn={drawn} data={data} />
        ))}
      </div>
      <h2 className="mt-6 mb-2 text-base font-semibold">
        Routes{one(query, "range") === "" || data.range === "1h" ? "" : ", by the hour"}
      </h2>
      {data.routes.length === 0 ? (
        <p className="text-dim">No requests yet.</p>
      ) : (
        <ColumnTable
          label="Routes"
          columns={routeColumns}
          items={data.routes}
          keyOf={({ method, template, action }) => `${method} ${template} ${action}`}
        />
      )}
      <h2 className="mt-6 mb-2 text-base font-semibold">Jobs</h2>
      {data.jobs.length === 0 ? (
        <p className="text-dim">No jobs are waiting, running or failed.</p>
      ) : (
        <ColumnTable label="Jobs" columns={jobColumns} items={data.jobs} keyOf={({ kind }) => kind} />
      )}
    </>
  );
}

/** The same range again every ten seconds, while somebody looks. */
function useLive(first: Data): Data {
  const [data, setData] = useState(first);
  useEffect(() => {
    setData(first);
    const timer = setInterval(() => {
      if (document.hidden) return;
      // What cannot be had now is asked for again in ten seconds.
      attempt((api) => api.metrics.read({ range: first.range })).then(setData, () => undefined);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [first]);
  return data;
}

function Drawing({ drawn: { title, unit, lines }, data }: { drawn: Drawn; data: Data }) {
  const drawnLines = lines.map(({ name, bad, series, by = 1 }) => ({
    name,
    bad,
    values: data.series[series].map((value) => (value === null ? null : value / by)),
  }));
  return <ChartCard title={title} unit={unit} at={data.at} lines={drawnLines} />;
}

const routeColumns: Columns<Data["routes"][number]> = [
  { label: "Route", mono: true, cell: ({ method, template }) => `${method} ${template}` },
  { label: "Requests", align: "end", cell: ({ requests }) => figure(requests) },
  { label: "Failed", align: "end", cell: ({ failures }) => figure(failures) },
  { label: "Median, ms", align: "end", cell: ({ p50 }) => figureOf(p50) },
  { label: "95 %, ms", align: "end", cell: ({ p95 }) => figureOf(p95) },
  { label: "99 %, ms", align: "end", cell: ({ p99 }) => figureOf(p99) },
];

const jobColumns: Columns<Data["jobs"][number]> = [
  { label: "Kind", mono: true, cell: ({ kind }) => kind },
  { label: "Waiting", align: "end", cell: ({ waiting }) => waiting },
  { label: "Running", align: "end", cell: ({ running }) => running },
  { label: "Failed", align: "end", cell: ({ failed }) => failed },
];
