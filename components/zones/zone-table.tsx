/** Zones in rows: where they are kept, how they stand, and what one may do in them. */

import { levelNames, organisationPath } from "#components/organisations/words.ts";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Ladder } from "#components/ui/ladder.tsx";
import { type ListState, sortLink } from "#components/ui/list-state.ts";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { stepsOfLevel, zonePath } from "#components/zone/zone-view.ts";
import type { Outputs } from "#lib/api/outputs.ts";

export type ZoneSummary = Outputs["dns"]["list"]["items"][number];

export interface ZoneTableProps {
  zones: readonly ZoneSummary[];
  /** Names the organisation of each. */
  organisations?: boolean;
  /** Makes the headings sort. */
  list?: ListState;
}

export function ZoneTable({ zones, organisations, list }: ZoneTableProps) {
  return (
    <Table label="DNS zones" stack>
      <THead>
        <Th sort={list && sortLink(list, "name")}>Zone</Th>
        {organisations && <Th>Organisation</Th>}
        <Th>Connection</Th>
        <Th align="end" sort={list && sortLink(list, "recordCount")}>
          Records
        </Th>
        <Th>Status</Th>
        <Th>Your level</Th>
      </THead>
      <TBody>
        {zones.map((zone) => (
          <Tr key={zone.id}>
            <Td>
              <ZoneName zone={zone} />
            </Td>
            {organisations && (
              <Td label="Organisation">
                {zone.organisation.open ? (
                  <TextLink tone="dim" href={organisationPath(zone.organisation.handle)}>
                    {zone.organisation.name}
                  </TextLink>
                ) : (
                  <span className="text-dim">{zone.organisation.name}</span>
                )}
              </Td>
            )}
            <Td label="Connection" dim>
              {zone.connectionLabel}
            </Td>
            <Td label="Records" align="end" mono>
              {zone.recordCount.toLocaleString("en-GB")}
            </Td>
            <Td label="Status">
              <Badge tone={statuses[zone.status].tone}>{statuses[zone.status].name}</Badge>
            </Td>
            <Td label="Your level">
              <Ladder
                value={stepsOfLevel(zone.level)}
                label={zone.narrowed ? `${levelNames[zone.level]}, narrowed` : levelNames[zone.level]}
              />
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

const statuses: Record<ZoneSummary["status"], { name: string; tone: Tone }> = {
  active: { name: "Active", tone: "ok" },
  pending: { name: "Pending", tone: "warn" },
  error: { name: "Error", tone: "bad" },
};

function ZoneName({ zone }: { zone: ZoneSummary }) {
  const ascii = zone.name.replace(/\.$/, "");
  return (
    <>
      <TextLink tone="plain" href={zonePath(zone.organisation.handle, ascii)} className="font-mono font-medium">
        {zone.displayName}
      </TextLink>
      {ascii !== zone.displayName && <span className="ms-2 font-mono text-faint">{ascii}</span>}
      {zone.statusMessage && (
        <span className={zone.status === "error" ? "block text-xs text-bad" : "block text-xs text-faint"}>
          {zone.statusMessage}
        </span>
      )}
    </>
  );
}
