/** Announcements: drafts, what is to go out, and what became of it. */
"use client";
import { Megaphone } from "lucide-react";
import { RichText } from "#components/announcements/rich-text.tsx";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { exactTime, Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Act } from "./act-bar.tsx";
import { AnnouncementForm } from "./announcement-form.tsx";
import { Detail } from "./detail.tsx";
import { FormButton, timeOf } from "./form-button.tsx";
import { type Column, StaffList } from "./list.tsx";
import type { TabData, TabProps, TabRow } from "./tab-props.ts";

type Row = TabData<"announcements">["items"][number];
type One = TabRow<"announcements">;

const noun = ["announcement", "announcements"] as const;
const nameOf = ({ title }: Pick<Row, "title">) => title;

const STATES: Record<Row["state"], { label: string; tone: Tone }> = {
  draft: { label: "Draft", tone: "neutral" },
  scheduled: { label: "Scheduled", tone: "accent" },
  sending: { label: "Going out", tone: "accent" },
  sent: { label: "Out", tone: "ok" },
  cancelled: { label: "Cancelled", tone: "neutral" },
};
const AUDIENCES: Record<Row["audienceKind"], string> = {
  everyone: "Everybody",
  staff: "Staff",
  managers: "Owners and admins of organisations",
  organisations: "Organisations",
  role: "A role",
  accounts: "Accounts",
};

const State = ({ state }: Pick<Row, "state">) => <Badge tone={STATES[state].tone}>{STATES[state].label}</Badge>;
const ways = ({ banner, mail }: Pick<Row, "banner" | "mail">) =>
  [banner && "Banner", mail && "Mail"].filter(Boolean).join(" and ");

function Delivery({ row }: { row: Pick<Row, "mail" | "total" | "sent" | "failed" | "unknown" | "skipped" | "state"> }) {
  const { mail, total, sent, failed, unknown, skipped, state } = row;
  if (!mail || total === 0) return null;
  const over = sent + failed + unknown + skipped;
  return (
    <span className="tabular-nums">
      {state === "sending" && (
        <progress className="me-2 h-2 w-24 align-middle accent-accent" aria-label="Delivery" max={total} value={over} />
      )}
      {sent.toLocaleString("en-GB")} of {(total - skipped).toLocaleString("en-GB")} sent
      {failed > 0 && `, ${failed} failed`}
      {unknown > 0 && `, ${unknown} unknown`}
    </span>
  );
}

export default function Announcements({ tab, data, one, query, now }: TabProps<"announcements">) {
  if (one)
    return (
      <Detail
        tab={tab}
        query={query}
        back="All announcements"
        title={one.title}
        badge={<State state={one.state} />}
        row={one}
        noun={noun}
        nameOf={nameOf}
        acts={acts}
        actions={(one.state === "draft" || one.state === "scheduled") && <Ahead one={one} />}
      >
        <Panel title="As it is read">
          <Banner title={one.title}>
            <RichText nodes={one.rich} />
          </Banner>
        </Panel>
        <Panel title="Delivery">
          <Facts
            items={[
              { label: "For", value: audienceInWords(one) },
              { label: "By", value: ways(one) },
              { label: "Goes out", value: one.startsAt === null ? "Not yet" : exactTime(one.startsAt) },
              ...(one.endsAt === null ? [] : [{ label: "Banner until", value: exactTime(one.endsAt) }]),
              { label: "Written by", value: one.author ?? "" },
              ...(one.mail && one.total > 0
                ? [
                    { label: "Mails", value: <Delivery row={one} /> },
                    { label: "Left out", value: `${one.skipped} without a verified address, or who want none` },
                  ]
                : []),
            ]}
          />
        </Panel>
        {one.unsettled.length > 0 && <Unsettled one={one} />}
      </Detail>
    );
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    { label: "Title", sort: "title", cell: nameOf },
    { label: "State", cell: (row) => <State {...row} /> },
    { label: "For", dim: true, cell: ({ audienceKind }) => AUDIENCES[audienceKind] },
    { label: "By", dim: true, cell: ways },
    {
      label: "Goes out",
      dim: true,
      cell: ({ startsAt }) => (startsAt === null ? "" : <Time at={startsAt} now={now} />),
    },
    { label: "Delivery", dim: true, cell: (row) => <Delivery row={row} /> },
    { label: "Made", sort: "createdAt", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  ];
  return (
    <StaffList
      tab={tab}
      title="Announcements"
      description="What is told to everybody, or to some, above every page or by mail."
      noun={noun}
      page={data}
      query={query}
      defaultSort="-createdAt"
      columns={columns}
      opens
      nameOf={nameOf}
      searchLabel="Search titles"
      filters={filters}
      acts={acts}
      actions={<AnnouncementForm />}
      empty={<EmptyState icon={<Megaphone />} title="Nothing was announced yet" />}
    />
  );
}

