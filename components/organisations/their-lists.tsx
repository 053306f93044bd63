/** Who is in an organisation, what zones it has and who was invited, as its page for staff lists them. */
"use client";
import { tabHref } from "#components/staff/address.ts";
import { Loaded } from "#components/staff/loaded.tsx";
import { PartList } from "#components/staff/part-list.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Permission } from "#lib/access/permissions.ts";
import { AddMember } from "./add-member.tsx";
import { InviteActions } from "./invite-actions.tsx";
import { ChangeRole, HandOver, RemoveMember } from "./member-actions.tsx";
import type { Inspected } from "./organisation-detail.tsx";
import { counted, organisationPath, roleNames } from "./words.ts";

interface Section {
  organisation: Inspected;
  can: (permission: Permission) => boolean;
  now: number;
}

export function TheirMembers({ organisation: { id, handle, name }, can, now }: Section) {
  const acts = can("org:write");
  return (
    <Panel title="Members" actions={acts && <AddMember organisation={handle} name={name} direct />} flush>
      <PartList
        of={`${id} ${now}`}
        searchLabel="Search members"
        call={(api, asked) => api.organisations.membersOf({ organisation: id, perPage: 20, ...asked })}
        empty="No member is like that."
      >
        {(items) => (
          <Table label="Members" stack className="rounded-none border-0">
            <THead>
              <Th>Name</Th>
              <Th>E-mail</Th>
              <Th>Role</Th>
              <Th>Since</Th>
              <Th hidden>Actions</Th>
            </THead>
            <TBody>
              {items.map((member) => {
                const person = { organisation: handle, name, user: member.id, person: member.name };
                return (
                  <Tr key={member.id}>
                    <Td className="font-medium wrap-anywhere">
                      {can("users:read") ? (
                        <TextLink tone="plain" href={tabHref("users", {}, { open: member.id })}>
                          {member.name}
                        </TextLink>
                      ) : (
                        member.name
                      )}
                    </Td>
                    <Td label="E-mail" dim className="wrap-anywhere">
                      {member.email}
                    </Td>
                    <Td label="Role">
                      <Badge tone={member.role === "owner" ? "accent" : "neutral"}>{roleNames[member.role]}</Badge>
                    </Td>
                    <Td label="Since" dim>
                      <Time at={member.since} now={now} />
                    </Td>
                    <Td align="end" className="py-[3px]!">
                      {acts && member.role !== "owner" && (
                        <span className="flex gap-1 max-sm:-ms-2 max-sm:flex-wrap sm:justify-end">
                          <ChangeRole {...person} role={member.role === "admin" ? "member" : "admin"} />
                          <HandOver {...person} />
                          <RemoveMember {...person} />
                        </span>
                      )}
                    </Td>
                  </Tr>
                );
              })}
            </TBody>
          </Table>
        )}
      </PartList>
    </Panel>
  );
}

const ZONES = 20;

export function TheirZones({ organisation: { id, handle, zones }, now }: Omit<Section, "can">) {
  return (
    <Panel title="Zones" description={zones === null ? undefined : counted(zones, "zone")} flush>
      <PartList
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
      >
        {(items) => (
          <Table label="Zones" stack className="rounded-none border-0">
            <THead>
              <Th>Zone</Th>
              <Th>Connection</Th>
              <Th align="end">Records</Th>
              <Th>Status</Th>
            </THead>
            <TBody>
              {items.map((zone) => (
                <Tr key={zone.id}>
                  <Td className="font-mono wrap-anywhere">
                    <TextLink
                      tone="plain"
                      href={`${organisationPath(handle)}/zones/${encodeURIComponent(zone.name.replace(/\.$/, ""))}`}
                    >
                      {zone.displayName}
                    </TextLink>
                  </Td>
                  <Td label="Connection" dim>
                    {zone.connectionLabel}
                  </Td>
                  <Td label="Records" align="end" mono>
                    {zone.recordCount.toLocaleString("en-GB")}
                  </Td>
                  <Td label="Status">
                    <Badge tone={zone.status === "active" ? "ok" : zone.status === "error" ? "bad" : "warn"}>
                      {{ active: "Active", error: "Error", pending: "Pending" }[zone.status]}
                    </Badge>
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

export function TheirInvites({ organisation: { id, handle, invites }, can, now }: Section) {
  return (
    <Panel title="Invitations" description={`${counted(invites, "invitation")} without an answer.`} flush>
      <Loaded of={`${id} ${now}`} call={(api) => api.organisations.invitesOf({ organisation: id })}>
        {({ items }) => (
          <Table label="Invitations" stack className="rounded-none border-0">
            <THead>
              <Th>E-mail</Th>
              <Th>As</Th>
              <Th>Sent by</Th>
              <Th>Ends</Th>
              <Th hidden>Actions</Th>
            </THead>
            <TBody>
              {items.map((invite) => (
                <Tr key={invite.id}>
                  <Td className="font-medium wrap-anywhere">{invite.email}</Td>
                  <Td label="As">{roleNames[invite.role]}</Td>
                  <Td label="Sent by" dim>
                    {invite.sender}
                  </Td>
                  <Td label="Ends" dim>
                    <Time at={invite.expiresAt} now={now} />
                  </Td>
                  <Td align="end" className="py-[3px]!">
                    {can("org:write") && (
                      <InviteActions organisation={handle} invite={invite.id} email={invite.email} />
                    )}
                  </Td>
                </Tr>
              ))}
            </TBody>
          </Table>
        )}
      </Loaded>
    </Panel>
  );
}
