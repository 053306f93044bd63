/** The organisations that somebody is in, and as what. */
"use client";
import { RoleBadge } from "#components/organisations/role-badge.tsx";
import { PanelList } from "#components/staff/panel-list.tsx";
import { RowLink } from "#components/staff/row-link.tsx";
import type { Columns } from "#components/ui/column-table.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

type Membership = Outputs["accounts"]["theirOrganisations"]["items"][number];

export interface AccountOrganisationsProps {
  user: string;
  /** With org:read they lead to their tab. */
  looks: boolean;
  now: number;
}

export function AccountOrganisations({ user, looks, now }: AccountOrganisationsProps) {
  const columns: Columns<Membership> = [
    {
      label: "Name",
      cell: ({ id, name }) => (
        <RowLink tab="organisations" id={id} may={looks}>
          {name}
        </RowLink>
      ),
    },
    { label: "Handle", mono: true, cell: ({ handle }) => handle },
    { label: "As", cell: ({ role }) => <RoleBadge role={role} /> },
    { label: "Since", dim: true, cell: ({ since }) => <Time at={since} now={now} /> },
  ];
  return (
    <PanelList
      title="Organisations"
      of={`${user} ${now}`}
      call={(api, { at }) => api.accounts.theirOrganisations({ user, perPage: 20, at })}
      empty="It is in none."
      columns={columns}
    />
  );
}
