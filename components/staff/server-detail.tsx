/** One server, whoever has it. */
"use client";
import { serverPath } from "#components/servers/capability-words.ts";
import { InstallLog } from "#components/servers/install-log.tsx";
import { addressOf, cpuOf, limitOf, roomOf, StateBadge } from "#components/servers/words.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Code } from "#components/ui/code.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { exactTime, Time } from "#components/ui/time.tsx";
import type { Permission } from "#lib/access/permissions.ts";
import { type Query, tabHref } from "./address.ts";
import { Detail } from "./detail.tsx";
import { FormButton } from "./form-button.tsx";
import { serverActs } from "./server-acts.ts";
import { MoveServer, MovingServer } from "./server-move.tsx";
import type { TabRow } from "./tab-props.ts";
import { Trail } from "./trail.tsx";

type Server = TabRow<"servers">;

export interface ServerDetailProps {
  server: Server;
  may: readonly Permission[];
  query: Query;
  now: number;
}

export default function ServerDetail({ server, may, query, now }: ServerDetailProps) {
  const going = server.state === "deleting";
  return (
    <Detail
      tab="servers"
      query={query}
      back="All servers"
      title={server.name}
      badge={<StateBadge {...server} />}
      meta={[
        <span key="address" className="font-mono">
          {addressOf(server.address)}
        </span>,
        server.egg.name,
        server.node.name,
      ]}
      row={server}
      noun={["server", "servers"]}
      nameOf={({ name }) => name}
      acts={serverActs<Server>(may)}
      actions={
        <>
          <LinkButton href={serverPath(server.id)}>Open its page</LinkButton>
          {may.includes("admin:servers:write") && !going && <Limits server={server} />}
          {may.includes("admin:servers:manage") && !going && (
            <>
              <Owner server={server} />
              <InstallLog server={server.id} />
              {server.state !== "transferring" && <MoveServer server={server} now={now} />}
            </>
          )}
        </>
      }
    >
      {server.moving && (
        <MovingServer server={server} moving={server.moving} mayStop={may.includes("admin:servers:manage")} now={now} />
      )}
      {server.problem !== null && (
        <Banner tone="bad" title="The node could not do what it was asked">
          {server.problem}
        </Banner>
      )}
      {server.suspendedAt !== null && (
        <Banner tone="warn" title={`Suspended ${exactTime(server.suspendedAt)}`}>
          {server.suspendedReason}
        </Banner>
      )}
      <Panel title="What it is">
        <Facts items={factsOf(server, may, now)} />
      </Panel>
      <Panel title="Sub-users">
        {server.subUsers.length === 0 ? (
          <p className="text-dim">Nobody was let into it.</p>
        ) : (
          <ul className="flex flex-col gap-2">
            {server.subUsers.map(({ id, name, email, capabilities }) => (
              <li key={id} className="flex flex-wrap items-center gap-1.5 wrap-anywhere">
                {name} <span className="text-dim">{email}</span>
                {capabilities.map((one) => (
                  <Badge key={one}>{one === "*" ? "everything" : one}</Badge>
                ))}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="History" flush>
        <Trail
          of={server.id}
          call={(api, part) => api.staffServers.history({ server: server.id, ...part })}
          now={now}
        />
      </Panel>
    </Detail>
  );
}

function factsOf(server: Server, may: readonly Permission[], now: number) {
  const { user, organisation, node, egg } = server;
  const link = (permission: Permission, tab: "users" | "organisations" | "nodes" | "eggs", id: string, text: string) =>
    may.includes(permission) ? <TextLink href={tabHref(tab, {}, { open: id })}>{text}</TextLink> : text;
  return [
    {
      label: "Owner",
      value: organisation
        ? link("org:read", "organisations", organisation.id, organisation.name)
        : user
          ? link("users:read", "users", user.id, `${user.name}, ${user.email}`)
          : "–",
    },
    { label: "Node", value: link("nodes:read", "nodes", node.id, node.name) },
    { label: "Egg", value: link("eggs:read", "eggs", egg.id, egg.name) },
    { label: "Image", value: <Code>{server.image}</Code> },
    {
      label: "Addresses",
      value: server.addresses.length === 0 ? "None" : <span className="font-mono">{server.addresses.join(", ")}</span>,
    },
    { label: "Memory", value: `${limitOf(server.memory)}${swapOf(server.swap)}` },
    { label: "Disk", value: limitOf(server.disk) },
    { label: "Processors", value: cpuOf(server.cpu) + (server.threads === null ? "" : `, on ${server.threads}`) },
    {
      label: "Can have",
      value: roomOf({
        backups: server.backupLimit,
        databases: server.databaseLimit,
        allocations: server.allocationLimit,
      }),
    },
    { label: "Installed", value: server.installedAt === null ? "Never" : <Time at={server.installedAt} now={now} /> },
    { label: "Made", value: <Time at={server.createdAt} now={now} /> },
    { label: "Known to its node as", value: <Code>{server.uuid}</Code> },
    ...(server.description ? [{ label: "Description", value: server.description }] : []),
  ];
}

const swapOf = (swap: number): string =>
  swap === 0 ? "" : swap < 0 ? ", and swap without a limit" : `, and ${limitOf(swap)} of swap`;

const numbers = [
  ["memory", "Memory (MiB)"],
  ["swap", "Swap (MiB)"],
  ["disk", "Disk (MiB)"],
  ["cpu", "Processors (%)"],
  ["backupLimit", "Backups"],
  ["databaseLimit", "Databases"],
  ["allocationLimit", "Ports"],
] as const;

const Limits = ({ server }: { server: Server }) => (
  <FormButton
    label="Limits"
    variant="default"
    title={`Limits of ${server.name}`}
    description="0 is without a limit for memory, disk and processors. For swap 0 is none, and -1 is without a limit."
    submit="Save"
    done="The limits are saved"
    call={(api, values) =>
      api.staffServers.limit({
        server: server.id,
        revision: server.revision,
        ...Object.fromEntries(
          numbers.map(([name]) => [name, values(name).trim() === "" ? Number.NaN : Number(values(name))]),
        ),
      })
    }
  >
    {(errors) => (
      <FieldGroup columns={2}>
        {numbers.map(([name, label]) => (
          <Field key={name} label={label} error={errors[name]}>
            <Input name={name} inputMode="numeric" defaultValue={server[name]} />
          </Field>
        ))}
      </FieldGroup>
    )}
  </FormButton>
);

const Owner = ({ server }: { server: Server }) => (
  <FormButton
    label="Change owner"
    variant="default"
    title={`Give ${server.name} to somebody else`}
    description="Everybody who was let into it is let out again."
    submit="Give it to them"
    done="It has another owner"
    call={(api, values) => api.staffServers.handOver({ server: server.id, owner: values("owner") })}
  >
    {(errors) => (
      <Field label="New owner" hint="An account’s e-mail address, or an organisation’s handle." error={errors.owner}>
        <Input name="owner" autoComplete="off" spellCheck={false} />
      </Field>
    )}
  </FormButton>
);
