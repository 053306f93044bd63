/** Who is in an organisation, what zones it has and who was invited, as its page for staff lists them. */
"use client";
import { InviteEnd } from "#components/invites/invite-end.tsx";
import { PanelList } from "#components/staff/panel-list.tsx";
import { RowLink } from "#components/staff/row-link.tsx";
import { Badge } from "#components/ui/badge.tsx";
import type { Columns } from "#components/ui/column-table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { zonePath } from "#components/zone/zone-view.ts";
import type { Permission } from "#lib/access/permissions.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { AddMember } from "./add-member.tsx";
import { InviteActions } from "./invite-actions.tsx";
import { ChangeRole, HandOver, RemoveMember } from "./member-actions.tsx";
import type { Inspected } from "./organisation-detail.tsx";
import { RoleBadge } from "./role-badge.tsx";
import { counted, roleNames } from "./words.ts";

type Member = Outputs["organisations"]["membersOf"]["items"][number];
type Zone = Outputs["dns"]["list"]["items"][number];
type Invite = Outputs["organisations"]["invitesOf"]["items"][number];

interface Section {
  organisation: Inspected;
  can: (permission: Permission) => boolean;
  now: number;
}

export function TheirMembers({ organisation: { id, handle, name }, can, now }: Section) {
  const acts = can("org:write");
  const columns: Columns<Member> = [
    {
      label: "Name",
      cell: (member) => (
        <RowLink tab="users" id={member.id} may={can("users:read")}>
          {member.name}
        </RowLink>
      ),
    },
    { label: "E-mail", dim: true, cell: ({ email }) => email },
    { label: "Role", cell: ({ role }) => <RoleBadge role={role} /> },
    { label: "Since", dim: true, cell: ({ since }) => <Time at={since} now={now} /> },
  ];
  return (
    <PanelList
      title="Members"
      actions={acts && <AddMember organisation={handle} name={name} direct />}
      of={`${id} ${now}`}
      searchLabel="Search members"
      call={(api, asked) => api.organisations.membersOf({ organisation: id, perPage: 20, ...asked })}
      empty="No member is like that."
      columns={columns}
      acts={acts && ((member) => <MemberActs organisation={handle} name={name} member={member} />)}
    />
  );
}

function MemberActs({ member, ...organisation }: { organisation: string; name: string; member: Member }) {
  if (member.role === "owner") return null;
  const person = { ...organisation, user: member.id, person: member.name };
  return (
    <span className="flex gap-1 max-sm:-ms-2 max-sm:flex-wrap sm:justify-end">
      <ChangeRole {...person} role={member.role === "admin" ? "member" : "admin"} />
      <HandOver {...person} />
      <RemoveMember {...person} />
    </span>
  );
}

const ZONES = 20;

export function TheirZones({ organisation: { id, handle, zones }, now }: Omit<Section, "can">) {
  const columns: Columns<Zone> = [
    {
      label: "Zone",
      mono: true,
      cell: ({ name, displayName }) => (
        <TextLink tone="plain" href={zonePath(handle, name.replace(/\.$/, ""))}>
          {displayName}
        </TextLink>
      ),
    },
    { label: "Connection", dim: true, cell: ({ connectionLabel }) => connectionLabel },
    {
      label: "Records",
      align: "end",
      mono: true,
      cell: ({ recordCount }) => recordCount.toLocaleString("en-GB"),
    },
    {
      label: "Status",
      cell: ({ status }) => (
        <Badge tone={status === "active" ? "ok" : status === "error" ? "bad" : "warn"}>
          {{ active: "Active", error: "Error", pending: "Pending" }[status]}
        </Badge>
      ),
    },
  ];
  return (
    <PanelList
      title="Zones"
      description={zones === null ? undefined : counted(zones, "zone")}
      of={`${id} ${now}`}
      searchLabel="Search zones"
      call={async (api, { q, at }) => {
        const page = Number(at ?? 1);
        const { items, total } = await api.dns.list({ organisation: id, perPage: ZONES, page, q });
        return {
          items,
          previous: page > 1 ? String(page - 1) : null,
          next: page * ZONES < total ? String(page + 1) : null,
        };
      }}
      empty="No zones."
      columns={columns}
    />
  );
}

export function TheirInvites({ organisation: { id, handle, invites }, can, now }: Section) {
  const columns: Columns<Invite> = [
    { label: "E-mail", cell: ({ email }) => email },
    { label: "As", cell: ({ role }) => roleNames[role] },
    { label: "Sent by", dim: true, cell: ({ sender }) => sender },
    { label: "Ends", dim: true, cell: ({ valid, expiresAt }) => <InviteEnd valid={valid} at={expiresAt} now={now} /> },
  ];
  return (
    <PanelList
      title="Invitations"
      description={`${counted(invites, "invitation")} without an answer.`}
      of={`${id} ${now}`}
      call={async (api) => ({
        ...(await api.organisations.invitesOf({ organisation: id })),
        previous: null,
        next: null,
      })}
      empty="No invitations."
      columns={columns}
      acts={
        can("org:write") &&
        (({ id: invite, email }) => <InviteActions organisation={handle} invite={invite} email={email} />)
      }
    />
  );
}
