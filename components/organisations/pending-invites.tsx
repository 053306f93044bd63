/** Invitations that wait for an answer: to an organisation, or to one of its zones. */

import { InvalidInvites, InviteEnd } from "#components/invites/invite-end.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { InviteActions } from "./invite-actions.tsx";

export interface PendingInvite {
  id: string;
  email: string;
  /** What it is to, in a word or two. */
  what: string;
  sender: string;
  /** Whether it can be accepted as things stand. */
  valid: boolean;
  createdAt: number;
  expiresAt: number;
}

export interface PendingInvitesProps {
  /** The organisation's handle. */
  organisation: string;
  /** The zone that they are to; without it they are to the organisation. */
  zone?: string;
  /** The heading over `what`. */
  noun: string;
  items: readonly PendingInvite[];
  now: number;
}

export const PendingInvites = ({ organisation, zone, noun, items, now }: PendingInvitesProps) => (
  <section aria-label="Invitations" className="mt-6">
    <h2 className="mb-2 text-base font-semibold">Invitations waiting for an answer</h2>
    <Table label="Invitations" stack>
      <THead>
        <Th>E-mail</Th>
        <Th>{noun}</Th>
        <Th>Sent by</Th>
        <Th>Sent</Th>
        <Th>Expires</Th>
        <Th hidden>Actions</Th>
      </THead>
      <TBody>
        {items.map(({ id, email, what, sender, valid, createdAt, expiresAt }) => (
          <Tr key={id}>
            <Td className="wrap-anywhere">{email}</Td>
            <Td label={noun}>{what}</Td>
            <Td label="Sent by" dim>
              {sender}
            </Td>
            <Td label="Sent" dim>
              <Time at={createdAt} now={now} />
            </Td>
            <Td label="Expires" dim>
              <InviteEnd valid={valid} at={expiresAt} now={now} />
            </Td>
            <Td align="end" className="py-[3px]!">
              <InviteActions organisation={organisation} zone={zone} invite={id} email={email} />
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
    <InvalidInvites items={items} />
  </section>
);
