/** One account, for staff: who it is, what it may do, how it gets in, and what can be done about it. */
"use client";
import { rightsInWords } from "#components/account/token-words.ts";
import { UsagePanel } from "#components/soc/usage.tsx";
import type { Act } from "#components/staff/act-bar.tsx";
import type { Query } from "#components/staff/address.ts";
import { Detail as StaffDetail } from "#components/staff/detail.tsx";
import { Loaded } from "#components/staff/loaded.tsx";
import { PrivateValue } from "#components/staff/private-value.tsx";
import { TheirServers } from "#components/staff/their-servers.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Code } from "#components/ui/code.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Permission } from "#lib/access/permissions.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { AccountAct, DeleteAccount, EndTheirSession, RevokeTheirToken } from "./account-acts.tsx";
import { AccountOrganisations } from "./account-organisations.tsx";
import { AddressOf, NameOf } from "./account-profile.tsx";
import { AccountRoles } from "./account-roles.tsx";
import { AccountTrail } from "./account-trail.tsx";
import { AccountZones } from "./account-zones.tsx";
import { Administrator } from "./administrator.tsx";
import { ResetLink } from "./reset-link.tsx";

type Detail = Outputs["accounts"]["open"];

interface Section {
  account: Detail;
  /** What whoever looks may do, were it not above them. */
  may: (permission: Permission) => boolean;
  /** One's own account: what could lock one out is done in one's own settings. */
  own: boolean;
  now: number;
}

export interface AccountDetailProps {
  account: Detail;
  may: readonly Permission[];
  self: string;
  query: Query;
  now: number;
}

export default function AccountDetail({ account, may, self, query, now }: AccountDetailProps) {
  const within = account.missing.length === 0;
  const section = { account, may: (one: Permission) => within && may.includes(one), own: account.id === self, now };
  return (
    <StaffDetail
      tab="users"
      query={query}
      back="All users"
      title={<PrivateValue tab="users" id={account.id} field="name" label="the name" value={account.name} />}
      badge={<StatusBadge account={account} />}
      meta={[
        <PrivateValue
          key="email"
          tab="users"
          id={account.id}
          field="email"
          label="the e-mail address"
          value={account.email}
        />,
        <span key="made">
          Created <Time at={account.createdAt} now={now} />
        </span>,
        account.lastSeenAt === null ? (
          "Not signed in"
        ) : (
          <span key="seen">
            Last seen <Time at={account.lastSeenAt} now={now} />
          </span>
        ),
      ]}
      row={account}
      noun={["account", "accounts"]}
      nameOf={({ email }) => email}
      acts={section.own ? [] : acts.filter(({ needs }) => section.may(needs))}
    >
      {!within && (
        <Banner tone="info" title="This account may do more than you">
          You can look at it, and change nothing: you lack {account.missing.slice(0, 5).join(", ")}
          {account.missing.length > 5 && ` and ${account.missing.length - 5} more`}.
        </Banner>
      )}
      {section.own && (
        <Banner tone="info" title="This is your own account">
          How you sign in is changed under Account settings. Others change your roles.
        </Banner>
      )}
      <Identity {...section} />
      <Roles {...section} mayLook={may.includes("roles:read")} />
      <SignIn {...section} />
      {may.includes("admin:user:edit") && <Sessions {...section} />}
      {account.tokens > 0 && <TheirTokens {...section} />}
      <AccountOrganisations user={account.id} looks={may.includes("org:read")} now={now} />
      {(may.includes("dns:read") || may.includes("dns:manage")) && (
        <AccountZones
          user={account.id}
          email={account.email}
          acts={may.includes("dns:manage") && !section.own}
          now={now}
        />
      )}
      {may.includes("servers:read") && <TheirServers of={{ user: account.id }} now={now} />}
      <UsagePanel of={account.id} call={(api) => api.soc.ofAccount({ user: account.id })} counts="Requests" />
      <Standing {...section} />
      <AccountTrail user={account.id} now={now} />
    </StaffDetail>
  );
}

