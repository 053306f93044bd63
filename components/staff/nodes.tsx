/** The machines that servers run on. */
"use client";
import dynamic from "next/dynamic";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { HardDrive } from "#components/ui/icons.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Act } from "./act-bar.tsx";
import { type Column, StaffList } from "./list.tsx";
import { AddNode } from "./node-form.tsx";
import { classificationWords, HealthBadge, sizeOf } from "./node-words.tsx";
import type { TabData, TabProps } from "./tab-props.ts";

const NodeDetail = dynamic(() => import("./node-detail.tsx"));

type Row = TabData<"nodes">["items"][number];

export default function Nodes({ tab, data, one, may, query, now }: TabProps<"nodes">) {
  if (one) return <NodeDetail key={one.id} node={one} may={may} query={query} now={now} />;
  const creates = may.includes("nodes:create");
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    {
      label: "Name",
      sort: "name",
      cell: ({ name }) => name,
      under: ({ fqdn, port }) => <span className="font-mono sm:whitespace-nowrap">{`${fqdn}:${port}`}</span>,
    },
    { label: "Health", cell: (row) => <HealthBadge {...row} /> },
    {
      label: "For",
      cell: ({ classification, organisation }) =>
        `${classificationWords[classification]}${organisation ? `, ${organisation.name}` : ""}`,
    },
    {
      label: "Answers in",
      align: "end",
      cell: ({ latencyMs }) => (
        <span className="whitespace-nowrap tabular-nums">{latencyMs === null ? "–" : `${latencyMs} ms`}</span>
      ),
    },
    {
      label: "Version",
      mono: true,
      cell: ({ version }) => <span className="whitespace-nowrap">{version ?? "–"}</span>,
    },
    { label: "Servers", align: "end", cell: ({ taken }) => taken.servers.toLocaleString("en-GB") },
    { label: "Memory", align: "end", cell: ({ taken, memory }) => <Share of={memory} used={taken.memory} /> },
    { label: "Disk", align: "end", cell: ({ taken, disk }) => <Share of={disk} used={taken.disk} /> },
    {
      label: "Seen",
      dim: true,
      cell: ({ seenAt }) => (seenAt === null ? "Never" : <Time at={seenAt} now={now} />),
    },
  ];
  return (
    <StaffList
      tab={tab}
      title="Nodes"
      description="The machines that run servers, and how their daemons answer."
      noun={["node", "nodes"]}
      page={data}
      query={query}
      defaultSort="name"
      columns={columns}
      opens
      nameOf={({ name }) => name}
      searchLabel="Search name, address, location or id"
      filters={filters}
      acts={acts.filter(({ needs }) => may.includes(needs))}
      actions={creates && <AddNode />}
      empty={
        <EmptyState icon={<HardDrive />} title="No nodes yet" action={creates && <AddNode />}>
          A node is a machine with Wings on it. Add one, and run the command that its page shows there.
        </EmptyState>
      }
    />
  );
}

const Share = ({ of, used }: { of: number; used: number }) => (
  <span className="whitespace-nowrap tabular-nums">
    {sizeOf(used)} of {sizeOf(of)}
  </span>
);

const filters = [
  {
    param: "health",
    label: "Health",
    all: "Any health",
    options: [
      { value: "healthy", label: "Healthy" },
      { value: "unhealthy", label: "Unhealthy" },
      { value: "waiting", label: "Not seen yet" },
    ],
  },
  {
    param: "classification",
    label: "For",
    all: "For anybody",
    options: Object.entries(classificationWords).map(([value, label]) => ({ value, label })),
  },
  {
    param: "maintenance",
    label: "Maintenance",
    all: "In use or not",
    options: [
      { value: "on", label: "In maintenance" },
      { value: "off", label: "In use" },
    ],
  },
];

const acts: readonly (Act<Row> & { needs: "nodes:write" | "nodes:delete" })[] = [
  {
    label: "Put into maintenance",
    needs: "nodes:write",
    says: "Nothing new is placed there until it is taken out again.",
    done: "In maintenance",
    when: ({ maintenance }) => !maintenance,
    call: (api, { id }) => api.nodes.edit({ node: id, maintenance: true }),
  },
  {
    label: "End maintenance",
    needs: "nodes:write",
    says: "It is used again.",
    done: "In use",
    when: ({ maintenance }) => maintenance,
    call: (api, { id }) => api.nodes.edit({ node: id, maintenance: false }),
  },
  {
    label: "Remove",
    needs: "nodes:delete",
    tone: "danger",
    says: "The panel forgets the node, its addresses and its history. Its daemon is refused from then on.",
    done: "Removed",
    call: (api, { id }) => api.nodes.remove({ node: id }),
  },
];
