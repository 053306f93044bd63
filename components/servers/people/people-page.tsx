/** Sub-users of a server: who was let in, who was asked, and the way out for whoever is one. */

import { InvalidInvites, InviteEnd } from "#components/invites/invite-end.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { UserPlus } from "#components/ui/icons.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { capabilityWords } from "../capability-words.ts";
import { InviteActions, InvitePerson, PersonActions } from "./person-actions.tsx";

type Person = Outputs["servers"]["people"]["list"]["items"][number];
type Invite = Outputs["servers"]["people"]["invites"]["items"][number];

export async function PeoplePage({ server }: { server: string }) {
  const [{ name, owner }, people, invites] = await load((api) =>
    Promise.all([
      api.servers.open({ server }),
      api.servers.people.list({ server }),
      api.servers.people.invites({ server }),
    ]),
  );
  const now = Date.now();
  const invite = owner && <InvitePerson server={server} name={name} now={now} />;
  return (
    <>
      <div className="mb-2.5 flex flex-wrap items-center justify-between gap-2">
        <p className="text-dim">{`Who else may use the server ${name}, and what each of them may do there.`}</p>
        {people.items.length > 0 && invite}
      </div>
      {people.items.length === 0 ? (
        <EmptyState icon={<UserPlus />} title="Nobody else was let in" action={invite}>
          People are invited by mail, and come in when they accept. You choose what each of them may do.
        </EmptyState>
      ) : (
        <People server={server} name={name} owner={owner} items={people.items} now={now} />
      )}
      {invites.items.length > 0 && <Invites server={server} owner={owner} items={invites.items} now={now} />}
    </>
  );
}

interface PeopleProps {
  server: string;
  name: string;
  owner: boolean;
  items: readonly Person[];
  now: number;
}

const People = ({ server, name, owner, items, now }: PeopleProps) => (
  <Table label="Sub-users" stack>
    <THead>
      <Th>Name</Th>
      <Th>E-mail</Th>
      <Th>May use</Th>
      <Th>Until</Th>
      <Th hidden>Actions</Th>
    </THead>
    <TBody>
      {items.map((person) => (
        <Tr key={person.userId}>
          <Td>
            <span className="font-medium">{person.name}</span>
            {person.shut && (
              <Badge tone="warn" className="ms-1.5">
                Account closed
              </Badge>
            )}
          </Td>
          <Td label="E-mail" dim className="wrap-anywhere">
            {person.email}
          </Td>
          <Td label="May use">{capabilityWords(person.capabilities)}</Td>
          <Td label="Until" dim>
            <Until at={person.expiresAt} over={person.expired} now={now} />
          </Td>
          <Td align="end" className="py-[3px]!">
            {owner && <PersonActions server={server} name={name} person={person} now={now} />}
          </Td>
        </Tr>
      ))}
    </TBody>
  </Table>
);

function Until({ at, over, now }: { at: number | null; over: boolean; now: number }) {
  if (at === null) return "No end";
  return (
    <>
      {over && "ended "}
      <Time at={at} now={now} />
    </>
  );
}

const Invites = ({
  server,
  owner,
  items,
  now,
}: Pick<PeopleProps, "server" | "owner" | "now"> & { items: readonly Invite[] }) => (
  <section aria-label="Invitations" className="mt-6">
    <h2 className="mb-2 text-base font-semibold">Invitations waiting for an answer</h2>
    <Table label="Invitations" stack>
      <THead>
        <Th>E-mail</Th>
        <Th>May use</Th>
        <Th>Sent by</Th>
        <Th>Expires</Th>
        <Th hidden>Actions</Th>
      </THead>
      <TBody>
        {items.map(({ id, email, capabilities, sender, valid, expiresAt }) => (
          <Tr key={id}>
            <Td className="wrap-anywhere">{email}</Td>
            <Td label="May use">{capabilityWords(capabilities)}</Td>
            <Td label="Sent by" dim>
              {sender}
            </Td>
            <Td label="Expires" dim>
              <InviteEnd valid={valid} at={expiresAt} now={now} />
            </Td>
            <Td align="end" className="py-[3px]!">
              {owner && <InviteActions server={server} invite={id} email={email} />}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
    <InvalidInvites items={items} />
  </section>
);
