/** The organisations that somebody is in, and as what. */
"use client";
import { roleNames } from "#components/organisations/words.ts";
import { tabHref } from "#components/staff/address.ts";
import { PartList } from "#components/staff/part-list.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";

export interface AccountOrganisationsProps {
  user: string;
  /** With org:read they lead to their tab. */
  looks: boolean;
  now: number;
}

export function AccountOrganisations({ user, looks, now }: AccountOrganisationsProps) {
  return (
    <Panel title="Organisations" flush>
      <PartList
        of={`${user} ${now}`}
        call={(api, { at }) => api.accounts.theirOrganisations({ user, perPage: 20, at })}
        empty="It is in none."
      >
        {(items) => (
          <Table label="Organisations" stack className="rounded-none border-0">
            <THead>
              <Th>Name</Th>
              <Th>Handle</Th>
              <Th>As</Th>
              <Th>Since</Th>
            </THead>
            <TBody>
              {items.map(({ id, name, handle, role, since }) => (
                <Tr key={id}>
                  <Td className="font-medium wrap-anywhere">
                    {looks ? (
                      <TextLink tone="plain" href={tabHref("organisations", {}, { open: id })}>
                        {name}
                      </TextLink>
                    ) : (
                      name
                    )}
                  </Td>
                  <Td label="Handle" mono>
                    {handle}
                  </Td>
                  <Td label="As">
                    <Badge tone={role === "owner" ? "accent" : "neutral"}>{roleNames[role]}</Badge>
                  </Td>
                  <Td label="Since" dim>
                    <Time at={since} now={now} />
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
