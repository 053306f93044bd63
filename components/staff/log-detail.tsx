/** One row of the logs, and what else is known of the same request. */
"use client";
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
    { label: "Who", value: hidden("actor", "who it was") || row.actorType },
    { label: "", value: all("actor", row.actorId, "All by this account") },
    { label: "Act", value: view === "slow" ? null : all("action", row.action, row.action) },
    { label: "About", value: hidden("target", "what it was about") },
    { label: "", value: view === "audit" && all("target", row.targetId, "All about this") },
    { label: "Outcome", value: row.outcome !== null && <Outcome {...row} /> },
    { label: "Took", value: took(row.ms) },
    { label: "Times", value: row.times },
    { label: "Address", value: hidden("address", "the address") },
    { label: "Request", value: row.requestId && <Code>{row.requestId}</Code> },
  ];
  return (
    <Detail
      tab="logs"
      query={query}
      back="All of them"
      title={view === "slow" ? "Slow query" : row.action}
      row={row}
      noun={["row", "rows"]}
      nameOf={({ action }) => action}
    >
      <Panel>
        <Facts
          items={facts
            .filter(({ value }) => value)
            .map((fact, at) => ({ ...fact, label: fact.label || " ".repeat(at + 1) }))}
        />
      </Panel>
      <Text title="What it says" text={row.text} />
      <Text title="Stack" text={row.stack} />
      <Text title="Before" text={pretty(row.before)} />
      <Text title="After" text={pretty(row.after)} />
      {row.related.length > 0 && (
        <Panel title="The same request">
          <ul className="flex flex-col gap-1.5">
            {row.related.map((other) => (
              <li key={other.id}>
                <TextLink href={tabHref("logs", {}, { view: other.view, open: other.id })}>{other.action}</TextLink>{" "}
                <span className="text-dim">
                  {other.view}, {other.outcome} <Time at={other.at} now={now} />
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </Detail>
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
