/** Entries of the audit log about one thing, part by part. */
"use client";
import { Badge } from "#components/ui/badge.tsx";
import { Code } from "#components/ui/code.tsx";
import { type Columns, ColumnTable } from "#components/ui/column-table.tsx";
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
  const columns: Columns<Entry> = [
    {
      label: "What",
      cell: ({ action, outcome }) => (
        <>
          <Code>{action}</Code> {outcome === "refused" && <Badge tone="bad">Refused</Badge>}
        </>
      ),
    },
    {
      label: "Who",
      cell: ({ actor, asStaff }) => (
        <>
          {actor} {asStaff && <Badge tone="accent">Staff</Badge>}
        </>
      ),
    },
    { label: "About", dim: true, cell: ({ target }) => target },
    { label: "When", dim: true, cell: ({ at }) => <Time at={at} now={now} /> },
  ];
  return (
    <PartList of={of} call={call} empty="Nothing yet.">
      {(items) => <ColumnTable label="History" columns={columns} items={items} keyOf={({ id }) => id} inPanel />}
    </PartList>
  );
}
