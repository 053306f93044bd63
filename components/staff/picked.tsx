/** Several of many, chosen one after the other by a search. */
"use client";
import { useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { Plus, X } from "#components/ui/icons.tsx";
import { PickButton, type PickButtonProps } from "#components/ui/pick-button.tsx";

export interface Named {
  id: string;
  name: string;
}

export interface PickedProps extends Pick<PickButtonProps, "title" | "search" | "find"> {
  label: string;
  items: readonly Named[];
  onChange: (items: readonly Named[]) => void;
  /** The permission that adding one needs, where it is missing. */
  lacks: string | null;
}

export function Picked({ label, items, onChange, lacks, ...pick }: PickedProps) {
  const group = useRef<HTMLFieldSetElement>(null);
  const remove = (gone: Named) => {
    onChange(items.filter((one) => one !== gone));
    // The button that was pressed goes with what it stood beside.
    group.current?.focus();
  };
  return (
    <fieldset ref={group} tabIndex={-1} className="min-w-0">
      <legend className="mb-1 font-medium">{label}</legend>
      <div className="flex flex-wrap items-center gap-1.5">
        {items.map((one) => (
          <span
            key={one.id}
            className="inline-flex min-w-0 items-center rounded-md border border-line bg-bg ps-2 wrap-anywhere"
          >
            {one.name}
            <Button variant="ghost" size="icon-sm" aria-label={`Remove ${one.name}`} onClick={() => remove(one)}>
              <X aria-hidden="true" />
            </Button>
          </span>
        ))}
        {lacks === null && (
          <PickButton
            {...pick}
            size="sm"
            chosen={items.map(({ id }) => id)}
            onPick={({ value, label: name }) => {
              if (!items.some(({ id }) => id === value)) onChange([...items, { id: value, name }]);
            }}
          >
            <Plus aria-hidden="true" />
            {pick.title}
          </PickButton>
        )}
      </div>
      {lacks !== null && <p className="mt-1 text-xs text-faint">Adding one needs {lacks}.</p>}
    </fieldset>
  );
}
