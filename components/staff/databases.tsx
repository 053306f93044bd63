/** The hosts that databases of servers are on. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { formatBytes } from "#components/servers/bytes.ts";
import { kindNames, stateNames } from "#components/servers/databases/database-words.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import type { Columns } from "#components/ui/column-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Database } from "#components/ui/icons.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { exactTime, Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import type { Act } from "./act-bar.tsx";
import { tabHref } from "./address.ts";
import { AddHost, EditHost } from "./database-host-form.tsx";
import { Detail } from "./detail.tsx";
import { type Column, StaffList } from "./list.tsx";
import { PanelList } from "./panel-list.tsx";
import { RowLink } from "./row-link.tsx";
import type { TabData, TabProps, TabRow } from "./tab-props.ts";

type Row = TabData<"databases">["items"][number];

const noun = ["host", "hosts"] as const;

function State({ state, closed }: Pick<Row, "state" | "closed">) {
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      {state === null && <Badge>Not asked yet</Badge>}
      {state === "ok" && <Badge tone="ok">Answers</Badge>}
      {state === "failed" && <Badge tone="bad">Does not answer</Badge>}
      {closed && <Badge tone="warn">Closed</Badge>}
    </span>
  );
}

const usedOf = ({ databases, most }: Pick<Row, "databases" | "most">): string =>
  most === null
    ? databases.toLocaleString("en-GB")
    : `${databases.toLocaleString("en-GB")} of ${most.toLocaleString("en-GB")}`;

export default function Databases({ tab, data, one, may, query, now }: TabProps<"databases">) {
  const router = useRouter();
  const manages = may.includes("admin:databases:manage");
  const remove: Act<Row> = {
    label: "Remove",
    tone: "danger",
    says: "The panel forgets the host. That works only while no server has a database on it.",
    done: "Removed",
    call: async (api, { id }) => {
      await api.databaseHosts.remove({ id });
      if (one) router.push(tabHref("databases"));
    },
  };
  const acts = manages ? [remove] : [];
  if (one)
    return (
      <Detail
        tab={tab}
        query={query}
        back="All hosts"
        title={one.name}
        badge={<State {...one} />}
        meta={[
          <span key="address" className="font-mono">
            {one.host}:{one.port}
          </span>,
          kindNames[one.kind],
        ]}
        row={one}
        noun={noun}
        nameOf={({ name }) => name}
        acts={acts}
        actions={manages && <EditHost key={one.revision} host={one} />}
      >
        <HowItIs host={one} now={now} />
        <OnIt host={one} now={now} />
      </Detail>
    );
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    {
      label: "Name",
      sort: "name",
      cell: ({ name }) => name,
      under: ({ host, port }) => (
        <span className="font-mono">
          {host}
          <wbr />:{port}
        </span>
      ),
    },
    { label: "State", cell: (row) => <State {...row} /> },
    { label: "Kind", cell: ({ kind }) => kindNames[kind] },
    { label: "For", cell: ({ node }) => node?.name ?? "All nodes" },
    { label: "Databases", align: "end", cell: usedOf },
    {
      label: "Version",
      mono: true,
      dim: true,
      cell: ({ version }) => <span className="whitespace-nowrap">{version?.split(/[\s-]/, 1)[0] ?? "–"}</span>,
    },
    { label: "Added", sort: "createdAt", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  ];
  return (
    <StaffList
      tab={tab}
      title="Databases"
      description="The database hosts, on which servers get their databases."
      noun={noun}
      page={data}
      query={query}
      defaultSort="name"
      columns={columns}
      opens
      nameOf={({ name }) => name}
      searchLabel="Search name, address or id"
      filters={filters}
      acts={acts}
      actions={manages && <AddHost />}
      empty={
        <EmptyState icon={<Database />} title="No database hosts yet" action={manages && <AddHost />}>
          A host runs MariaDB or PostgreSQL. Servers get databases there, each with a user of its own.
        </EmptyState>
      }
    />
  );
}

const filters = [
  {
    param: "kind",
    label: "Kind",
    all: "Any kind",
    options: Object.entries(kindNames).map(([value, label]) => ({ value, label })),
  },
];

function HowItIs({ host, now }: { host: TabRow<"databases">; now: number }) {
  const router = useRouter();
  const { pending, run } = useAction();
  const [found, setFound] = useState<Outputs["databaseHosts"]["test"] | null>(null);
  const test = async () => {
    const outcome = await run((api) => api.databaseHosts.test({ id: host.id }));
    if (!outcome) return;
    if (outcome.ok) setFound(outcome.value);
    else toast(outcome.failure.message, { tone: "bad" });
    router.refresh();
  };
  return (
    <Panel
      title="How it is"
      actions={
        <Button disabled={pending} onClick={test}>
          Test the connection
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        {found?.state === "ok" && (
          <Banner tone={found.missing.length > 0 ? "warn" : "ok"} live>
            It answers{found.octets !== null && `, and its databases hold ${formatBytes(found.octets)}`}.
            {found.missing.length > 0 && ` It does not have ${found.missing.join(", ")}.`}
          </Banner>
        )}
        {found?.state === "failed" && (
          <Banner tone="bad" live>
            {found.error}
          </Banner>
        )}
        {found === null && host.error !== null && <Banner tone="bad">{host.error}</Banner>}
        <Facts
          items={[
            { label: "Version", value: host.version ?? "–" },
            { label: "Last asked", value: host.checkedAt === null ? "Never" : <Time at={host.checkedAt} now={now} /> },
            { label: "Databases", value: usedOf(host) },
            { label: "For servers on", value: host.node?.name ?? "All nodes" },
            {
              label: "Shown to people as",
              value: (
                <span className="font-mono">
                  {host.publicHost ?? host.host}:{host.publicPort ?? host.port}
                </span>
              ),
            },
            { label: "The panel’s user there", value: <span className="font-mono">{host.username}</span> },
            { label: "TLS", value: host.tls === "verify" ? "Yes, with its certificate checked" : "Off" },
            { label: "Added", value: exactTime(host.createdAt) },
          ]}
        />
      </div>
    </Panel>
  );
}

type Held = Outputs["databaseHosts"]["databases"]["items"][number];

function OnIt({ host, now }: { host: TabRow<"databases">; now: number }) {
  const columns: Columns<Held> = [
    { label: "Name", mono: true, cell: ({ name }) => name },
    {
      label: "Server",
      cell: ({ server }) => (
        <RowLink tab="servers" id={server.id}>
          {server.name}
        </RowLink>
      ),
    },
    { label: "State", cell: ({ state }) => stateNames[state] },
    { label: "Made", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  ];
  return (
    <PanelList
      title="Databases"
      of={`${host.id} ${now}`}
      searchLabel="Search databases"
      call={(api, asked) => api.databaseHosts.databases({ host: host.id, perPage: 20, ...asked })}
      empty="No server has a database here."
      columns={columns}
    />
  );
}