function audienceInWords({ audience, audienceKind }: One): string {
  if (audience.kind === "role") return `Whoever has the role ${audience.name}`;
  if (audience.kind === "organisations" || audience.kind === "accounts") return audience.names.join(", ");
  return AUDIENCES[audienceKind];
}

/** What has not gone out. */
const Ahead = ({ one }: { one: One }) => (
  <>
    <AnnouncementForm one={one} />
    <FormButton
      label="Send"
      title={`Send “${one.title}”?`}
      description="Once it is out it cannot be changed, only cancelled."
      submit="Send"
      call={(api, values) => api.staffAnnouncements.send({ announcement: one.id, at: timeOf(values("at")) })}
      done="On its way"
    >
      {(errors) => (
        <Field label="At" optional error={errors.at} hint="Left empty, it goes out now.">
          <Input name="at" type="datetime-local" />
        </Field>
      )}
    </FormButton>
  </>
);

function Unsettled({ one: { id, unsettled } }: { one: One }) {
  return (
    <Panel
      title="Mails that failed, or that nobody knows about"
      description="A mail is unknown where the connection ended before the mail server answered. It is not sent again by itself, because it may have arrived."
      actions={
        <ConfirmButton
          label="Try these again"
          title={unsettled.length === 1 ? "Send 1 mail again?" : `Send ${unsettled.length} mails again?`}
          confirm="Try again"
          tone="primary"
          call={(api) => api.staffAnnouncements.retry({ announcement: id, users: unsettled.map(({ user }) => user) })}
          onDone={({ queued }) => {
            toast(queued === 1 ? "1 mail is queued" : `${queued} mails are queued`);
            window.location.reload();
          }}
        >
          Those who got it get the same mail once more; most mail programs drop the second.
        </ConfirmButton>
      }
    >
      <ul className="flex flex-col gap-1">
        {unsettled.map(({ user, email, status, answer }) => (
          <li key={user}>
            <Badge tone={status === "failed" ? "bad" : "warn"}>{status === "failed" ? "Failed" : "Unknown"}</Badge>{" "}
            {email} <span className="text-dim">{answer}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const filters = [
  {
    param: "state",
    label: "State",
    all: "Any state",
    options: Object.entries(STATES).map(([value, { label }]) => ({ value, label })),
  },
];

const acts: readonly Act<Pick<Row, "id" | "state" | "total">>[] = [
  {
    label: "Cancel",
    tone: "danger",
    when: ({ state }) => state === "scheduled" || state === "sending" || state === "sent",
    says: "Its banner goes at once, and mails that have not left never do. What was read stays read.",
    call: (api, { id }) => api.staffAnnouncements.cancel({ announcement: id }),
    done: "Cancelled",
  },
  {
    label: "Throw away",
    tone: "danger",
    when: ({ state, total }) => state === "draft" || (state === "cancelled" && total === 0),
    says: "It is gone.",
    call: (api, { id }) => api.staffAnnouncements.remove({ announcement: id }),
    done: "Gone",
  },
];
