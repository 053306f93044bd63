/** How a node's daemon answered, drawn and in words. */
"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Panel } from "#components/ui/panel.tsx";
import { Select } from "#components/ui/select.tsx";
import { LineKey } from "./line-key.tsx";
import { Loaded } from "./loaded.tsx";

const Chart = dynamic(() => import("./chart.tsx").then((module) => module.Chart), {
  ssr: false,
  loading: () => <div className="h-[150px]" />,
});

const LINES: readonly { name: string; of: "averageMs" | "unanswered" | "mostMs"; bad?: boolean }[] = [
  { name: "Average, ms", of: "averageMs" },
  { name: "Questions without an answer", of: "unanswered", bad: true },
  { name: "Longest, ms", of: "mostMs" },
];

export function NodeBeats({ node }: { node: string }) {
  const [range, setRange] = useState<"24h" | "7d">("24h");
  return (
    <Panel
      title="How it answered"
      actions={
        <Select
          aria-label="Range"
          value={range}
          onChange={(event) => setRange(event.target.value === "7d" ? "7d" : "24h")}
          options={[
            { value: "24h", label: "The last day" },
            { value: "7d", label: "The last week" },
          ]}
        />
      }
    >
      <Loaded of={`${node} ${range}`} call={(api) => api.nodes.beats({ node, range })}>
        {(beats) =>
          beats.uptime === null ? (
            <p className="text-dim">It was not asked in this time.</p>
          ) : (
            <div className="flex flex-col gap-3">
              <p className="tabular-nums">
                {(beats.uptime / 100).toLocaleString("en-GB", { maximumFractionDigits: 2 })} % of{" "}
                {beats.asked.toLocaleString("en-GB")} questions answered
                {beats.meanMs !== null && `, in ${beats.meanMs} ms on average`}
              </p>
              <ul className="flex flex-wrap gap-x-4 gap-y-1 text-dim">
                {LINES.map((line, place) => (
                  <li key={line.name} className="flex items-center gap-1.5">
                    <LineKey line={line} place={place} />
                    {line.name}
                  </li>
                ))}
              </ul>
              <Chart
                label={`Answer times in milliseconds, ${beats.meanMs ?? "none"} on average, and ${beats.unanswered.reduce((sum, n) => sum + n, 0)} questions without an answer`}
                at={beats.at}
                lines={LINES.map(({ of, ...line }) => ({ ...line, values: beats[of] }))}
              />
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}
