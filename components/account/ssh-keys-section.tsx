/** One's SSH keys: a way to the files of servers, over SFTP. */
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { AddSshKey, RemoveSshKey } from "./ssh-keys-actions.tsx";

export async function SshKeysSection() {
  const { items } = await load((api) => api.sshKeys.list({}));
  const now = Date.now();
  return (
    <Panel
      title="SSH keys"
      description="With one of these keys you reach the files of servers over SFTP, wherever you may use them."
      actions={<AddSshKey />}
    >
      {items.length === 0 ? (
        <p className="text-dim">No SSH key is kept here yet.</p>
      ) : (
        <Table label="SSH keys" stack>
          <THead>
            <Th>Name</Th>
            <Th>Fingerprint</Th>
            <Th>Added</Th>
            <Th hidden>Actions</Th>
          </THead>
          <TBody>
            {items.map(({ id, name, fingerprint, createdAt }) => (
              <Tr key={id}>
                <Td className="font-medium wrap-anywhere">{name}</Td>
                <Td label="Fingerprint" mono dim className="break-all">
                  {fingerprint}
                </Td>
                <Td label="Added" dim>
                  <Time at={createdAt} now={now} />
                </Td>
                <Td align="end" className="py-[3px]!">
                  <RemoveSshKey id={id} name={name} />
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      )}
    </Panel>
  );
}
