/** One row of the logs, and what else is known of the same request. */
"use client";
import type { ReactNode } from "react";
import { Code } from "#components/ui/code.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { exactTime, Time } from "#components/ui/time.tsx";
import { type Query, tabHref } from "./address.ts";
import { Detail } from "./detail.tsx";
import { Outcome, took } from "./log-words.tsx";
import { PrivateValue } from "./private-value.tsx";
import type { TabRow } from "./tab-props.ts";

type Row = TabRow<"logs">;

export default function LogDetail({ row, query, now }: { row: Row; query: Query; now: number }) {
  const { view } = row;
  const hidden = (field: keyof Row & string, label: string) => {
    const value = row[field];
    return (
      typeof value === "string" && <PrivateValue tab="logs" id={row.id} field={field} label={label} value={value} />
    );
  };
  const all = (param: string, value: string | null, text: string) =>
    value && <TextLink href={tabHref("logs", {}, { view, [param]: value })}>{text}</TextLink>;
  const facts = [
    { label: "When", value: exactTime(row.at) },
    {
      label: "Who",
      value: together(hidden("actor", "who it was") || row.actorType, all("actor", row.actorId, "Everything they did")),
    },
    { label: "Action", value: view === "slow" ? null : all("action", row.action, row.action) },
    {
      label: "Target",
      value: together(
        hidden("target", "what it was about"),
        view === "audit" && all("target", row.targetId, "Everything about it"),
      ),
    },
    { label: "Outcome", value: row.outcome !== null && <Outcome {...row} /> },
    { label: "Duration", value: took(row.ms) },
    { label: "Times", value: row.times },
    { label: "Address", value: hidden("address", "the address") },
    { label: "Request", value: row.requestId && <Code>{row.requestId}</Code> },
  ];
  return (
    <Detail
      tab="logs"
      query={query}
      back="All log entries"
      title={view === "slow" ? "Slow query" : row.action}
      row={row}
      noun={["row", "rows"]}
      nameOf={({ action }) => action}
    >
      <Panel>
        <Facts items={facts.filter(({ value }) => value)} />
      </Panel>
      <Text title={view === "slow" ? "Query" : "Message"} text={row.text} />
      <Text title="Stack" text={row.stack} />
      <Text title="Before" text={pretty(row.before)} />
      <Text title="After" text={pretty(row.after)} />
      {row.related.length > 0 && (
        <Panel title="From the same request">
          <ul className="flex flex-col gap-1.5">
            {row.related.map((other) => (
              <li key={other.id}>
                <TextLink href={tabHref("logs", {}, { view: other.view, open: other.id })}>{other.action}</TextLink>{" "}
                <span className="text-dim">
                  {other.view}
                  {other.outcome && `, ${other.outcome}`}, <Time at={other.at} now={now} />
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </Detail>
  );
}

/** What it is, and beside it the way to more of the same. */
function together(value: ReactNode, more: ReactNode): ReactNode {
  if (!value || !more) return value || more;
  return (
    <span className="inline-flex flex-wrap gap-x-3">
      <span>{value}</span>
      {more}
    </span>
  );
}

function Text({ title, text }: { title: string; text: string | null }) {
  if (!text) return null;
  return (
    <Panel title={title}>
      <pre className="font-mono text-xs wrap-anywhere whitespace-pre-wrap">{text}</pre>
    </Panel>
  );
}

/** Masked it may be no JSON any more. */
function pretty(json: string | null): string | null {
  if (json === null) return null;
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
