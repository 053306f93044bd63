/** What the draft changes or removes that is not on this page of the table. */
"use client";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import type { EditorRow } from "./editor-rows.ts";
import { plainContent } from "./record-content.tsx";
import { rowLabel } from "./record-rows.tsx";

export interface DraftElsewhereProps {
  rows: readonly EditorRow[];
  onEdit: (row: EditorRow) => void;
  onRevert: (row: EditorRow) => void;
}

export function DraftElsewhere({ rows, onEdit, onRevert }: DraftElsewhereProps) {
  if (rows.length === 0) return null;
  return (
    <section aria-label="Also in this draft" className="mb-2.5 rounded-lg border border-line bg-panel px-3 py-2">
      <h2 className="text-xs font-medium text-dim">Also in this draft</h2>
      <ul>
        {rows.map((row) => (
          <li key={row.key} className="flex min-h-8 flex-wrap items-center gap-x-3">
            <Badge tone={row.kind === "removed" ? "bad" : "warn"}>
              {row.kind === "removed" ? "Removed" : "Changed"}
            </Badge>
            <span className="font-mono wrap-anywhere">{rowLabel(row)}</span>
            <span className="min-w-0 flex-1 truncate font-mono text-faint">
              {(row.after ?? row.before)?.records.map((record) => plainContent(row.type, record.content)).join(", ")}
            </span>
            {row.kind === "changed" && (
              <Button size="sm" variant="ghost" aria-label={`Edit ${rowLabel(row)}`} onClick={() => onEdit(row)}>
                Edit
              </Button>
            )}
            <Button
              size="sm"
              variant="ghost"
              aria-label={row.kind === "removed" ? `Keep ${rowLabel(row)}` : `Undo changes to ${rowLabel(row)}`}
              onClick={() => onRevert(row)}
            >
              {row.kind === "removed" ? "Keep" : "Undo"}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
