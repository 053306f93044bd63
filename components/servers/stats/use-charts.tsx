/** What a server used: drawn, and as a table of figures. */
"use client";
import { useEffect, useState } from "react";
import { ChartCard, figureOf } from "#components/staff/chart-card.tsx";
import { attempt } from "#components/ui/attempt.ts";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { exactTime } from "#components/ui/time.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { formatBytes } from "../bytes.ts";
import { limitOf } from "../words.tsx";

type History = Outputs["servers"]["statsHistory"];

const EVERY_MS = 60_000;

export interface UseChartsProps {
  server: string;
  first: History;
  /** The range in words. */
  span: string;
  /** MiB, and per cent; 0: no limit. */
  limits: { memory: number; disk: number; cpu: number };
}

export function UseCharts({ server, first, span, limits }: UseChartsProps) {
  const history = useLatest(server, first);
  const { at, cpu, cpuMost, memory, memoryMost, disk, received, sent } = history;
  const ofMemory = unitFor([...memoryMost]);
  const ofDisk = unitFor(disk);
  const ofNetwork = unitFor([...received, ...sent]);
  return (
    <>
      <div className="grid gap-4 lg:grid-cols-2">
        <ChartCard
          title="Processors"
          unit={limits.cpu === 0 ? "% of one core" : `% of one core, ${limits.cpu} % at most`}
          at={at}
          lines={[
            { name: "Average", values: cpu },
            { name: "Peak", values: cpuMost },
          ]}
        />
        <ChartCard
          title="Memory"
          unit={unitWords(ofMemory.name, limits.memory)}
          at={at}
          lines={[
            { name: "Average", values: ofMemory.of(memory) },
            { name: "Peak", values: ofMemory.of(memoryMost) },
          ]}
        />
        <ChartCard
          title="Network"
          unit={`${ofNetwork.name} a second`}
          at={at}
          lines={[
            { name: "In", values: ofNetwork.of(received) },
            { name: "Out", values: ofNetwork.of(sent) },
          ]}
        />
        <ChartCard
          title="Disk"
          unit={unitWords(ofDisk.name, limits.disk)}
          at={at}
          lines={[{ name: "Used", values: ofDisk.of(disk) }]}
        />
      </div>
      <p className="my-3 text-dim tabular-nums">
        In {span} it received {formatBytes(history.receivedBytes)} and sent {formatBytes(history.sentBytes)}. Where a
        line has a gap it did not run, or could not be asked.
      </p>
      <Figures history={history} />
    </>
  );
}

/** The same range again every minute, while somebody looks. */
function useLatest(server: string, first: History): History {
  const [history, setHistory] = useState(first);
  useEffect(() => {
    setHistory(first);
    const timer = setInterval(() => {
      if (document.hidden) return;
      // What cannot be had now is asked for again in a minute.
      attempt((api) => api.servers.statsHistory({ server, range: first.range })).then(setHistory, () => undefined);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [server, first]);
  return history;
}

const unitWords = (name: string, limit: number): string => (limit === 0 ? name : `${name}, ${limitOf(limit)} at most`);

/** The unit in which the largest is a number that can be read. */
function unitFor(values: readonly (number | null)[]) {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  const [name, by] = most >= 1024 ** 3 ? ["GiB", 1024 ** 3] : most >= 1024 ** 2 ? ["MiB", 1024 ** 2] : ["KiB", 1024];
  return {
    name: String(name),
    of: (line: readonly (number | null)[]) => line.map((value) => (value === null ? null : value / Number(by))),
  };
}

const bytes = (value: number | null | undefined): string => (value == null ? "–" : formatBytes(value));

/** Latest first; times at which nothing is known are left out. */
function Figures({ history }: { history: History }) {
  const { at, cpu, cpuMost, memory, memoryMost, disk, received, sent } = history;
  const places = at.map((_, place) => place).filter((place) => cpu[place] !== null);
  return (
    <details>
      <summary className="w-fit cursor-pointer rounded-sm text-accent">All figures</summary>
      <div className="mt-2.5">
        <Table label="What it used">
          <THead>
            <Th>From</Th>
            <Th align="end">Processors, %</Th>
            <Th align="end">Peak</Th>
            <Th align="end">Memory</Th>
            <Th align="end">Peak</Th>
            <Th align="end">Disk</Th>
            <Th align="end">In a second</Th>
            <Th align="end">Out a second</Th>
          </THead>
          <TBody>
            {places.toReversed().map((place) => (
              <Tr key={at[place]}>
                <Td className="whitespace-nowrap">{exactTime(at[place] ?? 0)}</Td>
                <Td align="end">{figureOf(cpu[place] ?? null)}</Td>
                <Td align="end">{figureOf(cpuMost[place] ?? null)}</Td>
                <Td align="end">{bytes(memory[place])}</Td>
                <Td align="end">{bytes(memoryMost[place])}</Td>
                <Td align="end">{bytes(disk[place])}</Td>
                <Td align="end">{bytes(received[place])}</Td>
                <Td align="end">{bytes(sent[place])}</Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      </div>
    </details>
  );
}
