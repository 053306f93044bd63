/** Everybody's organisations. */
"use client";
import dynamic from "next/dynamic";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Building2 } from "#components/ui/icons.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Act } from "./act-bar.tsx";
import { type Column, StaffList } from "./list.tsx";
import type { TabData, TabProps } from "./tab-props.ts";

const OrganisationDetail = dynamic(() => import("#components/organisations/organisation-detail.tsx"));

type Row = TabData<"organisations">["items"][number];

export default function Organisations({ tab, data, one, may, query, now }: TabProps<"organisations">) {
  if (one) return <OrganisationDetail key={one.id} organisation={one} may={may} query={query} now={now} />;
  const zones: Column<Row>[] = may.includes("dns:read")
    ? [{ label: "Zones", align: "end", cell: (row) => <span className="tabular-nums">{row.zones}</span> }]
    : [];
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    { label: "Name", sort: "name", cell: ({ name }) => name },
    { label: "Handle", sort: "handle", mono: true, cell: ({ handle }) => handle },
    { label: "Owner", dim: true, cell: ({ owner }) => owner?.email ?? "" },
    { label: "Members", align: "end", cell: ({ members }) => <span className="tabular-nums">{members}</span> },
    ...zones,
    {
      label: "Limits",
      cell: ({ ownLimits }) => (ownLimits > 0 ? <Badge tone="accent">{ownLimits} changed</Badge> : null),
    },
    { label: "Created", sort: "createdAt", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  ];
  return (
    <StaffList
      tab={tab}
      title="Organisations"
      description="Every organisation on this panel, with its members and zones."
      noun={["organisation", "organisations"]}
      page={data}
      query={query}
      defaultSort="-createdAt"
      columns={columns}
      opens
      nameOf={({ name }) => name}
      searchLabel="Search name, handle or id"
      filters={filters}
      acts={may.includes("org:delete") ? acts : []}
      empty={
        <EmptyState icon={<Building2 />} title="No organisations">
          Everybody who may make one does so from their dashboard.
        </EmptyState>
      }
    />
  );
}

const acts: readonly Act<Row>[] = [
  {
    label: "Delete",
    tone: "danger",
    // Null: who may not see zones is told by the answer.
    when: ({ zones }) => zones === null || zones === 0,
    says: "Memberships, invitations, connections, templates and deleted zones go for good. One that still owns zones or servers stays, and that is said.",
    call: (api, { id }) => api.organisations.remove({ organisation: id }),
    done: "Deleted",
  },
];

const filters = [
  { param: "limits", label: "Limits", all: "Any limits", options: [{ value: "own", label: "Limits of its own" }] },
  { param: "owner", label: "Owner", all: "Any owner", options: [{ value: "shut", label: "Owner cannot sign in" }] },
  {
    param: "guests",
    label: "Guests",
    all: "Any guest setting",
    options: [
      { value: "allowed", label: "Guests allowed" },
      { value: "forbidden", label: "Guests forbidden" },
    ],
  },
];
