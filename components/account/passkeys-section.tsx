/** One's passkeys, and whether they are the only way in. */
import { headers } from "next/headers";
import { Badge } from "#components/ui/badge.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { deviceOf } from "#lib/auth/device.ts";
import { RemovePasskey, RemovePassword, RenamePasskey } from "./passkeys-actions.tsx";
import { AddPasskey } from "./passkeys-add.tsx";

export async function PasskeysSection() {
  const [{ items, password, available }, me] = await Promise.all([
    load((api) => api.passkeys.list({})),
    load((api) => api.users.me({})),
  ]);
  const here = deviceOf((await headers()).get("user-agent") ?? "");
  const now = Date.now();
  const onlyWayIn = !password && items.length === 1;
  return (
    <Panel
      title="Passkeys"
      description="Sign in with your fingerprint, face or PIN, or with a security key: nothing to remember, and nothing a fake page could steal."
      actions={available && <AddPasskey suggestion={here} />}
      footer={items.length > 0 && password && <RemovePassword email={me.email} />}
    >
      {items.length === 0 && <p className="text-dim">{available ? NONE : NOT_HERE}</p>}
      {items.length > 0 && (
        <Table label="Passkeys" stack>
          <THead>
            <Th>Name</Th>
            <Th>Where it is</Th>
            <Th>Added</Th>
            <Th>Last used</Th>
            <Th hidden>Actions</Th>
          </THead>
          <TBody>
            {items.map(({ id, name, synced, createdAt, lastUsedAt }) => (
              <Tr key={id}>
                <Td>
                  <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                    <span className="font-medium wrap-anywhere">{name}</span>
                    {onlyWayIn && <Badge tone="warn">Your only way in</Badge>}
                  </span>
                </Td>
                <Td label="Where it is" dim>
                  {synced ? "Synced between devices" : "On one device"}
                </Td>
                <Td label="Added" dim>
                  <Time at={createdAt} now={now} />
                </Td>
                <Td label="Last used" dim>
                  {lastUsedAt === null ? "Never" : <Time at={lastUsedAt} now={now} />}
                </Td>
                <Td align="end" className="py-[3px]!">
                  <RenamePasskey passkey={id} name={name} />
                  {!onlyWayIn && <RemovePasskey passkey={id} name={name} />}
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      )}
    </Panel>
  );
}

const NONE = "You have none yet. Phones, computers and password managers can keep one.";
const NOT_HERE = "Passkeys belong to a host name, and this panel is opened at an IP address.";
