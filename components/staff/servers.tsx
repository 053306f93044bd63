/** Everybody's servers. */
"use client";
import dynamic from "next/dynamic";
import { addressOf, limitOf, StateCell, stateWords } from "#components/servers/words.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Server } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { one as onlyOne, type Query, tabHref } from "./address.ts";
import { type Column, StaffList } from "./list.tsx";
import { serverActs } from "./server-acts.ts";
import type { TabData, TabProps } from "./tab-props.ts";

const ServerDetail = dynamic(() => import("./server-detail.tsx"));

type Row = TabData<"servers">["items"][number];

export default function Servers({ tab, data, one, may, query, now }: TabProps<"servers">) {
  if (one) return <ServerDetail key={one.id} server={one} may={may} query={query} now={now} />;
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    {
      label: "Name",
      sort: "name",
      cell: ({ name }) => name,
      under: ({ address }) => <span className="font-mono sm:whitespace-nowrap">{addressOf(address)}</span>,
    },
    { label: "State", cell: (row) => <StateCell {...row} /> },
    { label: "Owner", cell: ({ user, organisation }) => organisation?.name ?? user?.email ?? "–" },
    {
      label: "Node",
      cell: ({ node }) => (
        <TextLink tone="plain" href={tabHref("servers", query, { node: node.id })}>
          {node.name}
        </TextLink>
      ),
    },
    {
      label: "Egg",
      cell: ({ egg }) => (
        <TextLink tone="plain" href={tabHref("servers", query, { egg: egg.id })}>
          {egg.name}
        </TextLink>
      ),
    },
    {
      label: "Memory, disk",
      align: "end",
      cell: ({ memory, disk }) => (
        <span className="whitespace-nowrap">
          {limitOf(memory)}, {limitOf(disk)}
        </span>
      ),
    },
    { label: "Made", sort: "createdAt", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  ];
  return (
    <StaffList
      tab={tab}
      title="Servers"
      description="Game and application servers of all accounts and organisations."
      noun={["server", "servers"]}
      page={data}
      query={query}
      defaultSort="-createdAt"
      columns={columns}
      opens
      nameOf={({ name }) => name}
      searchLabel="Search name or id"
      filters={filters}
      acts={serverActs<Row>(may)}
      actions={
        may.includes("admin:servers:write") && <LinkButton href="/dashboard/servers/new?owner=">New server</LinkButton>
      }
      before={<Narrowed query={query} row={data.items[0]} />}
      empty={
        narrowedTo(query).length > 0 ? (
          <EmptyState icon={<Server />} title="There are no servers here" />
        ) : (
          <EmptyState icon={<Server />} title="No servers yet">
            People make servers once there is a node with addresses and an egg that they can pick.
          </EmptyState>
        )
      }
    />
  );
}

const narrowedTo = (query: Query) => (["node", "egg"] as const).filter((name) => onlyOne(query, name) !== "");

/** To a node or an egg: set by following one in the list, or by a link from its page. */
function Narrowed({ query, row }: { query: Query; row: Row | undefined }) {
  const to = narrowedTo(query);
  if (to.length === 0) return null;
  const words = { node: `on ${row?.node.name ?? "one node"}`, egg: `of ${row?.egg.name ?? "one egg"}` };
  return (
    <p className="mb-2.5 text-dim">
      Only servers {to.map((name) => words[name]).join(" and ")}.{" "}
      <TextLink href={tabHref("servers", query, { node: undefined, egg: undefined })}>Show all</TextLink>
    </p>
  );
}

const filters = [
  {
    param: "state",
    label: "State",
    all: "Any state",
    options: Object.entries(stateWords).map(([value, label]) => ({ value, label })),
  },
  {
    param: "suspended",
    label: "Suspension",
    all: "Suspended or not",
    options: [
      { value: "yes", label: "Suspended" },
      { value: "no", label: "Not suspended" },
    ],
  },
];
