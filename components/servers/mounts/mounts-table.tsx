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
import { MountCells, MountHeads } from "./mount-cells.tsx";

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
    <div className="flex flex-col gap-3">
      <p className="text-dim">
        Folders of the node that the server sees besides its own files. A change counts from its next start.
      </p>
      {failure && <FailureBanner failure={failure} />}
      <Table label="Mounts" stack>
        <THead>
          <MountHeads sources={sources} />
          <Th>Files there</Th>
          <Th>State</Th>
          <Th align="end">
            <span className="sr-only">What can be done</span>
          </Th>
        </THead>
        <TBody>
          {items.map((mount) => (
            <Tr key={mount.id}>
              <MountCells mount={mount} />
              <Td label="Files there" className="sm:min-w-[120px]">
                {mount.readOnly ? "Read only" : "Read and write"}
              </Td>
              <Td label="State">
                <StateOf mount={mount} />
              </Td>
              <Td align="end" dim>
                {!mount.theirs && "Only staff change it"}
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
  if (fits) return <Badge tone="ok">Given</Badge>;
  return (
    <>
      <Badge tone="warn">Without effect</Badge>
      <span className="block text-xs text-dim">It is not for this node and egg.</span>
    </>
  );
}
