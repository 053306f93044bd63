/** The servers of an account, an organisation or a node, as its page for staff lists them. */
"use client";
import { addressOf, StateCell } from "#components/servers/words.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { tabHref } from "./address.ts";
import { PartList } from "./part-list.tsx";

export interface TheirServersProps {
  of: { user: string } | { organisation: string } | { node: string };
  now: number;
}

export function TheirServers({ of, now }: TheirServersProps) {
  const key = JSON.stringify(of);
  const onNode = "node" in of;
  return (
    <Panel title="Servers" flush>
      <PartList
        of={`${key} ${now}`}
        searchLabel="Search servers"
        call={(api, asked) => api.staffServers.list({ ...of, perPage: 20, ...asked })}
        empty="No servers."
      >
        {(items) => (
          <Table label="Servers" stack className="rounded-none border-0">
            <THead>
              <Th>Name</Th>
              <Th>State</Th>
              <Th>{onNode ? "Owner" : "Node"}</Th>
              <Th>Egg</Th>
              <Th>Address</Th>
              <Th>Made</Th>
            </THead>
            <TBody>
              {items.map((server) => (
                <Tr key={server.id}>
                  <Td className="font-medium wrap-anywhere">
                    <TextLink tone="plain" href={tabHref("servers", {}, { open: server.id })}>
                      {server.name}
                    </TextLink>
                  </Td>
                  <Td label="State">
                    <StateCell {...server} />
                  </Td>
                  <Td label={onNode ? "Owner" : "Node"} className="wrap-anywhere">
                    {onNode ? (server.organisation?.name ?? server.user?.email ?? "–") : server.node.name}
                  </Td>
                  <Td label="Egg">{server.egg.name}</Td>
                  <Td label="Address" mono className="wrap-anywhere">
                    {addressOf(server.address)}
                  </Td>
                  <Td label="Made" dim>
                    <Time at={server.createdAt} now={now} />
                  </Td>
                </Tr>
              ))}
            </TBody>
          </Table>
        )}
      </PartList>
    </Panel>
  );
}
