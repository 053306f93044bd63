/** Every mail that the panel sent, or is to send. */
"use client";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Mail } from "#components/ui/icons.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { exactTime, Time } from "#components/ui/time.tsx";
import type { Act } from "./act-bar.tsx";
import { Detail } from "./detail.tsx";
import { type Column, StaffList } from "./list.tsx";
import type { TabData, TabProps } from "./tab-props.ts";

type Row = TabData<"outbound-emails">["items"][number];

const noun = ["mail", "mails"] as const;

const STATES: Record<Row["status"], { label: string; tone: Tone }> = {
  queued: { label: "Waiting", tone: "accent" },
  sending: { label: "Sending", tone: "accent" },
  sent: { label: "Sent", tone: "ok" },
  failed: { label: "Failed", tone: "bad" },
  cancelled: { label: "Cancelled", tone: "neutral" },
  unknown: { label: "Unknown", tone: "warn" },
};

/** `member-added`: "Member added". */
const kindOf = ({ template }: Pick<Row, "template">): string =>
  `${template.charAt(0).toUpperCase()}${template.slice(1).replaceAll("-", " ")}`;

const State = ({ status }: Pick<Row, "status">) => <Badge tone={STATES[status].tone}>{STATES[status].label}</Badge>;

export default function OutboundEmails({ tab, data, one, query, now }: TabProps<"outbound-emails">) {
  if (one)
    return (
      <Detail
        tab={tab}
        query={query}
        back="All mails"
        title={one.subject}
        badge={<State status={one.status} />}
        row={one}
        noun={noun}
        nameOf={({ recipient }) => recipient}
        acts={acts}
      >
        <Panel title="Text" description="[link] stands for a one-time link, which nobody but the recipient sees.">
          <p className="whitespace-pre-wrap wrap-anywhere">{one.text}</p>
        </Panel>
        <Panel title="Delivery">
          <Facts
            items={[
              { label: "To", value: one.recipient },
              { label: "Kind", value: kindOf(one) },
              { label: "Queued", value: exactTime(one.createdAt) },
              { label: "Sent", value: one.sentAt === null ? "Not yet" : exactTime(one.sentAt) },
              { label: "Attempts", value: one.attempts },
              { label: "Server answer", value: one.answer ?? "None yet" },
              { label: "Message-ID", value: <span className="font-mono text-xs">{one.messageId}</span> },
            ]}
          />
        </Panel>
      </Detail>
    );
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    { label: "To", sort: "recipient", cell: ({ recipient }) => recipient },
    { label: "Subject", cell: ({ subject }) => subject },
    { label: "Kind", dim: true, cell: kindOf },
    { label: "Status", cell: (row) => <State {...row} /> },
    { label: "Answer", dim: true, cell: ({ answer }) => answer ?? "" },
    { label: "Queued", sort: "createdAt", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  ];
  return (
    <StaffList
      tab={tab}
      title="Outbound Emails"
      description="Every mail that the panel has sent or will send, with the mail server’s answer."
      noun={noun}
      page={data}
      query={query}
      defaultSort="-createdAt"
      columns={columns}
      opens
      nameOf={({ recipient }) => recipient}
      searchLabel="Start of recipient or subject"
      filters={filters}
      acts={acts}
      empty={<EmptyState icon={<Mail />} title="No mails yet" />}
    />
  );
}

const filters = [
  {
    param: "status",
    label: "Status",
    all: "Any status",
    options: Object.entries(STATES).map(([value, { label }]) => ({ value, label })),
  },
];

const acts: readonly Act<Pick<Row, "id" | "status">>[] = [
  {
    label: "Send again",
    when: ({ status }) => status !== "queued" && status !== "sending",
    says: "The same mail is sent again. If it has a one-time link, the link is replaced and the old one stops working.",
    call: (api, { id }) => api.outbox.resend({ mail: id }),
    done: "Mail queued",
  },
  {
    label: "Cancel",
    tone: "danger",
    when: ({ status }) => status === "queued",
    says: "It is not sent, and its link stops working.",
    call: (api, { id }) => api.outbox.cancel({ mail: id }),
    done: "Cancelled",
  },
];
