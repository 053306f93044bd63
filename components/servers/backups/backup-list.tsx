/** Backups in rows: how they are, and what can be done with them. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { Lock } from "#components/ui/icons.tsx";
import { RowActions, RowButton } from "#components/ui/row-actions.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { formatBytes } from "../bytes.ts";

const RestoreDialog = dynamic(() => import("./backup-dialogs.tsx").then((module) => module.RestoreDialog));

interface Backup {
  id: string;
  name: string;
  state: "making" | "done" | "failed" | "deleting";
  locked: boolean;
  checksum: string | null;
  bytes: number | null;
  createdBy: string | null;
  createdAt: number;
  here: boolean;
}

interface BackupListProps {
  server: string;
  /** Of the server. */
  name: string;
  items: readonly Backup[];
  now: number;
}

const STATES: Readonly<Record<Backup["state"], { tone: Tone; word: string }>> = {
  making: { tone: "accent", word: "Being made" },
  done: { tone: "ok", word: "Done" },
  failed: { tone: "bad", word: "Failed" },
  deleting: { tone: "warn", word: "Being deleted" },
};

export function BackupList({ server, name, items, now }: BackupListProps) {
  const router = useRouter();
  const [restoring, setRestoring] = useState<Backup | null>(null);
  const { failure, run } = useAction();
  const download = async ({ id }: Backup) => {
    const got = await run((api) => api.servers.backups.download({ server, backup: id }));
    if (got?.ok) window.location.assign(got.value.address);
  };
  const lock = async ({ id, locked }: Backup) => {
    const done = await run((api) => api.servers.backups.lock({ server, backup: id, locked: !locked }));
    if (done?.ok) router.refresh();
  };
  return (
    <>
      {failure && (
        <div className="mb-2.5">
          <FailureBanner failure={failure} />
        </div>
      )}
      <Table label="Backups" stack className="[&_td]:align-middle">
        <THead>
          <Th>Name</Th>
          <Th>State</Th>
          <Th align="end">Size</Th>
          <Th>Made</Th>
          <Th>By</Th>
          <Th hidden>Actions</Th>
        </THead>
        <TBody>
          {items.map((backup) => (
            <Tr key={backup.id}>
              <Td className="wrap-anywhere" title={backup.checksum ?? undefined}>
                <span className="font-medium">{backup.name}</span>
                {backup.locked && (
                  <span className="ms-1.5 inline-flex items-center gap-1 text-dim">
                    <Lock aria-hidden="true" className="size-3.5" />
                    Locked
                  </span>
                )}
              </Td>
              <Td label="State">
                {backup.here ? (
                  <Badge tone={STATES[backup.state].tone}>{STATES[backup.state].word}</Badge>
                ) : (
                  <Badge tone="warn">Gone with the move</Badge>
                )}
              </Td>
              <Td label="Size" align="end" dim className="whitespace-nowrap tabular-nums">
                {backup.bytes !== null && formatBytes(backup.bytes)}
              </Td>
              <Td label="Made" dim>
                <Time at={backup.createdAt} now={now} />
              </Td>
              <Td label="By" dim>
                {backup.createdBy}
              </Td>
              <Td>
                <RowActions>
                  {backup.state === "done" && backup.here && (
                    <>
                      <RowButton about={backup.name} onClick={() => download(backup)}>
                        Download
                      </RowButton>
                      <RowButton about={backup.name} onClick={() => lock(backup)}>
                        {backup.locked ? "Unlock" : "Lock"}
                      </RowButton>
                      <RowButton about={backup.name} onClick={() => setRestoring(backup)} opens>
                        Restore
                      </RowButton>
                    </>
                  )}
                  {(!backup.locked || !backup.here) && (
                    <ConfirmButton
                      label={backup.here ? "Delete" : "Take off the list"}
                      accessibleLabel={backup.here ? `Delete ${backup.name}` : `Take off the list: ${backup.name}`}
                      button={{ variant: "ghost", size: "sm" }}
                      title={backup.here ? `Delete ${backup.name}?` : `Take ${backup.name} off the list?`}
                      confirm={backup.here ? "Delete backup" : "Take it off"}
                      call={(api) => api.servers.backups.remove({ server, backup: backup.id })}
                      onDone={() => {
                        toast(backup.here ? `${backup.name} was deleted` : `${backup.name} is off the list`);
                        router.refresh();
                      }}
                    >
                      {backup.here
                        ? "It is deleted on the node. Nothing brings it back."
                        : "It stayed behind when the server moved to another node, and was deleted there."}
                    </ConfirmButton>
                  )}
                </RowActions>
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
      {restoring && (
        <RestoreDialog server={server} serverName={name} backup={restoring} onClose={() => setRestoring(null)} />
      )}
    </>
  );
}
