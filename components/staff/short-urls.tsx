/** Short addresses that lead elsewhere. */
"use client";
import { Badge } from "#components/ui/badge.tsx";
import { CopyValue } from "#components/ui/copy-value.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Link2 } from "#components/ui/icons.tsx";
import { Input } from "#components/ui/input.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { exactTime, Time } from "#components/ui/time.tsx";
import type { Act } from "./act-bar.tsx";
import { type Bar, Bars } from "./bars.tsx";
import { Detail } from "./detail.tsx";
import { FormButton, localTime, timeOf } from "./form-button.tsx";
import { type Column, StaffList } from "./list.tsx";
import type { TabData, TabProps, TabRow } from "./tab-props.ts";

type Row = TabData<"short-urls">["items"][number];
type One = TabRow<"short-urls">;

const noun = ["short address", "short addresses"] as const;
const nameOf = ({ code }: Pick<Row, "code">) => `/s/${code}`;
const DAY = 86_400_000;

function State({ enabled, expiresAt, now }: Pick<Row, "enabled" | "expiresAt"> & { now: number }) {
  if (!enabled) return <Badge>Off</Badge>;
  if (expiresAt !== null && expiresAt <= now) return <Badge tone="warn">Expired</Badge>;
  return <Badge tone="ok">On</Badge>;
}

export default function ShortUrls({ tab, data, one, may, query, now }: TabProps<"short-urls">) {
  const offered = acts.filter(({ needs }) => may.includes(needs));
  if (one)
    return (
      <Detail
        tab={tab}
        query={query}
        back="All short addresses"
        title={nameOf(one)}
        badge={<State {...one} now={now} />}
        row={one}
        noun={noun}
        nameOf={nameOf}
        acts={offered}
        actions={may.includes("admin.shorturl.edit") && <Edit one={one} />}
      >
        <Panel>
          <Facts
            items={[
              { label: "Address", value: <CopyValue label="The address" value={one.url} /> },
              { label: "Leads to", value: <span className="font-mono wrap-anywhere">{one.target}</span> },
              ...(one.note ? [{ label: "Note", value: one.note }] : []),
              { label: "Expires", value: one.expiresAt === null ? "Never" : exactTime(one.expiresAt) },
              { label: "Created", value: `${exactTime(one.createdAt)}${one.author ? `, by ${one.author}` : ""}` },
            ]}
          />
        </Panel>
        <Panel title={one.clicks === 1 ? "1 click" : `${one.clicks.toLocaleString("en-GB")} clicks`}>
          <Bars label={`Clicks per day, last ${one.shownDays} days`} bars={barsOf(one, now)} />
        </Panel>
      </Detail>
    );
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    { label: "Address", sort: "code", mono: true, cell: nameOf },
    { label: "Leads to", mono: true, cell: ({ target }) => target },
    { label: "Note", dim: true, cell: ({ note }) => note },
    { label: "State", cell: (row) => <State {...row} now={now} /> },
    { label: "Clicks", sort: "clicks", align: "end", cell: ({ clicks }) => clicks.toLocaleString("en-GB") },
    { label: "Created", sort: "createdAt", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  ];
  return (
    <StaffList
      tab={tab}
      title="Short URLs"
      description="Short addresses below /s/ that lead elsewhere, and how often they are followed."
      noun={noun}
      page={data}
      query={query}
      defaultSort="-createdAt"
      columns={columns}
      opens
      nameOf={nameOf}
      searchLabel="Search code, target or note"
      filters={filters}
      acts={offered}
      actions={
        <FormButton
          label="Create short address"
          title="Create a short address"
          submit="Create"
          call={(api, values) =>
            api.shortUrls.create({
              target: values("target"),
              code: values("code"),
              note: values("note"),
              expiresAt: timeOf(values("expiresAt")),
            })
          }
          done="The short address works now"
        >
          {(errors) => <Fields errors={errors} />}
        </FormButton>
      }
      empty={<EmptyState icon={<Link2 />} title="No short addresses yet" />}
    />
  );
}

function Fields({ errors, one }: { errors: Readonly<Record<string, string>>; one?: One }) {
  return (
    <>
      <Field label="Leads to" error={errors.target}>
        <Input name="target" type="url" mono required defaultValue={one?.target} placeholder="https://example.org/" />
      </Field>
      <Field
        label="Code"
        optional={!one}
        error={errors.code}
        hint={one ? undefined : "Leave it empty for a random one."}
      >
        <Input name="code" mono autoComplete="off" defaultValue={one?.code} />
      </Field>
      <Field label="Note" optional error={errors.note}>
        <Input name="note" defaultValue={one?.note} />
      </Field>
      <Field label="Expires" optional error={errors.expiresAt}>
        <Input name="expiresAt" type="datetime-local" defaultValue={localTime(one?.expiresAt ?? null)} />
      </Field>
    </>
  );
}

const Edit = ({ one }: { one: One }) => (
  <FormButton
    label="Edit"
    variant="default"
    title={`Edit ${nameOf(one)}`}
    submit="Save"
    call={(api, values) =>
      api.shortUrls.edit({
        shortUrl: one.id,
        target: values("target"),
        code: values("code"),
        note: values("note"),
        expiresAt: timeOf(values("expiresAt")),
      })
    }
    done="Saved"
  >
    {(errors) => <Fields errors={errors} one={one} />}
  </FormButton>
);

function barsOf({ days, shownDays }: One, now: number): Bar[] {
  const clicks = new Map(days.map((day) => [day.day, day.clicks]));
  return Array.from({ length: shownDays }, (_, place) => {
    const day = new Date(now - (shownDays - 1 - place) * DAY).toISOString().slice(0, 10);
    const value = clicks.get(day) ?? 0;
    return { label: day, value, said: value === 1 ? "1 click" : `${value.toLocaleString("en-GB")} clicks` };
  });
}

const filters = [
  {
    param: "state",
    label: "State",
    all: "Any state",
    options: [
      { value: "on", label: "On" },
      { value: "off", label: "Off" },
      { value: "expired", label: "Expired" },
    ],
  },
];

const acts: readonly (Act<Pick<Row, "id" | "enabled">> & { needs: TabProps<"short-urls">["may"][number] })[] = [
  {
    label: "Switch off",
    needs: "admin.shorturl.edit",
    when: ({ enabled }) => enabled,
    says: "It stops working until it is switched on again.",
    call: (api, { id }) => api.shortUrls.edit({ shortUrl: id, enabled: false }),
    done: "Switched off",
  },
  {
    label: "Switch on",
    needs: "admin.shorturl.edit",
    when: ({ enabled }) => !enabled,
    says: "It works again as before.",
    call: (api, { id }) => api.shortUrls.edit({ shortUrl: id, enabled: true }),
    done: "Switched on",
  },
  {
    label: "Delete",
    needs: "admin.shorturl.remove",
    tone: "danger",
    when: () => true,
    says: "It stops working, its click counts are deleted, and the code can be used again.",
    call: (api, { id }) => api.shortUrls.remove({ shortUrl: id }),
    done: "Deleted",
  },
];
