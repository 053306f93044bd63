/** The servers of an account, an organisation or a node, as its page for staff lists them. */
"use client";
import { addressOf, StateCell } from "#components/servers/words.tsx";
import type { Columns } from "#components/ui/column-table.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { PanelList } from "./panel-list.tsx";
import { RowLink } from "./row-link.tsx";

type Server = Outputs["staffServers"]["list"]["items"][number];

export interface TheirServersProps {
  of: { user: string } | { organisation: string } | { node: string };
  now: number;
}

export function TheirServers({ of, now }: TheirServersProps) {
  const columns: Columns<Server> = [
    {
      label: "Name",
      cell: ({ id, name }) => (
        <RowLink tab="servers" id={id}>
          {name}
        </RowLink>
      ),
    },
    { label: "State", cell: (server) => <StateCell {...server} /> },
    "node" in of
      ? { label: "Owner", cell: ({ organisation, user }) => organisation?.name ?? user?.email ?? "–" }
      : { label: "Node", cell: ({ node }) => node.name },
    { label: "Egg", cell: ({ egg }) => egg.name },
    { label: "Address", mono: true, cell: ({ address }) => addressOf(address) },
    { label: "Made", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  ];
  return (
    <PanelList
      title="Servers"
      of={`${JSON.stringify(of)} ${now}`}
      searchLabel="Search servers"
      call={(api, asked) => api.staffServers.list({ ...of, perPage: 20, ...asked })}
      empty="No servers."
      columns={columns}
    />
  );
}
