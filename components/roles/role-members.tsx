/** Who has a role: found, given it and taken from it, with what that comes to said first. */
"use client";
import { useRouter } from "next/navigation";
import { AccountFinder } from "#components/staff/account-finder.tsx";
import { Foreseen } from "#components/staff/foreseen.tsx";
import { PanelList } from "#components/staff/panel-list.tsx";
import { RowLink } from "#components/staff/row-link.tsx";
import { Badge } from "#components/ui/badge.tsx";
import type { Columns } from "#components/ui/column-table.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Permission } from "#lib/access/permissions.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import type { Role } from "./role-detail.tsx";

type Member = Outputs["roles"]["members"]["items"][number];

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
  const columns: Columns<Member> = [
    {
      label: "Name",
      cell: ({ id, name, suspended }) => (
        <>
          <RowLink tab="users" id={id} may={looks}>
            {name}
          </RowLink>{" "}
          {suspended && <Badge tone="bad">Suspended</Badge>}
        </>
      ),
    },
    { label: "E-mail", dim: true, cell: ({ email }) => email },
    { label: "Since", dim: true, cell: ({ since }) => <Time at={since} now={now} /> },
  ];
  return (
    <PanelList
      title="Accounts with it"
      label="Accounts with this role"
      description={
        !assigns
          ? "Giving and taking it needs roles:assign."
          : looks
            ? undefined
            : "Giving it to another account needs users:read, to find them."
      }
      before={
        assigns &&
        looks && (
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
        )
      }
      of={`${role.id} ${now}`}
      searchLabel="Search those who have it"
      call={(api, asked) => api.roles.members({ role: role.id, perPage: 20, ...asked })}
      empty="Nobody was given it."
      columns={columns}
      acts={
        assigns &&
        (({ id, name, email }) => (
          <Foreseen
            label="Take away"
            accessibleLabel={`Take away from ${email}`}
            button={{ size: "sm" }}
            title={`Take ${role.name} from ${name}?`}
            confirm="Take role away"
            call={(api, dryRun) => api.roles.removeOne({ role: role.id, user: id, dryRun })}
            onDone={done("The account does not have the role any more")}
          />
        ))
      }
    />
  );
}
