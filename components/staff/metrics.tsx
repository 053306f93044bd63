/** How the panel does: charts over an hour, a day or a week, and how long each route takes. */
"use client";
import { useEffect, useState } from "react";
import { attempt } from "#components/ui/attempt.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { UrlSelect } from "#components/ui/url-control.tsx";
import { one } from "./address.ts";
import { ChartCard, figure, figureOf } from "./chart-card.tsx";
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
      <Routes data={data} />
      <h2 className="mt-6 mb-2 text-base font-semibold">Jobs</h2>
      <Jobs data={data} />
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

function Routes({ data }: { data: Data }) {
  if (data.routes.length === 0) return <p className="text-dim">No requests yet.</p>;
  return (
    <Table label="Routes" stack>
      <THead>
        <Th>Route</Th>
        <Th align="end">Requests</Th>
        <Th align="end">Failed</Th>
        <Th align="end">Median, ms</Th>
        <Th align="end">95 %, ms</Th>
        <Th align="end">99 %, ms</Th>
      </THead>
      <TBody>
        {data.routes.map((route) => (
          <Tr key={`${route.method} ${route.template} ${route.action}`}>
            <Td mono className="wrap-anywhere">
              {route.method} {route.template}
            </Td>
            <Td label="Requests" align="end">
              {figure(route.requests)}
            </Td>
            <Td label="Failed" align="end">
              {figure(route.failures)}
            </Td>
            <Td label="Median, ms" align="end">
              {figureOf(route.p50)}
            </Td>
            <Td label="95 %, ms" align="end">
              {figureOf(route.p95)}
            </Td>
            <Td label="99 %, ms" align="end">
              {figureOf(route.p99)}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

function Jobs({ data }: { data: Data }) {
  if (data.jobs.length === 0) return <p className="text-dim">No jobs are waiting, running or failed.</p>;
  return (
    <Table label="Jobs" stack>
      <THead>
        <Th>Kind</Th>
        <Th align="end">Waiting</Th>
        <Th align="end">Running</Th>
        <Th align="end">Failed</Th>
      </THead>
      <TBody>
        {data.jobs.map(({ kind, waiting, running, failed }) => (
          <Tr key={kind}>
            <Td mono>{kind}</Td>
            <Td label="Waiting" align="end">
              {waiting}
            </Td>
            <Td label="Running" align="end">
              {running}
            </Td>
            <Td label="Failed" align="end">
              {failed}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}
