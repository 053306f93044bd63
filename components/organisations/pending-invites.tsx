/** Invitations that wait for an answer. */
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { RevokeInvite } from "./revoke-invite.tsx";
import { roleNames } from "./words.ts";

export interface PendingInvitesProps {
  /** The organisation's handle. */
  organisation: string;
  items: Outputs["organisations"]["invites"]["items"];
  now: number;
}

export const PendingInvites = ({ organisation, items, now }: PendingInvitesProps) => (
  <section aria-label="Invitations" className="mt-6">
    <h2 className="mb-2 text-base font-semibold">Invitations waiting for an answer</h2>
    <Table label="Invitations" stack>
      <THead>
        <Th>E-mail</Th>
        <Th>Role</Th>
        <Th>Sent</Th>
        <Th>Expires</Th>
        <Th hidden>Actions</Th>
      </THead>
      <TBody>
        {items.map(({ id, email, role, createdAt, expiresAt }) => (
          <Tr key={id}>
            <Td className="wrap-anywhere">{email}</Td>
            <Td label="Role">{roleNames[role]}</Td>
            <Td label="Sent" dim>
              <Time at={createdAt} now={now} />
            </Td>
            <Td label="Expires" dim>
              <Time at={expiresAt} now={now} />
            </Td>
            <Td align="end" className="py-[3px]!">
              <RevokeInvite organisation={organisation} invite={id} email={email} />
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  </section>
);