const acts: readonly (Act<Detail> & { needs: Permission })[] = [
  {
    label: "Suspend",
    needs: "users:suspend",
    tone: "danger",
    when: ({ suspendedAt, deletionDueAt }) => suspendedAt === null && deletionDueAt === null,
    says: "Signed out at once, cannot sign in, and API tokens stop until the suspension ends.",
    ask: { label: "Reason, for other staff", required: true, most: 500 },
    call: (api, { id }, reason) => api.accounts.suspend({ user: id, reason }),
    done: "The account is suspended",
  },
];

function StatusBadge({ account }: { account: Detail }) {
  if (account.deletionDueAt !== null) return <Badge tone="bad">Will be deleted</Badge>;
  if (account.suspendedAt !== null) return <Badge tone="bad">Suspended</Badge>;
  return <Badge tone="ok">Active</Badge>;
}

function Identity({ account: { id, name, email, emailVerifiedAt }, may, own }: Section) {
  return (
    <Panel
      title="Profile"
      actions={
        emailVerifiedAt === null && !own && may("users:write") && <AccountAct act="verify" user={id} email={email} />
      }
    >
      <div className="flex flex-col gap-4">
        {may("users:write") && <NameOf key={name} user={id} name={name} />}
        {may("admin:user:edit") && !own && <AddressOf key={email} user={id} email={email} />}
        <Facts
          items={[
            { label: "Address", value: emailVerifiedAt === null ? "Not verified" : "Verified" },
            { label: "Id", value: <Code>{id}</Code> },
          ]}
        />
      </div>
    </Panel>
  );
}

function Roles({ account, may, own, mayLook }: Section & { mayLook: boolean }) {
  const names = account.roles.map((role) => role.name);
  return (
    <Panel
      title="Roles"
      description={
        account.administrator
          ? "This account may do everything."
          : names.length === 0
            ? "This account has no role, so it can do what the role “default” allows."
            : `It has ${names.join(", ")}.`
      }
    >
      {may("roles:assign") && !own && (
        <div className="flex flex-col gap-4">
          <Administrator user={account.id} email={account.email} roles={account.roles} />
          {mayLook && (
            <AccountRoles
              key={account.roles.map((role) => role.id).join()}
              user={account.id}
              email={account.email}
              held={account.roles}
            />
          )}
        </div>
      )}
    </Panel>
  );
}

function SignIn({ account, may, own }: Section) {
  const { id, email, hasPassword, passkeys, authenticator, recoveryCodes, requiresMfa } = account;
  const acts = may("admin:user:edit") && !own;
  const names = passkeys.map((passkey) => passkey.name).join(", ");
  return (
    <Panel title="Sign-in" actions={acts && <ResetLink user={id} email={email} />}>
      <div className="flex flex-col gap-4">
        <Facts
          items={[
            {
              label: "Signed in",
              value:
                account.sessions === 0
                  ? "Nowhere now"
                  : account.sessions === 1
                    ? "In 1 place"
                    : `In ${account.sessions} places`,
            },
            { label: "Password", value: hasPassword ? "Set" : "None" },
            { label: "Passkeys", value: names || "None" },
            {
              label: "Second factor",
              value: authenticator
                ? `Authenticator app, ${recoveryCodes} recovery ${recoveryCodes === 1 ? "code" : "codes"} left`
                : requiresMfa
                  ? "None, and a role asks for one"
                  : "None",
            },
          ]}
        />
        {acts && (hasPassword || passkeys.length > 0 || authenticator) && (
          <div className="flex flex-wrap gap-2">
            {hasPassword && <AccountAct act="clearPassword" user={id} email={email} />}
            {passkeys.length > 0 && <AccountAct act="clearPasskeys" user={id} email={email} />}
            {authenticator && <AccountAct act="clearFactors" user={id} email={email} />}
          </div>
        )}
      </div>
    </Panel>
  );
}

function Sessions({ account: { id, email }, may, now }: Section) {
  return (
    <Loaded of={`${id} ${now}`} call={(api) => api.accounts.theirSessions({ user: id })}>
      {({ items }) => <SessionList id={id} email={email} items={items} acts={may("admin:user:edit")} now={now} />}
    </Loaded>
  );
}

interface SessionListProps {
  id: string;
  email: string;
  items: Outputs["accounts"]["theirSessions"]["items"];
  acts: boolean;
  now: number;
}

