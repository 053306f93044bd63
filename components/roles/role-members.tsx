/** Who has a role: found, given it and taken from it, with what that comes to said first. */
"use client";
import { useRouter } from "next/navigation";
import { AccountFinder } from "#components/staff/account-finder.tsx";
import { tabHref } from "#components/staff/address.ts";
import { Foreseen } from "#components/staff/foreseen.tsx";
import { PartList } from "#components/staff/part-list.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Permission } from "#lib/access/permissions.ts";
import type { Role } from "./role-detail.tsx";

export interface RoleMembersProps {
  role: Role;
  may: readonly Permission[];
  now: number;
}

export function RoleMembers({ role, may, now }: RoleMembersProps) {
  const router = useRouter();
  const assigns = may.includes("roles:assign");
  const looks = may.includes("users:read");
  const done = (words: string) => () => {
    toast(words);
    router.refresh();
  };
  return (
    <Panel
      title="Accounts with it"
      description={
        !assigns
          ? "Giving and taking it needs roles:assign."
          : looks
            ? undefined
            : "Giving it to another account needs users:read, to find them."
      }
      flush
    >
      {assigns && looks && (
        <div className="border-line2 border-b p-4">
          <AccountFinder label="Give it to">
            {({ id, name, email, roles }) =>
              roles.includes(role.name) ? (
                <span className="text-dim">Has it</span>
              ) : (
                <Foreseen
                  label="Give"
                  accessibleLabel={`Give it to ${email}`}
                  button={{ size: "sm" }}
                  title={`Give ${role.name} to ${name}?`}
                  confirm="Give role"
                  tone="primary"
                  call={(api, dryRun) => api.roles.addOne({ role: role.id, user: id, dryRun })}
                  onDone={done("The account has the role")}
                />
              )
            }
          </AccountFinder>
        </div>
      )}
      <PartList
        of={`${role.id} ${now}`}
        searchLabel="Search those who have it"
        call={(api, asked) => api.roles.members({ role: role.id, perPage: 20, ...asked })}
        empty="Nobody was given it."
      >
        {(items) => (
          <Table label="Accounts with this role" stack className="rounded-none border-0">
            <THead>
              <Th>Name</Th>
              <Th>E-mail</Th>
              <Th>Since</Th>
              <Th hidden>Actions</Th>
            </THead>
            <TBody>
              {items.map(({ id, name, email, since, suspended }) => (
                <Tr key={id}>
                  <Td className="font-medium wrap-anywhere">
                    {looks ? (
                      <TextLink tone="plain" href={tabHref("users", {}, { open: id })}>
                        {name}
                      </TextLink>
                    ) : (
                      name
                    )}{" "}
                    {suspended && <Badge tone="bad">Suspended</Badge>}
                  </Td>
                  <Td label="E-mail" dim className="wrap-anywhere">
                    {email}
                  </Td>
                  <Td label="Since" dim>
                    <Time at={since} now={now} />
                  </Td>
                  <Td align="end" className="py-[3px]!">
                    {assigns && (
                      <Foreseen
                        label="Take away"
                        accessibleLabel={`Take away from ${email}`}
                        button={{ size: "sm" }}
                        title={`Take ${role.name} from ${name}?`}
                        confirm="Take role away"
                        call={(api, dryRun) => api.roles.removeOne({ role: role.id, user: id, dryRun })}
                        onDone={done("The account does not have the role any more")}
                      />
                    )}
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
