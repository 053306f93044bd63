/** Audit entries, requests, errors and slow queries: searched, filtered, and followed as they are written. */
"use client";
import dynamic from "next/dynamic";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ScrollText, X } from "#components/ui/icons.tsx";
import { Link } from "#components/ui/link.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { one, type Query, tabHref } from "./address.ts";
import { type Column, type Filter, StaffList } from "./list.tsx";
import { Outcome, took } from "./log-words.tsx";
import type { TabData, TabProps } from "./tab-props.ts";

const LogDetail = dynamic(() => import("./log-detail.tsx"));
const FollowLogs = dynamic(() => import("./follow-logs.tsx").then((module) => module.FollowLogs));

type Row = TabData<"logs">["items"][number];
type View = Row["view"];

const VIEWS: Record<View, { title: string; noun: readonly [string, string]; search: string }> = {
  audit: { title: "Audit", noun: ["entry", "entries"], search: "Search action, id or request id" },
  requests: { title: "Requests", noun: ["request", "requests"], search: "Search route, action or request id" },
  errors: { title: "Errors", noun: ["error", "errors"], search: "Search error text" },
  slow: { title: "Slow queries", noun: ["query", "queries"], search: "Search query text" },
};

export default function Logs({ tab, data, one: row, may, query, now }: TabProps<"logs">) {
  if (row) return <LogDetail row={row} query={query} now={now} />;
  const asked = one(query, "view");
  const view: View = asked in VIEWS ? (asked as View) : "audit";
  const { noun, search } = VIEWS[view];
  return (
    <StaffList
      tab={tab}
      title="Logs"
      description="What people did, what was requested, and what went wrong."
      noun={noun}
      page={data}
      query={query}
      defaultSort="-at"
      columns={columnsOf(now)[view]}
      opens
      nameOf={({ action }) => action}
      searchLabel={search}
      filters={filters[view]}
      actions={<FollowLogs query={query} view={view} />}
      before={
        <>
          <Tabs
            label="Kinds of logs"
            current={tabHref(tab, {}, { view })}
            items={Object.entries(VIEWS).map(([id, { title }]) => ({
              href: tabHref(tab, {}, { view: id }),
              label: title,
            }))}
            className="mb-3"
          />
          <Narrowed query={query} />
          {may.includes("admin:settings") && view !== "audit" && (
            <p className="mb-2.5 text-dim">
              You can change how long these entries are kept in <TextLink href={tabHref("settings")}>Settings</TextLink>
              .
            </p>
          )}
        </>
      }
      empty={<EmptyState icon={<ScrollText />} title={`No ${noun[1]} yet`} />}
    />
  );
}

const NARROWING = { actor: "Who", action: "Action", target: "Target", requestId: "Request" } as const;

/** What rows lead to by a link, and no select offers. */
function Narrowed({ query }: { query: Query }) {
  const set = Object.entries(NARROWING).filter(([param]) => one(query, param) !== "");
  if (set.length === 0) return null;
  return (
    <ul aria-label="Filters" className="mb-2.5 flex flex-wrap gap-2">
      {set.map(([param, label]) => (
        <li key={param}>
          <Link
            href={tabHref("logs", query, { [param]: undefined })}
            className="inline-flex items-center gap-1.5 rounded-md border border-line bg-panel px-2 py-1 text-text no-underline hover:border-edge"
          >
            {label}: <span className="font-mono wrap-anywhere">{one(query, param)}</span>
            <X aria-hidden="true" className="size-3.5 text-dim" />
            <span className="sr-only">Remove this filter</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** Where there is no account to name. */
const WHO: Readonly<Record<string, string>> = {
  anonymous: "Nobody signed in",
  system: "The panel",
  token: "API token",
};

const when = (now: number): Column<Row> => ({
  label: "When",
  sort: "at",
  dim: true,
  cell: ({ at }) => <Time at={at} now={now} />,
});

function columnsOf(now: number): Record<View, readonly [Column<Row>, ...Column<Row>[]]> {
  const who: Column<Row> = { label: "Who", cell: ({ actor, actorType }) => actor ?? WHO[actorType ?? ""] ?? actorType };
  return {
    audit: [
      { label: "Action", mono: true, cell: ({ action }) => <span className="sm:whitespace-nowrap">{action}</span> },
      who,
      { label: "Target", cell: ({ target }) => target },
      { label: "Outcome", cell: (row) => <Outcome {...row} /> },
      when(now),
    ],
    requests: [
      { label: "Route", mono: true, cell: ({ target }) => target },
      { label: "Status", cell: (row) => <Outcome {...row} /> },
      { label: "Duration", align: "end", cell: ({ ms }) => took(ms) },
      who,
      { label: "Address", mono: true, dim: true, cell: ({ address }) => address },
      when(now),
    ],
    errors: [
      { label: "Where", mono: true, cell: ({ action }) => action || "Panel" },
      { label: "Error", cell: ({ code, text }) => `${code}: ${(text ?? "").slice(0, 200)}` },
      when(now),
    ],
    slow: [
      { label: "Query", mono: true, cell: ({ text }) => (text ?? "").slice(0, 200) },
      { label: "Times", sort: "times", align: "end", cell: ({ times }) => times },
      { label: "Longest", sort: "max", align: "end", cell: ({ ms }) => took(ms) },
      { label: "Total", sort: "total", align: "end", cell: ({ target }) => target?.replace(" in all", "") },
      when(now),
    ],
  };
}

const statuses: Filter = {
  param: "status",
  label: "Status",
  all: "Any status",
  options: [
    { value: "2xx", label: "2xx: successful" },
    { value: "3xx", label: "3xx: redirected" },
    { value: "4xx", label: "4xx: refused" },
    { value: "5xx", label: "5xx: failed" },
  ],
};

const filters: Record<View, readonly Filter[]> = {
  audit: [
    {
      param: "status",
      label: "Outcome",
      all: "Any outcome",
      options: [
        { value: "done", label: "Done" },
        { value: "refused", label: "Refused" },
      ],
    },
  ],
  requests: [
    statuses,
    {
      param: "over",
      label: "Duration",
      all: "Any duration",
      options: [
        { value: "100", label: "100 ms or more" },
        { value: "1000", label: "1 s or more" },
        { value: "5000", label: "5 s or more" },
      ],
    },
  ],
  errors: [],
  slow: [],
};
