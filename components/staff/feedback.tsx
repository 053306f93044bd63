/** What people said about the panel. */
"use client";
import { Stars } from "#components/feedback/stars.tsx";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { MessageSquareHeart } from "#components/ui/icons.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { exactTime, Time } from "#components/ui/time.tsx";
import type { Act } from "./act-bar.tsx";
import { Bars } from "./bars.tsx";
import { Detail } from "./detail.tsx";
import { FormButton } from "./form-button.tsx";
import { type Column, StaffList } from "./list.tsx";
import type { TabData, TabProps } from "./tab-props.ts";

type Row = TabData<"feedback">["items"][number];

const noun = ["message", "messages"] as const;

const STATES: Record<Row["status"], { label: string; tone: Tone }> = {
  new: { label: "New", tone: "accent" },
  seen: { label: "Seen", tone: "neutral" },
  planned: { label: "Planned", tone: "warn" },
  done: { label: "Done", tone: "ok" },
  declined: { label: "Declined", tone: "neutral" },
};
const options = Object.entries(STATES).map(([value, { label }]) => ({ value, label }));

const State = ({ status }: Pick<Row, "status">) => <Badge tone={STATES[status].tone}>{STATES[status].label}</Badge>;
const nameOf = ({ email, release }: Pick<Row, "email" | "release">) => `${email}, ${release}`;

export default function Feedback({ tab, data, one, query, now }: TabProps<"feedback">) {
  if (one)
    return (
      <Detail
        tab={tab}
        query={query}
        back="All feedback"
        title={one.email}
        badge={<State status={one.status} />}
        row={one}
        noun={noun}
        nameOf={nameOf}
        acts={acts}
        actions={
          <>
            <FormButton
              label="Change status"
              variant="default"
              title="Change status"
              submit="Save"
              call={(api, values) =>
                api.staffFeedback.mark({ feedback: one.id, status: values("status") as Row["status"] })
              }
              done="Status changed"
            >
              {(errors) => (
                <Field label="Status" error={errors.status}>
                  <Select name="status" defaultValue={one.status} options={options} />
                </Field>
              )}
            </FormButton>
            <FormButton
              label={one.reply === null ? "Answer" : "Edit answer"}
              title="Answer"
              description="They get it by mail and see it on their feedback page."
              submit="Send"
              call={(api, values) => api.staffFeedback.reply({ feedback: one.id, text: values("text") })}
              done="Answer sent"
            >
              {(errors) => (
                <Field label="Answer" error={errors.text}>
                  <Textarea name="text" rows={6} maxLength={4000} required defaultValue={one.reply ?? ""} />
                </Field>
              )}
            </FormButton>
          </>
        }
      >
        <Panel>
          <div className="flex flex-col gap-3">
            <Stars rating={one.rating} />
            {one.message ? (
              <p className="whitespace-pre-wrap wrap-anywhere">{one.message}</p>
            ) : (
              <p className="text-dim">No message.</p>
            )}
          </div>
        </Panel>
        <Panel>
          <Facts
            items={[
              { label: "From", value: `${one.name} (${one.email})` },
              { label: "Release", value: one.release },
              { label: "Sent", value: exactTime(one.createdAt) },
              ...(one.reply === null
                ? []
                : [
                    {
                      label: "Answer",
                      value: <span className="whitespace-pre-wrap">{one.reply}</span>,
                    },
                    {
                      label: "Answered",
                      value: `${one.repliedAt === null ? "" : exactTime(one.repliedAt)}${one.repliedBy ? `, by ${one.repliedBy}` : ""}`,
                    },
                  ]),
            ]}
          />
        </Panel>
      </Detail>
    );
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    { label: "From", cell: ({ email }) => email },
    { label: "Rating", sort: "rating", cell: ({ rating }) => <Stars rating={rating} /> },
    {
      label: "Message",
      cell: ({ message }) => (message.length > 160 ? `${message.slice(0, 160).trimEnd()}…` : message),
    },
    { label: "Status", cell: (row) => <State {...row} /> },
    { label: "Release", dim: true, cell: ({ release }) => release },
    { label: "Sent", sort: "createdAt", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  ];
  return (
    <StaffList
      tab={tab}
      title="Feedback"
      description="What people think of each release. An answer reaches them by mail and on their feedback page."
      noun={noun}
      page={data}
      query={query}
      defaultSort="-createdAt"
      columns={columns}
      opens
      nameOf={nameOf}
      searchLabel="Search e-mail, name or id"
      filters={filters}
      acts={acts}
      before={
        data.trend.length > 0 && (
          <Panel className="mb-3.5" title="Average rating by week">
            <Bars
              label="Average rating by week"
              titled
              most={5}
              bars={data.trend.map(({ week, n, average }) => ({
                label: new Date(week).toISOString().slice(0, 10),
                value: average,
                said: `${average.toFixed(1)} from ${n === 1 ? "1 message" : `${n} messages`}`,
              }))}
            />
          </Panel>
        )
      }
      empty={<EmptyState icon={<MessageSquareHeart />} title="No feedback yet" />}
    />
  );
}

const filters = [
  { param: "status", label: "Status", all: "Any status", options },
  {
    param: "rating",
    label: "Rating",
    all: "Any rating",
    options: [5, 4, 3, 2, 1].map((n) => ({ value: String(n), label: `${n} of 5` })),
  },
];

const acts: readonly Act<Pick<Row, "id" | "status">>[] = [
  {
    label: "Mark as seen",
    when: ({ status }) => status === "new",
    says: "It is no longer counted as new.",
    call: (api, { id }) => api.staffFeedback.mark({ feedback: id, status: "seen" }),
    done: "Marked as seen",
  },
  {
    label: "Delete",
    tone: "danger",
    says: "It is deleted for its author too, who can then send feedback about that release again.",
    call: (api, { id }) => api.staffFeedback.remove({ feedback: id }),
    done: "Deleted",
  },
];
