/** Entries of the audit log about one thing, part by part. */
"use client";
import { Badge } from "#components/ui/badge.tsx";
import { Code } from "#components/ui/code.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { PartList, type PartListProps } from "./part-list.tsx";

type Entry = Outputs["organisations"]["historyOf"]["items"][number];

export interface TrailProps {
  of: string;
  call: PartListProps<Entry>["call"];
  now: number;
}

export function Trail({ of, call, now }: TrailProps) {
  return (
    <PartList of={of} call={call} empty="Nothing yet.">
      {(items) => (
        <Table label="History" stack className="rounded-none border-0">
          <THead>
            <Th>When</Th>
            <Th>Who</Th>
            <Th>What</Th>
            <Th>About</Th>
          </THead>
          <TBody>
            {items.map((entry) => (
              <Tr key={entry.id}>
                <Td dim>
                  <Time at={entry.at} now={now} />
                </Td>
                <Td label="Who" className="wrap-anywhere">
                  {entry.actor} {entry.asStaff && <Badge tone="accent">Staff</Badge>}
                </Td>
                <Td label="What" className="wrap-anywhere">
                  <Code>{entry.action}</Code> {entry.outcome === "refused" && <Badge tone="bad">Refused</Badge>}
                </Td>
                <Td label="About" dim className="wrap-anywhere">
                  {entry.target}
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      )}
    </PartList>
  );
}
