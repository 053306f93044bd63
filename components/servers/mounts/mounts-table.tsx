/** Mounts with what each is, and the buttons that give and take them. */
"use client";
import { useRouter } from "next/navigation";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";

type Mount = Outputs["servers"]["mounts"]["list"]["items"][number];

export interface MountsTableProps {
  server: string;
  items: readonly Mount[];
  /** They can only be looked at. */
  locked: boolean;
}

export function MountsTable({ server, items, locked }: MountsTableProps) {
  const router = useRouter();
  const { pending, failure, run } = useAction();
  const change = async ({ id, name, on }: Mount) => {
    const given = { server, mount: id };
    const outcome = await run((api) => (on ? api.servers.mounts.take(given) : api.servers.mounts.give(given)));
    if (!outcome?.ok) return;
    toast(on ? `${name} is taken away` : `${name} is given`);
    router.refresh();
  };
  const sources = items.some(({ source }) => source !== null);
  return (
    <div className="flex max-w-[960px] flex-col gap-3">
      <p className="text-dim">
        Folders of the node that the server sees besides its own files. A change counts from its next start.
      </p>
      {failure && <FailureBanner failure={failure} />}
      <Table label="Mounts" stack>
        <THead>
          <Th>Name</Th>
          <Th>Seen at</Th>
          {sources && <Th>Folder of the node</Th>}
          <Th>Files there</Th>
          <Th>State</Th>
          <Th align="end">
            <span className="sr-only">What can be done</span>
          </Th>
        </THead>
        <TBody>
          {items.map((mount) => (
            <Tr key={mount.id}>
              <Td className="wrap-anywhere">{mount.name}</Td>
              <Td label="Seen at" mono className="wrap-anywhere">
                {mount.target}
              </Td>
              {sources && (
                <Td label="Folder of the node" mono dim className="wrap-anywhere">
                  {mount.source}
                </Td>
              )}
              <Td label="Files there">{mount.readOnly ? "Can be read" : "Can be read and changed"}</Td>
              <Td label="State">
                <StateOf mount={mount} />
              </Td>
              <Td align="end">
                {!locked && mount.theirs && (
                  <Button
                    size="sm"
                    disabled={pending}
                    aria-label={`${mount.on ? "Take away" : "Give"} ${mount.name}`}
                    onClick={() => change(mount)}
                  >
                    {mount.on ? "Take away" : "Give"}
                  </Button>
                )}
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
    </div>
  );
}

function StateOf({ mount: { on, fits } }: { mount: Mount }) {
  if (!on) return <Badge>Not given</Badge>;
  return fits ? <Badge tone="ok">Given</Badge> : <Badge tone="warn">Not for its node or egg</Badge>;
}
