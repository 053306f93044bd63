/** Databases in rows: where they are, and what can be done with them. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { RowActions } from "#components/ui/row-actions.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { kindNames, stateNames } from "./database-words.ts";

const CredentialsDialog = dynamic(() => import("./credentials-dialog.tsx").then((module) => module.CredentialsDialog));

type Database = Outputs["servers"]["databases"]["list"]["items"][number];
type Shown = Outputs["servers"]["databases"]["credentials"];

export function DatabaseList({ server, items, now }: { server: string; items: readonly Database[]; now: number }) {
  const router = useRouter();
  const [shown, setShown] = useState<Shown | null>(null);
  const { failure, run } = useAction();
  const show = async ({ id }: Database) => {
    const got = await run((api) => api.servers.databases.credentials({ server, database: id }));
    if (got?.ok) setShown(got.value);
  };
  return (
    <>
      {failure && (
        <div className="mb-2.5">
          <FailureBanner failure={failure} />
        </div>
      )}
      <Table label="Databases" stack className="[&_td]:align-middle">
        <THead>
          <Th>Name</Th>
          <Th>Host</Th>
          <Th>User name</Th>
          <Th>Made</Th>
          <Th hidden>Actions</Th>
        </THead>
        <TBody>
          {items.map((database) => (
            <Tr key={database.id}>
              <Td className="font-mono font-medium wrap-anywhere">{database.name}</Td>
              <Td label="Host" className="wrap-anywhere">
                <span className="font-mono">
                  {database.host}
                  <wbr />:{database.port}
                </span>
                <span className="ms-1.5 text-dim">{kindNames[database.kind]}</span>
              </Td>
              <Td label="User name" mono dim className="wrap-anywhere">
                {database.username}
              </Td>
              <Td label="Made" dim>
                <Time at={database.createdAt} now={now} />
              </Td>
              <Td>
                {database.state === "ready" ? (
                  <RowActions>
                    <Button
                      variant="ghost"
                      size="sm"
                      aria-label={`Credentials of ${database.name}`}
                      aria-haspopup="dialog"
                      onClick={() => show(database)}
                    >
                      Credentials
                    </Button>
                    <ConfirmButton
                      label="New password"
                      accessibleLabel={`New password for ${database.name}`}
                      button={{ variant: "ghost", size: "sm" }}
                      title={`Give ${database.name} a new password?`}
                      confirm="Change the password"
                      tone="primary"
                      call={(api) => api.servers.databases.rotate({ server, database: database.id })}
                      onDone={() => {
                        toast("The password is changed");
                        router.refresh();
                      }}
                    >
                      Whatever uses the old one does not get in any more, until it is told the new one.
                    </ConfirmButton>
                    <ConfirmButton
                      label="Delete"
                      accessibleLabel={`Delete ${database.name}`}
                      button={{ variant: "ghost", size: "sm" }}
                      title={`Delete ${database.name}?`}
                      confirm="Delete database"
                      typeName={database.name}
                      call={(api) =>
                        api.servers.databases.remove({ server, database: database.id, name: database.name })
                      }
                      onDone={() => {
                        toast(`${database.name} is being deleted`);
                        router.refresh();
                      }}
                    >
                      Everything in it is lost. Nothing brings it back.
                    </ConfirmButton>
                  </RowActions>
                ) : (
                  <span className="flex sm:justify-end">
                    <Badge tone={database.state === "creating" ? "accent" : "warn"}>{stateNames[database.state]}</Badge>
                  </span>
                )}
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
      {shown && <CredentialsDialog shown={shown} onClose={() => setShown(null)} />}
    </>
  );
}
