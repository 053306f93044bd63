/** Exports of what is held about people. */
"use client";
import { Watch } from "#components/exports/own-actions.tsx";
import { ExportProgress } from "#components/exports/progress.tsx";
import { inOctets, STATES } from "#components/exports/words.ts";
import { Badge } from "#components/ui/badge.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { FileArchive } from "#components/ui/icons.tsx";
import { Input } from "#components/ui/input.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { exactTime, Time } from "#components/ui/time.tsx";
import type { Act } from "./act-bar.tsx";
import { Detail } from "./detail.tsx";
import { FormButton } from "./form-button.tsx";
import { type Column, StaffList } from "./list.tsx";
import type { TabData, TabProps } from "./tab-props.ts";

type Row = TabData<"export-jobs">["items"][number];

const noun = ["export", "exports"] as const;
const underWay = ({ state }: Pick<Row, "state">) => state === "queued" || state === "running";

function State({ state, progress }: Pick<Row, "state" | "progress">) {
  return (
    <>
      <Badge tone={STATES[state].tone}>{STATES[state].label}</Badge>{" "}
      {state === "running" && <ExportProgress thousandths={progress} />}
    </>
  );
}

export default function ExportJobs({ tab, data, one, query, now }: TabProps<"export-jobs">) {
  if (one)
    return (
      <Detail
        tab={tab}
        query={query}
        back="All exports"
        title={one.email}
        badge={<State {...one} />}
        row={one}
        noun={noun}
        nameOf={({ email }) => email}
        acts={acts}
        actions={
          one.state === "ready" && (
            <a href={`/api/admin/export-jobs/${one.id}/file`} download className={buttonClass({})}>
              Download
            </a>
          )
        }
      >
        {underWay(one) && <Watch />}
        <Panel>
          <Facts
            items={[
              { label: "Account", value: `${one.name} (${one.email})` },
              { label: "Requested", value: `${exactTime(one.createdAt)}${one.byStaff ? ", by staff" : ""}` },
              { label: "Size", value: one.size > 0 ? inOctets(one.size) : "None yet" },
              { label: "Downloads", value: one.downloads },
              { label: "Available until", value: one.expiresAt === null ? "Not set" : exactTime(one.expiresAt) },
              ...(one.message ? [{ label: "Problem", value: one.message }] : []),
            ]}
          />
        </Panel>
      </Detail>
    );
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    { label: "E-mail", cell: ({ email }) => email },
    { label: "Name", dim: true, cell: ({ name }) => name },
    { label: "State", cell: (row) => <State {...row} /> },
    { label: "Requested by", dim: true, cell: ({ byStaff }) => (byStaff ? "Staff" : "User") },
    { label: "Size", sort: "size", align: "end", dim: true, cell: ({ size }) => (size > 0 ? inOctets(size) : "") },
    { label: "Downloads", align: "end", dim: true, cell: ({ downloads }) => downloads },
    { label: "Requested", sort: "createdAt", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  ];
  return (
    <>
      {data.items.some(underWay) && <Watch />}
      <StaffList
        tab={tab}
        title="Export Jobs"
        description="Copies of everything the panel holds about an account, requested by its user or by staff."
        noun={noun}
        page={data}
        query={query}
        defaultSort="-createdAt"
        columns={columns}
        opens
        nameOf={({ email }) => email}
        searchLabel="Search e-mail, name or id"
        filters={filters}
        acts={acts}
        actions={
          <FormButton
            label="Start an export"
            title="Export somebody's data"
            description="The user gets a mail when it is ready, and sees that staff requested it."
            submit="Start"
            call={(api, values) => api.staffExports.start({ user: values("user") })}
            done="The export has started"
          >
            {(errors) => (
              <Field label="E-mail or id of the account" error={errors.user}>
                <Input name="user" required autoComplete="off" />
              </Field>
            )}
          </FormButton>
        }
        empty={<EmptyState icon={<FileArchive />} title="No exports yet" />}
      />
    </>
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

const acts: readonly Act<Pick<Row, "id" | "state">>[] = [
  {
    label: "Run again",
    when: ({ state }) => state === "failed" || state === "cancelled" || state === "expired",
    says: "A new archive is made with what the panel holds now.",
    call: (api, { id }) => api.staffExports.retry({ export: id }),
    done: "The export has started",
  },
  {
    label: "Cancel",
    when: underWay,
    says: "The export stops, and no archive is kept.",
    call: (api, { id }) => api.staffExports.cancel({ export: id }),
    done: "Cancelled",
  },
  {
    label: "Delete",
    tone: "danger",
    when: (row) => !underWay(row),
    says: "The archive and its entry are deleted. The audit log still says that it was made.",
    call: (api, { id }) => api.staffExports.remove({ export: id }),
    done: "Deleted",
  },
];
