/** Everybody's accounts. */
"use client";
import dynamic from "next/dynamic";
import { CreateAccount } from "#components/accounts/create-account.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { UserCog } from "#components/ui/icons.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Act } from "./act-bar.tsx";
import { one as queried } from "./address.ts";
import { findRoleNames } from "./finders.ts";
import { type Column, type Filter, StaffList } from "./list.tsx";
import type { TabData, TabProps } from "./tab-props.ts";

const DeleteAccounts = dynamic(() => import("#components/accounts/delete-accounts.tsx"), { loading: () => null });
const AccountDetail = dynamic(() => import("#components/accounts/account-detail.tsx"));

type Row = TabData<"users">["items"][number];

const noun = ["account", "accounts"] as const;

export default function Users({ tab, data, one, may, self, query, now }: TabProps<"users">) {
  if (one) return <AccountDetail account={one} may={may} self={self} query={query} now={now} />;
  const narrowed = queried(query, "role") !== "";
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    { label: "Name", sort: "name", cell: ({ name }) => name },
    { label: "E-mail", sort: "email", dim: true, cell: ({ email }) => email },
    { label: "Roles", cell: ({ roles }) => <Roles names={roles} /> },
    { label: "Status", cell: (row) => <Status {...row} /> },
    { label: "Created", sort: "createdAt", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  ];
  return (
    <StaffList
      tab={tab}
      title="Users"
      description="Everybody who can sign in to this panel."
      noun={noun}
      page={data}
      query={query}
      defaultSort="-createdAt"
      columns={columns}
      opens
      nameOf={({ email }) => email}
      searchLabel="Search e-mail, name or id"
      filters={may.includes("roles:read") || narrowed ? [status, role] : [status]}
      acts={acts.filter(({ needs }) => may.includes(needs)).map((act) => ({ ...act, when: whenNot(self, act.when) }))}
      actions={may.includes("users:write") && <CreateAccount />}
      empty={<EmptyState icon={<UserCog />} title="No accounts" />}
    />
  );
}

const status: Filter = {
  param: "status",
  label: "Status",
  all: "Any status",
  options: [
    { value: "active", label: "Active" },
    { value: "suspended", label: "Suspended" },
    { value: "deleting", label: "Will be deleted" },
    { value: "unverified", label: "Address not verified" },
  ],
};

const role: Filter = {
  param: "role",
  label: "Role",
  all: "Any role",
  pick: { search: "Search roles", find: findRoleNames },
};

const acts: readonly (Act<Row> & { needs: TabProps<"users">["may"][number] })[] = [
  {
    label: "Suspend",
    needs: "users:suspend",
    tone: "danger",
    when: ({ suspended, deleting }) => !suspended && !deleting,
    says: "Signed out at once, cannot sign in, and API tokens stop until the suspension ends.",
    ask: { label: "Reason, for other staff", required: true, most: 500 },
    call: (api, { id }, reason) => api.accounts.suspend({ user: id, reason }),
    done: "Suspended",
  },
  {
    label: "End suspension",
    needs: "users:suspend",
    when: ({ suspended }) => suspended,
    says: "Can sign in at once, and API tokens work again.",
    call: (api, { id }) => api.accounts.unsuspend({ user: id }),
    done: "The suspension has ended",
  },
  {
    label: "Vouch for the address",
    needs: "users:write",
    when: ({ verified }) => !verified,
    says: "The address counts as verified, as if its owner had opened the link.",
    call: (api, { id }) => api.accounts.verify({ user: id }),
    done: "The address is verified",
  },
  {
    label: "Sign out everywhere",
    needs: "admin:user:edit",
    when: () => true,
    says: "Every session ends at once. API tokens stay.",
    call: (api, { id }) => api.accounts.signOut({ user: id }),
    done: "Signed out",
  },
  {
    label: "Delete",
    needs: "users:delete",
    tone: "danger",
    when: ({ deleting }) => !deleting,
    says: "Signed out everywhere and shut. For some days it can be kept; then memberships, levels, passkeys and tokens are gone for good.",
    call: (api, { id }) => api.accounts.remove({ user: id }),
    dialog: (props) => <DeleteAccounts {...props} />,
    done: "Will be deleted",
  },
];

/** One's own account is looked after in one's own settings. */
const whenNot = (self: string, when: Act<Row>["when"]) => (row: Row) => row.id !== self && (when?.(row) ?? true);

function Roles({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <span className="text-faint">default</span>;
  return (
    <span className="inline-flex flex-wrap gap-1 align-middle sm:max-w-[220px]">
      {names.map((name) => (
        <Badge key={name} tone="accent">
          {name}
        </Badge>
      ))}
    </span>
  );
}

function Status({ suspended, deleting, verified }: Pick<Row, "suspended" | "deleting" | "verified">) {
  if (deleting) return <Badge tone="bad">Will be deleted</Badge>;
  if (suspended) return <Badge tone="bad">Suspended</Badge>;
  return verified ? <Badge tone="ok">Active</Badge> : <Badge tone="warn">Not verified</Badge>;
}
