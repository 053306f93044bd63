/** What a server used over a time. */

import { Banner } from "#components/ui/banner.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ChartLine } from "#components/ui/icons.tsx";
import { Time } from "#components/ui/time.tsx";
import { UrlSelect } from "#components/ui/url-control.tsx";
import { load } from "#lib/api/caller.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { openServer } from "../server-data.ts";
import { UseCharts } from "./use-charts.tsx";

type Range = Outputs["servers"]["statsHistory"]["range"];

const words: Record<Range, string> = {
  "1h": "the last hour",
  "24h": "the last day",
  "7d": "the last week",
  "30d": "the last 30 days",
};
const isRange = (text: string): text is Range => Object.hasOwn(words, text);

export async function StatsPage({ server, range: given }: { server: string; range: string }) {
  const range = isRange(given) ? given : "1h";
  const open = await openServer(server);
  const history = await load((api) => api.servers.statsHistory({ server, range }));
  const now = Date.now();
  const { answers, seenAt } = history.node;
  const empty = history.cpu.every((value) => value === null);
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="text-dim">What it used while it ran, as its node says once a minute. Kept for 30 days.</p>
        <UrlSelect
          label="Range"
          param="range"
          all="The last hour"
          options={[
            { value: "24h", label: "The last day" },
            { value: "7d", label: "The last week" },
            { value: "30d", label: "The last 30 days" },
          ]}
          className="w-[172px]"
        />
      </div>
      {!answers && (
        <Banner tone="warn" className="mb-3">
          {seenAt === null ? (
            "Its node has never answered the panel: nothing is known of what it uses."
          ) : (
            <>
              Its node last answered <Time at={seenAt} now={now} />. What came since is missing here.
            </>
          )}
        </Banner>
      )}
      {empty ? (
        <EmptyState icon={<ChartLine />} title={`Nothing to show of ${words[range]}`}>
          {whyEmpty({ suspended: open.suspended, answers, longest: range === "30d" })}
        </EmptyState>
      ) : (
        <UseCharts server={open.id} first={history} span={words[range]} limits={open} />
      )}
    </>
  );
}

function whyEmpty({ suspended, answers, longest }: { suspended: boolean; answers: boolean; longest: boolean }): string {
  const why = suspended
    ? "It is suspended, and does not run."
    : answers
      ? "It did not run then. Start it, and come back in a minute."
      : "It did not run then, or its node did not say so.";
  return longest ? why : `${why} Before that it may have: look at a longer time.`;
}
