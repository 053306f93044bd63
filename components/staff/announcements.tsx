/** Announcements: drafts, what is to go out, and what became of it. */
"use client";
import { RichText } from "#components/announcements/rich-text.tsx";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Megaphone } from "#components/ui/icons.tsx";
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
  sending: { label: "Sending", tone: "accent" },
  sent: { label: "Sent", tone: "ok" },
  cancelled: { label: "Withdrawn", tone: "neutral" },
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
  banner && mail ? "Banner and mail" : banner ? "Banner" : "Mail";

function Delivery({ row }: { row: Pick<Row, "mail" | "total" | "sent" | "failed" | "unknown" | "skipped" | "state"> }) {
  const { mail, total, sent, failed, unknown, skipped, state } = row;
  if (!mail || total === 0) return null;
  const over = sent + failed + unknown + skipped;
  return (
    <span className="tabular-nums">
      {state === "sending" && (
        <progress className="me-2 h-1.5 w-24 align-middle" aria-label="Delivery" max={total} value={over} />
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
        <Panel title="Preview">
          <Banner title={one.title}>
            <RichText nodes={one.rich} />
          </Banner>
        </Panel>
        <Panel title="Delivery">
          <Facts
            items={[
              { label: "Audience", value: audienceInWords(one) },
              { label: "Sent as", value: ways(one) },
              { label: "Send time", value: one.startsAt === null ? "Not set" : exactTime(one.startsAt) },
              ...(one.endsAt === null ? [] : [{ label: "Banner shown until", value: exactTime(one.endsAt) }]),
              { label: "Written by", value: one.author ?? "" },
              ...(one.mail && one.total > 0
                ? [
                    { label: "Mails", value: <Delivery row={one} /> },
                    {
                      label: "Skipped",
                      value: `${one.skipped.toLocaleString("en-GB")} without a verified address, or who opted out`,
                    },
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
    { label: "Audience", dim: true, cell: ({ audienceKind }) => AUDIENCES[audienceKind] },
    { label: "Sent as", dim: true, cell: ways },
    {
      label: "Send time",
      dim: true,
      cell: ({ startsAt }) => (startsAt === null ? "" : <Time at={startsAt} now={now} />),
    },
    { label: "Delivery", dim: true, cell: (row) => <Delivery row={row} /> },
    { label: "Created", sort: "createdAt", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  ];
  return (
    <StaffList
      tab={tab}
      title="Announcements"
      description="Messages to everybody or to some, as a banner above every page, by mail, or both."
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
      empty={<EmptyState icon={<Megaphone />} title="No announcements yet" />}
    />
  );
}

function audienceInWords({ audience, audienceKind }: One): string {
  if (audience.kind === "role")
    return audience.name === "" ? "A role that was deleted" : `Everybody with the role ${audience.name}`;
  if (audience.kind === "organisations" || audience.kind === "accounts")
    return audience.names.join(", ") || `None of these ${audience.kind} exist any more`;
  return AUDIENCES[audienceKind];
}

/** What has not gone out. */
const Ahead = ({ one }: { one: One }) => (
  <>
    <AnnouncementForm one={one} />
    <FormButton
      label="Send"
      title={`Send “${one.title}”?`}
      description="Once it is sent it cannot be changed, only withdrawn."
      submit="Send"
      call={(api, values) => api.staffAnnouncements.send({ announcement: one.id, at: timeOf(values("at")) })}
      done="The announcement is on its way"
    >
      {(errors) => (
        <Field label="Send time" optional error={errors.at} hint="Leave it empty to send now.">
          <Input name="at" type="datetime-local" />
        </Field>
      )}
    </FormButton>
  </>
);

function Unsettled({ one: { id, unsettled } }: { one: One }) {
  return (
    <Panel
      title="Mails that may not have arrived"
      description="Failed: the mail server refused it. Unknown: the connection ended before the server answered, so it may have arrived and is not sent again automatically."
      actions={
        <ConfirmButton
          label="Send these again"
          title={unsettled.length === 1 ? "Send 1 mail again?" : `Send ${unsettled.length} mails again?`}
          confirm="Send again"
          tone="primary"
          call={(api) => api.staffAnnouncements.retry({ announcement: id, users: unsettled.map(({ user }) => user) })}
          onDone={({ queued }) => {
            toast(queued === 1 ? "1 mail is queued" : `${queued} mails are queued`);
            window.location.reload();
          }}
        >
          People who already have it may get it twice. Most mail programs hide the second copy.
        </ConfirmButton>
      }
    >
      <ul className="flex flex-col gap-2">
        {unsettled.map(({ user, email, status, answer }) => (
          <li key={user} className="grid grid-cols-[72px_minmax(0,1fr)] wrap-anywhere">
            <span>
              <Badge tone={status === "failed" ? "bad" : "warn"}>{status === "failed" ? "Failed" : "Unknown"}</Badge>
            </span>
            <span>
              {email}
              <span className="block text-xs text-dim">{answer}</span>
            </span>
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
    label: "Withdraw",
    tone: "danger",
    when: ({ state }) => state === "scheduled" || state === "sending" || state === "sent",
    says: "Its banner disappears at once, and mails that are still waiting are not sent. Mails already sent cannot be taken back.",
    call: (api, { id }) => api.staffAnnouncements.cancel({ announcement: id }),
    done: "Announcement withdrawn",
  },
  {
    label: "Delete",
    tone: "danger",
    when: ({ state, total }) => state === "draft" || (state === "cancelled" && total === 0),
    says: "It is deleted for good.",
    call: (api, { id }) => api.staffAnnouncements.remove({ announcement: id }),
    done: "Announcement deleted",
  },
];
