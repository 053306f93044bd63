/** Somebody else changed an RRset after the draft saw it: the three states, and the two ways on. */
"use client";
import { Button } from "#components/ui/button.tsx";
import { relativeName } from "#lib/dns/name.ts";
import type { DraftEntry } from "./draft.ts";
import { rowLabel } from "./record-rows.tsx";
import type { Conflict } from "./review-state.ts";
import { columnOf } from "./rrset-column.tsx";

export interface ReviewConflictProps {
  conflict: Conflict;
  entry: DraftEntry | undefined;
  apex: string;
  onRebase: () => void;
  onDrop: () => void;
}

export function ReviewConflict({ conflict, entry, apex, onRebase, onDrop }: ReviewConflictProps) {
  const label = rowLabel({ relative: relativeName(conflict.name, apex), type: conflict.type });
  const yours = entry ? entry.wanted : conflict.yours;
  return (
    <li className="rounded-lg border border-warn/40 bg-warn-bg p-2.5">
      <p className="mb-2">
        <strong className="font-mono font-semibold wrap-anywhere">{label}</strong> was changed by somebody else since
        you saw it.
      </p>
      <dl className="grid gap-2 sm:grid-cols-3">
        {columnOf("Now", conflict.now, conflict.type)}
        {columnOf("Yours", yours, conflict.type)}
        {columnOf("Before", entry?.seen?.rrset ?? null, conflict.type)}
      </dl>
      <div className="mt-2.5 flex flex-wrap gap-2">
        <Button size="sm" onClick={onRebase} aria-label={`Rebase onto what is there now: ${label}`}>
          Rebase onto what is there now
        </Button>
        <Button size="sm" onClick={onDrop} aria-label={`Drop my change: ${label}`}>
          Drop my change
        </Button>
      </div>
    </li>
  );
}
