/** Organisations in rows. */

import { type ListState, sortLink } from "#components/ui/list-state.ts";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Organisation } from "./access.ts";
import { organisationPath, roleNames } from "./words.ts";

export interface OrganisationTableProps {
  organisations: readonly Organisation[];
  now: number;
  /** DNS is switched on: how many zones each has is said. */
  dns: boolean;
  /** Makes the headings sort. */
  list?: ListState;
}

export function OrganisationTable({ organisations, now, dns, list }: OrganisationTableProps) {
  return (
    <Table label="Organisations" stack>
      <THead>
        <Th sort={list && sortLink(list, "name")}>Name</Th>
        <Th sort={list && sortLink(list, "handle")}>Handle</Th>
        <Th>Your role</Th>
        <Th align="end">Members</Th>
        {dns && <Th align="end">Zones</Th>}
        <Th sort={list && sortLink(list, "createdAt")}>Made</Th>
      </THead>
      <TBody>
        {organisations.map(({ id, handle, name, role, members, zones, createdAt }) => (
          <Tr key={id}>
            <Td>
              <TextLink tone="plain" href={organisationPath(handle)} className="font-medium">
                {name}
              </TextLink>
            </Td>
            <Td label="Handle" mono dim>
              {handle}
            </Td>
            <Td label="Your role">{role ? roleNames[role] : "None"}</Td>
            <Td label="Members" align="end">
              {members.toLocaleString("en-GB")}
            </Td>
            {dns && (
              <Td label="Zones" align="end">
                {zones.toLocaleString("en-GB")}
              </Td>
            )}
            <Td label="Made" dim>
              <Time at={createdAt} now={now} />
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}
