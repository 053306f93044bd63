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
  /** They are all of one organisation, which the page names. */
  ofOne?: boolean;
}

export const ServerTable = ({ servers, list, ofOne }: ServerTableProps) => (
  <Table label="Servers" stack>
    <THead>
      <Th {...(list ? { sort: sortLink(list, "name") } : {})}>Name</Th>
      <Th>Address</Th>
      <Th>Egg</Th>
      {!ofOne && <Th>Owner</Th>}
      <Th align="end">Memory</Th>
      <Th align="end">Disk</Th>
    </THead>
    <TBody>
      {servers.map((server) => (
        <Tr key={server.id}>
          <Td className="font-medium wrap-anywhere sm:min-w-[200px]">
            <TextLink tone="plain" href={serverPath(server.id)} className="me-1.5">
              {server.name}
            </TextLink>
            <StateBadge {...server} />
          </Td>
          <Td label="Address" mono className="whitespace-nowrap">
            {addressOf(server.address)}
          </Td>
          <Td label="Egg" className="sm:min-w-[110px] lg:min-w-[160px]">
            {server.egg}
          </Td>
          {!ofOne && (
            <Td label="Owner" dim className="sm:min-w-[130px] lg:min-w-[190px]">
              {server.owner
                ? (server.organisation?.name ?? "You")
                : `You can use: ${capabilityWords(server.capabilities)}`}
            </Td>
          )}
          <Td label="Memory" align="end" className="whitespace-nowrap">
            {limitOf(server.memory)}
          </Td>
          <Td label="Disk" align="end" className="whitespace-nowrap">
            {limitOf(server.disk)}
          </Td>
        </Tr>
      ))}
    </TBody>
  </Table>
);
