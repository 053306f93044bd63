/** Servers in rows, for those who have a part in them. */
import { type ListState, sortLink } from "#components/ui/list-state.ts";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { capabilityWords, serverPath } from "./capability-words.ts";
import { addressOf, limitOf, StateBadge } from "./words.tsx";

interface ServerTableProps {
  servers: Outputs["servers"]["list"]["items"];
  /** Where it can be sorted. */
  list?: ListState;
}

export const ServerTable = ({ servers, list }: ServerTableProps) => (
  <Table label="Servers" stack>
    <THead>
      <Th {...(list ? { sort: sortLink(list, "name") } : {})}>Name</Th>
      <Th>State</Th>
      <Th>Address</Th>
      <Th>Egg</Th>
      <Th>Owner</Th>
      <Th align="end">Memory</Th>
      <Th align="end">Disk</Th>
    </THead>
    <TBody>
      {servers.map((server) => (
        <Tr key={server.id}>
          <Td className="font-medium wrap-anywhere">
            <TextLink tone="plain" href={serverPath(server.id)}>
              {server.name}
            </TextLink>
          </Td>
          <Td label="State">
            <StateBadge {...server} />
          </Td>
          <Td label="Address" mono className="whitespace-nowrap">
            {addressOf(server.address)}
          </Td>
          <Td label="Egg" className="sm:min-w-[110px]">
            {server.egg}
          </Td>
          <Td label="Owner" dim className="sm:min-w-[130px] sm:max-w-[220px]">
            {server.owner
              ? (server.organisation?.name ?? "You")
              : `You can use: ${capabilityWords(server.capabilities)}`}
          </Td>
          <Td label="Memory" align="end">
            {limitOf(server.memory)}
          </Td>
          <Td label="Disk" align="end">
            {limitOf(server.disk)}
          </Td>
        </Tr>
      ))}
    </TBody>
  </Table>
);
