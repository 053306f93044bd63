/** Who is in an organisation, and who has been asked. */

import { EmptyState } from "#components/ui/empty-state.tsx";
import { Users } from "#components/ui/icons.tsx";
import { type ListState, listHref, listState, type SearchParams, sortLink } from "#components/ui/list-state.ts";
import { ListView } from "#components/ui/list-view.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { mayAssign, type OrganisationAccess } from "#lib/access/organisation-role.ts";
import { currentActor, load, loadIfOn } from "#lib/api/caller.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { accessTo, type Organisation, openOrganisation } from "./access.ts";
import { AddMember } from "./add-member.tsx";
import { Guests } from "./guests.tsx";
import { ChangeRole, HandOver, Leave, RemoveMember } from "./member-actions.tsx";
import { PendingInvites } from "./pending-invites.tsx";
import { RoleBadge } from "./role-badge.tsx";
import { organisationPath, roleNames } from "./words.ts";

type Member = Outputs["organisations"]["members"]["items"][number];

export async function Members({ handle, params }: { handle: string; params: SearchParams }) {
  const organisation = await openOrganisation(handle);
  const access = await accessTo(organisation);
  const actor = await currentActor();
  const path = `${organisationPath(organisation.handle)}/members`;
  const list = listState(path, params, ["name", "email", "role", "createdAt"], ["q"]);
  const q = list.filters.q ?? "";
  const [page, invites, guests] = await Promise.all([
    load((api) => api.organisations.members({ organisation: organisation.id, page: list.page, sort: list.sort, q })),
    access.admin ? load((api) => api.organisations.invites({ organisation: organisation.id })) : { items: [] },
    loadIfOn((api) => api.organisations.guests({ organisation: organisation.id, perPage: 200 })),
  ]);
  const now = Date.now();
  return (
    <>
      <PageHeader title="Members" description={`Who is in ${organisation.name}, and with which role.`} />
      <ListView
        page={page}
        q={q}
        noun={["member", "members"]}
        hrefFor={(number) => listHref(list, { page: number })}
        clearHref={path}
        actions={
          access.admin && (
            <AddMember
              organisation={organisation.handle}
              name={organisation.name}
              direct={actor.grants.has("org:write")}
            />
          )
        }
        empty={<EmptyState icon={<Users />} title="Nobody is in this organisation" />}
      >
        <MemberTable {...{ organisation, access, list, now }} members={page.items} self={actor.id} />
      </ListView>
      {invites.items.length > 0 && (
        <PendingInvites
          organisation={organisation.handle}
          noun="Role"
          items={invites.items.map(({ role, ...invite }) => ({ ...invite, what: roleNames[role] }))}
          now={now}
        />
      )}
      {guests && guests.total > 0 && <Guests organisation={organisation.handle} page={guests} now={now} />}
    </>
  );
}

interface MemberTableProps {
  organisation: Organisation;
  access: OrganisationAccess;
  members: readonly Member[];
  /** The account that looks. */
  self: string | null;
  list: ListState;
  now: number;
}

function MemberTable({ organisation, access, members, self, list, now }: MemberTableProps) {
  return (
    <Table label="Members" stack>
      <THead>
        <Th sort={sortLink(list, "name")}>Name</Th>
        <Th sort={sortLink(list, "email")}>E-mail</Th>
        <Th sort={sortLink(list, "role")}>Role</Th>
        <Th sort={sortLink(list, "createdAt")}>Joined</Th>
        <Th hidden>Actions</Th>
      </THead>
      <TBody>
        {members.map((member) => (
          <Tr key={member.userId}>
            <Td>
              <span className="font-medium">{member.name}</span>
              {member.userId === self && <span className="ms-1.5 text-faint">you</span>}
            </Td>
            <Td label="E-mail" dim className="wrap-anywhere">
              {member.email}
            </Td>
            <Td label="Role">
              <RoleBadge role={member.role} />
            </Td>
            <Td label="Joined" dim>
              <Time at={member.createdAt} now={now} />
            </Td>
            <Td align="end" className="py-[3px]!">
              <Actions {...{ organisation, access, member, self }} />
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

function Actions({
  organisation,
  access,
  member,
  self,
}: Pick<MemberTableProps, "organisation" | "access" | "self"> & { member: Member }) {
  const who = { organisation: organisation.handle, name: organisation.name, user: member.userId, person: member.name };
  const own = member.userId === self;
  // Staff reach everybody whom the owner reaches.
  const standing = access.viaPlatform("admin") ? "owner" : access.role;
  const other = member.role === "admin" ? "member" : "admin";
  if (member.role === "owner") return null;
  return (
    <div className="flex gap-1 max-sm:-ms-2 max-sm:flex-wrap sm:justify-end">
      {access.owner && !own && <HandOver {...who} />}
      {mayAssign(standing, member.role, other) && !own && <ChangeRole {...who} role={other} />}
      {mayAssign(standing, member.role, null) && !own && <RemoveMember {...who} />}
      {own && <Leave {...who} />}
    </div>
  );
}
