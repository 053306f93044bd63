/** What can be done with the selected rows. */
"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import type { Ttl } from "#lib/dns/rrset.ts";
import { changeable, removable, switchable } from "./bulk.ts";
import type { EditorRow } from "./editor-rows.ts";
import { parseTtl } from "./form-state.ts";

export interface BulkBarProps {
  rows: readonly EditorRow[];
  auto: boolean;
  mayDisable: boolean;
  onTtl: (rows: readonly EditorRow[], ttl: Ttl) => void;
  onServed: (rows: readonly EditorRow[], served: boolean) => void;
  onRemove: (rows: readonly EditorRow[]) => void;
  onCopy: () => void;
  onClear: () => void;
}

export function BulkBar({ rows, auto, mayDisable, onTtl, onServed, onRemove, onCopy, onClear }: BulkBarProps) {
  const [ttl, setTtl] = useState<string | null>(null);
  const wanted = ttl === null ? null : parseTtl(ttl, auto);
  const [toChange, toSwitch, toRemove] = [changeable(rows), switchable(rows), removable(rows)];
  const of = (some: readonly EditorRow[]) => (some.length === rows.length ? "" : ` (${some.length})`);
  return (
    <section
      aria-label="Selected records"
      className="sticky top-2 z-10 mb-2.5 flex flex-wrap items-center gap-2 rounded-lg border border-accent bg-panel px-3 py-2 shadow-lg"
    >
      <strong className="me-1 font-semibold tabular-nums">{rows.length} selected</strong>
      {ttl === null ? (
        toChange.length > 0 && (
          <Button size="sm" onClick={() => setTtl("")}>
            Change TTL{of(toChange)}
          </Button>
        )
      ) : (
        <form
          className="flex gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (wanted === null) return;
            onTtl(toChange, wanted);
            setTtl(null);
          }}
        >
          <Input
            aria-label="New TTL"
            aria-invalid={ttl !== "" && wanted === null ? true : undefined}
            autoFocus
            mono
            className="w-28"
            placeholder="300 or 5m"
            autoComplete="off"
            value={ttl}
            onChange={(event) => setTtl(event.target.value)}
            onKeyDown={(event) => event.key === "Escape" && setTtl(null)}
          />
          <Button type="submit" variant="primary" disabled={wanted === null}>
            Set TTL
          </Button>
        </form>
      )}
      {mayDisable && toSwitch.length > 0 && (
        <>
          <Button size="sm" onClick={() => onServed(toSwitch, false)}>
            Disable{of(toSwitch)}
          </Button>
          <Button size="sm" onClick={() => onServed(toSwitch, true)}>
            Enable{of(toSwitch)}
          </Button>
        </>
      )}
      {toRemove.length > 0 && (
        <Button size="sm" onClick={() => onRemove(toRemove)}>
          Remove{of(toRemove)}
        </Button>
      )}
      <Button size="sm" onClick={onCopy}>
        Copy
      </Button>
      <Button size="sm" variant="ghost" className="ms-auto" onClick={onClear}>
        Clear selection
      </Button>
    </section>
  );
}
