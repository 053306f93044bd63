/** Zones that were deleted and can still be brought back, for those who may. */
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { BringBack } from "./bring-back.tsx";

export interface DeletedZonesProps {
  organisation: string;
  page: Outputs["dns"]["deleted"];
  now: number;
}

export function DeletedZones({ organisation, page, now }: DeletedZonesProps) {
  return (
    <Panel
      flush
      className="mt-6"
      title="Deleted zones"
      description="They can be brought back with their records and history, unless somebody else has the name by then."
    >
      <Table label="Deleted zones" stack>
        <THead>
          <Th>Zone</Th>
          <Th>Connection</Th>
          <Th align="end">Records</Th>
          <Th>Deleted</Th>
          <Th>Gone for good</Th>
          <Th>
            <span className="sr-only">Actions</span>
          </Th>
        </THead>
        <TBody>
          {page.items.map((zone) => (
            <Tr key={zone.id}>
              <Td>
                <span className="font-mono font-medium wrap-anywhere">{zone.displayName}</span>
                {zone.deletedAt === "panel" && (
                  <span className="block text-xs text-faint">Only taken off the panel; it stays at its provider.</span>
                )}
              </Td>
              <Td label="Connection" dim>
                {zone.connectionLabel}
              </Td>
              <Td label="Records" align="end" mono>
                {zone.recordCount.toLocaleString("en-GB")}
              </Td>
              <Td label="Deleted" dim>
                <Time at={zone.at} now={now} /> by {zone.by}
              </Td>
              <Td label="Gone for good" dim>
                <Time at={zone.until} now={now} />
              </Td>
              <Td align="end">
                <BringBack organisation={organisation} deleted={zone.id} name={zone.displayName} />
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
      {page.total > page.items.length && (
        <p className="px-4 py-2.5 text-faint">and {page.total - page.items.length} more</p>
      )}
    </Panel>
  );
}
