/** What an account or an organisation uses, in figures and day by day. */
"use client";
import { Loaded } from "#components/staff/loaded.tsx";
import type { Api } from "#components/ui/attempt.ts";
import { Facts, Panel } from "#components/ui/panel.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

type Usage = Outputs["soc"]["ofAccount"];

export interface UsagePanelProps {
  of: string;
  call: (api: Api) => Promise<Usage>;
  /** What the days count: "Requests". */
  counts: string;
}

export function UsagePanel({ of, call, counts }: UsagePanelProps) {
  return (
    <Panel title="Usage">
      <Loaded of={of} call={call}>
        {({ organisations, zones, records, servers, days }) => (
          <div className="flex flex-col gap-4">
            <Facts
              items={[
                ...(organisations === null ? [] : [{ label: "Organisations that it owns", value: organisations }]),
                ...(zones === null ? [] : [{ label: "Zones", value: zones.toLocaleString("en-GB") }]),
                ...(servers === null
                  ? []
                  : [
                      {
                        label: "Servers",
                        value:
                          servers.count === 0
                            ? "0"
                            : `${servers.count.toLocaleString("en-GB")}, with ${gibOf(servers.memory)} of memory and ${gibOf(servers.disk)} of disk`,
                      },
                    ]),
                ...(records === null ? [] : [{ label: "Records", value: records.toLocaleString("en-GB") }]),
              ]}
            />
            <Days days={days} counts={counts} />
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

/** Of MiB. */
const gibOf = (mib: number): string =>
  `${(mib / 1024).toLocaleString("en-GB", { maximumFractionDigits: mib < 10_240 ? 1 : 0 })} GiB`;

const HEIGHT = 40;

function Days({ days, counts }: { days: Usage["days"]; counts: string }) {
  const most = Math.max(1, ...days.map(({ count }) => count));
  const total = days.reduce((sum, { count }) => sum + count, 0);
  const capped = days.some((day) => day.capped);
  return (
    <figure className="flex flex-col gap-1">
      <figcaption className="text-dim">
        {counts} in the last {days.length} days: {total.toLocaleString("en-GB")}
        {capped && " or more"}
      </figcaption>
      <ol aria-label={`${counts} by day`} className="flex max-w-sm items-end gap-1">
        {days.map(({ day, count, capped: more }) => (
          <li key={day} title={`${day}: ${count}${more ? "+" : ""}`} className="flex-1">
            <svg aria-hidden="true" viewBox={`0 0 10 ${HEIGHT}`} preserveAspectRatio="none" className="h-10 w-full">
              <rect
                width="10"
                y={HEIGHT - Math.max(1, (count / most) * HEIGHT)}
                height={HEIGHT}
                className={count === 0 ? "fill-line" : "fill-accent"}
              />
            </svg>
            <span className="sr-only">
              {day}: {count}
              {more && " or more"}
            </span>
          </li>
        ))}
      </ol>
    </figure>
  );
}