function SessionList({ id, email, items, acts, now }: SessionListProps) {
  return (
    <Panel
      title="Sessions"
      description={items.length === 0 ? "It is signed in nowhere." : undefined}
      actions={items.length > 0 && acts && <AccountAct act="signOut" user={id} email={email} />}
      flush={items.length > 0}
    >
      {items.length > 0 && (
        <Table label="Sessions" stack className="rounded-none border-0">
          <THead>
            <Th>Device</Th>
            <Th>Address</Th>
            <Th>Signed in</Th>
            <Th>Last seen</Th>
            <Th hidden>Actions</Th>
          </THead>
          <TBody>
            {items.map((session) => (
              <Tr key={session.id}>
                <Td className="font-medium" title={session.userAgent}>
                  {session.device}
                </Td>
                <Td label="Address" mono dim>
                  {session.address}
                </Td>
                <Td label="Signed in" dim>
                  <Time at={session.createdAt} now={now} />
                </Td>
                <Td label="Last seen" dim>
                  <Time at={session.lastSeenAt} now={now} />
                </Td>
                <Td align="end" className="py-[3px]!">
                  {!session.current && acts && (
                    <EndTheirSession user={id} session={session.id} device={session.device} />
                  )}
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      )}
    </Panel>
  );
}

function TheirTokens({ account: { id, tokens }, may, now }: Section) {
  return (
    <Loaded of={`${id} ${now}`} call={(api) => api.tokens.listOf({ user: id, perPage: 50 })}>
      {({ items }) => <TokenList id={id} items={items} total={tokens} acts={may("admin:user:edit")} now={now} />}
    </Loaded>
  );
}

interface TokenListProps {
  id: string;
  items: Outputs["tokens"]["listOf"]["items"];
  total: number;
  acts: boolean;
  now: number;
}

function TokenList({ id, items, total, acts, now }: TokenListProps) {
  return (
    <Panel
      title="API tokens"
      description={total > items.length ? `The latest ${items.length} of ${total}.` : undefined}
      flush
    >
      <Table label="API tokens" stack className="rounded-none border-0">
        <THead>
          <Th>Name</Th>
          <Th>May do</Th>
          <Th>Last used</Th>
          <Th hidden>Actions</Th>
        </THead>
        <TBody>
          {items.map((token) => (
            <Tr key={token.id}>
              <Td className="align-top">
                <span className="block font-medium wrap-anywhere">{token.name}</span>
                <span className="font-mono text-xs text-dim">{token.prefix}…</span>
              </Td>
              <Td label="May do" className="align-top">
                <ul className="wrap-anywhere">
                  {token.mode === "full" ? (
                    <li>Everything that the account can do</li>
                  ) : (
                    rightsInWords(token).map((right) => <li key={right}>{right}</li>)
                  )}
                </ul>
              </Td>
              <Td label="Last used" dim className="align-top">
                {token.lastUsedAt === null ? "Never" : <Time at={token.lastUsedAt} now={now} />}
              </Td>
              <Td align="end" className="py-[3px]! align-top">
                {acts && <RevokeTheirToken user={id} token={token.id} name={token.name} />}
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
    </Panel>
  );
}

function Standing({ account, may, own, now }: Section) {
  const { id, email, suspendedAt, suspendedReason, deletionDueAt } = account;
  if (own || (!may("users:suspend") && !may("users:delete"))) return null;
  return (
    <Panel
      title="Shutting it out"
      description={
        deletionDueAt !== null
          ? "It cannot sign in, and will be deleted with everything that belongs to it."
          : suspendedAt !== null
            ? `Suspended: ${suspendedReason ?? "no reason was given"}`
            : "A suspended account keeps everything and cannot sign in. A deleted one is gone after some days."
      }
    >
      <div className="flex flex-wrap items-center gap-2">
        {may("users:suspend") && deletionDueAt === null && suspendedAt !== null && (
          <AccountAct act="unsuspend" user={id} email={email} />
        )}
        {may("users:delete") &&
          (deletionDueAt === null ? (
            <DeleteAccount user={id} email={email} leaving={account.leaving} />
          ) : (
            <>
              <span className="text-dim">
                Deleted <Time at={deletionDueAt} now={now} />.
              </span>
              <AccountAct act="keep" user={id} email={email} />
            </>
          ))}
      </div>
    </Panel>
  );
}
