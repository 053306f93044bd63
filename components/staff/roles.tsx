/** What people may do, as roles that are given to them. */
"use client";
import dynamic from "next/dynamic";
import { CreateRole } from "#components/roles/create-role.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Code } from "#components/ui/code.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ShieldCheck } from "#components/ui/icons.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Act } from "./act-bar.tsx";
import { type Column, StaffList } from "./list.tsx";
import type { TabData, TabProps } from "./tab-props.ts";

const RoleDetail = dynamic(() => import("#components/roles/role-detail.tsx"));

type Row = TabData<"roles">["items"][number];

export default function Roles({ tab, data, one, may, query, now }: TabProps<"roles">) {
  if (one) return <RoleDetail key={one.id} role={one} may={may} query={query} now={now} />;
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    { label: "Name", sort: "name", cell: ({ name }) => name },
    { label: "Description", dim: true, cell: ({ description }) => description },
    { label: "Grants", cell: grantsOf },
    { label: "Inherits from", dim: true, cell: ({ parent }) => parent?.name ?? "" },
    {
      label: "Accounts",
      sort: "members",
      align: "end",
      cell: ({ members, withoutRole }) => (
        <span className="tabular-nums">
          {members + withoutRole}
          {withoutRole > 0 && <span className="text-faint"> ({withoutRole} without a role)</span>}
        </span>
      ),
    },
    { label: "Created", sort: "createdAt", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  ];
  return (
    <StaffList
      tab={tab}
      title="Roles"
      description="What people can do beyond their own organisations. An account has the grants of all its roles, or those of “default” if it has none."
      noun={["role", "roles"]}
      page={data}
      query={query}
      defaultSort="name"
      columns={columns}
      opens
      nameOf={({ name }) => name}
      searchLabel="Search name or grant"
      filters={[
        {
          param: "kind",
          label: "Kind",
          all: "Any kind",
          options: [
            { value: "made", label: "Created here" },
            { value: "builtIn", label: "Built in" },
          ],
        },
      ]}
      acts={may.includes("roles:delete") ? acts : []}
      actions={may.includes("roles:create") && <CreateRole />}
      empty={<EmptyState icon={<ShieldCheck />} title="No roles" />}
    />
  );
}

const acts: readonly Act<Row>[] = [
  {
    label: "Delete unused",
    tone: "danger",
    when: ({ builtIn, members }) => !builtIn && members === 0,
    says: "Nobody has them, and nobody’s permissions change. One that somebody was given meanwhile, or that another inherits from, stays, and that is said.",
    call: (api, { id }) => api.roles.remove({ role: id, unused: true }),
    done: "Deleted",
  },
];

const SHOWN = 3;

/** Nothing at all where there is nothing to tell: an empty cell is left out on a narrow screen. */
function grantsOf({ grants, requiresMfa, builtIn }: Row) {
  if (grants.length === 0 && !requiresMfa && !builtIn) return null;
  return (
    <span className="inline-flex flex-wrap items-center gap-1">
      {grants.slice(0, SHOWN).map((grant) => (
        <Code key={grant}>{grant}</Code>
      ))}
      {grants.length > SHOWN && <span className="text-dim">and {grants.length - SHOWN} more</span>}
      {builtIn && <Badge>Built in</Badge>}
      {requiresMfa && <Badge tone="accent">Second factor</Badge>}
    </span>
  );
}
