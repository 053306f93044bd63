/** One role: what it is called, what it grants and through whom, who has it, and what can be done about it. */
"use client";
import { useRouter } from "next/navigation";
import { type Query, tabHref } from "#components/staff/address.ts";
import { Detail } from "#components/staff/detail.tsx";
import { Foreseen } from "#components/staff/foreseen.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Code } from "#components/ui/code.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Permission } from "#lib/access/permissions.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { CreateRole } from "./create-role.tsx";
import { RoleAbout } from "./role-about.tsx";
import { RoleGrants } from "./role-grants.tsx";
import { RoleMembers } from "./role-members.tsx";

export type Role = Outputs["roles"]["open"];

export interface RoleDetailProps {
  role: Role;
  may: readonly Permission[];
  query: Query;
  now: number;
}

export default function RoleDetail({ role, may, query, now }: RoleDetailProps) {
  const router = useRouter();
  const within = role.missing.length === 0;
  const can = (permission: Permission) => within && may.includes(permission);
  return (
    <Detail
      tab="roles"
      query={query}
      back="All roles"
      title={role.name}
      badge={role.builtIn && <Badge>Built in</Badge>}
      meta={[
        `${role.members} ${role.members === 1 ? "account" : "accounts"}`,
        <span key="made">
          Created <Time at={role.createdAt} now={now} />
        </span>,
      ]}
      row={role}
      noun={["role", "roles"]}
      nameOf={({ name }) => name}
      actions={
        <>
          {may.includes("roles:create") && <CreateRole like={role} />}
          {can("roles:delete") && !role.builtIn && (
            <Foreseen
              label="Delete"
              button={{ variant: "danger" }}
              title={`Delete the role ${role.name}?`}
              confirm="Delete role"
              nothing="Nobody has it, and nobody's permissions change."
              call={(api, dryRun) => api.roles.remove({ role: role.id, dryRun })}
              onDone={() => {
                toast(`The role ${role.name} is deleted`);
                router.push(tabHref("roles", query, { open: undefined }));
                router.refresh();
              }}
            />
          )}
        </>
      }
    >
      <Limits role={role} />
      <RoleAbout key={aboutOf(role)} role={role} may={can("roles:write")} />
      <RoleGrants key={role.grants.join()} role={role} may={can} />
      <Effective role={role} />
      <RoleMembers role={role} may={may} now={now} />
    </Detail>
  );
}

/** Another key when it was changed: what is typed begins anew. */
const aboutOf = ({ name, description, parent, requiresMfa }: Role): string =>
  JSON.stringify([name, description, parent, requiresMfa]);

/** Why something cannot be done here. */
function Limits({ role: { name, builtIn, missing, withoutRole } }: { role: Role }) {
  return (
    <>
      {missing.length > 0 && (
        <Banner tone="info" title="This role, or somebody who has it, may do more than you">
          You can look at it, and change nothing: you lack {missing.slice(0, 5).join(", ")}
          {missing.length > 5 && ` and ${missing.length - 5} more`}.
        </Banner>
      )}
      {builtIn && name === "default" && (
        <Banner tone="info" title="Everybody without a role has this one">
          That is {withoutRole} {withoutRole === 1 ? "account" : "accounts"} now. It holds only what people do for
          themselves, keeps its name and stays. Only full access changes it. An account with another role does not have
          it, unless that role inherits from it.
        </Banner>
      )}
      {builtIn && name !== "default" && (
        <Banner tone="info" title="This role is full access">
          It keeps its name and what it grants, and stays. At least one account that can sign in has it.
        </Banner>
      )}
    </>
  );
}

function Effective({ role }: { role: Role }) {
  return (
    <Panel
      title="What it comes to"
      description={
        role.effective.length === 0
          ? "It grants nothing."
          : "Its own grants and those that it inherits, with where each comes from."
      }
      flush={role.effective.length > 0}
    >
      {role.effective.length > 0 && (
        <Table label="Effective grants" stack className="rounded-none border-0">
          <THead>
            <Th>Grant</Th>
            <Th>From</Th>
          </THead>
          <TBody>
            {role.effective.map(({ grant, from }) => (
              <Tr key={grant}>
                <Td>
                  <Code>{grant}</Code>
                </Td>
                <Td label="From">
                  {from.map(({ id, name }, place) => (
                    <span key={id}>
                      {place > 0 && ", "}
                      {id === role.id ? (
                        "This role"
                      ) : (
                        <TextLink href={tabHref("roles", {}, { open: id })}>{name}</TextLink>
                      )}
                    </span>
                  ))}
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      )}
      {role.descendants.length > 0 && (
        <p className="border-line2 border-t px-4 py-2.5 text-dim">
          Inherited by{" "}
          {role.descendants.map(({ id, name }, place) => (
            <span key={id}>
              {place > 0 && ", "}
              <TextLink href={tabHref("roles", {}, { open: id })}>{name}</TextLink>
            </span>
          ))}
          .
        </p>
      )}
    </Panel>
  );
}
