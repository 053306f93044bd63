/** The addresses of a server: which is the main one, and room for more. */
"use client";
import { useRouter } from "next/navigation";
import type { Api } from "#components/ui/attempt.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { Plus } from "#components/ui/icons.tsx";
import { RowActions } from "#components/ui/row-actions.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { addressOf } from "./words.tsx";

export interface NetworkTableProps {
  server: string;
  network: Outputs["servers"]["network"];
  /** It can only be read. */
  locked: boolean;
}

export function NetworkTable({ server, network: { items, limit }, locked }: NetworkTableProps) {
  const router = useRouter();
  const { pending, failure, run } = useAction();
  const act = async (call: (api: Api) => Promise<unknown>, done: string) => {
    const outcome = await run(call);
    if (!outcome?.ok) return;
    toast(done);
    router.refresh();
  };
  return (
    <div className="flex max-w-[880px] flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-dim">
          {items.length} of {limit} {limit === 1 ? "port" : "ports"}. The main one is told to the server when it starts.
        </p>
        {!locked && items.length < limit && (
          <Button
            variant="primary"
            disabled={pending}
            onClick={() => act((api) => api.servers.addPort({ server }), "It has another port")}
          >
            <Plus aria-hidden="true" />
            Add a port
          </Button>
        )}
      </div>
      {failure && <FailureBanner failure={failure} />}
      <Table label="Addresses" stack className="[&_td]:align-middle">
        <THead>
          <Th>Address</Th>
          <Th>Use</Th>
          <Th hidden>Actions</Th>
        </THead>
        <TBody>
          {items.map(({ id, host, port, primary }) => {
            const address = addressOf({ host, port });
            return (
              <Tr key={id}>
                <Td mono>{address}</Td>
                <Td label="Use">{primary ? <Badge tone="accent">Main</Badge> : "Additional"}</Td>
                <Td>
                  {!locked && !primary && (
                    <RowActions>
                      <Button
                        variant="ghost"
                        size="sm"
                        disabled={pending}
                        aria-label={`Make main: ${address}`}
                        onClick={() =>
                          act((api) => api.servers.setPrimary({ server, allocation: id }), "It is the main one now")
                        }
                      >
                        Make main
                      </Button>
                      <ConfirmButton
                        label="Remove"
                        accessibleLabel={`Remove ${address}`}
                        button={{ variant: "ghost", size: "sm" }}
                        title={`Remove ${address}?`}
                        confirm="Remove"
                        call={(api) => api.servers.removePort({ server, allocation: id })}
                        onDone={() => {
                          toast("Removed");
                          router.refresh();
                        }}
                      >
                        Whoever uses it cannot reach the server there any more, and another server may get it.
                      </ConfirmButton>
                    </RowActions>
                  )}
                </Td>
              </Tr>
            );
          })}
        </TBody>
      </Table>
    </div>
  );
}
