/** The catalogue of permissions by category, each with what it opens, to pick from. */
"use client";
import { Badge } from "#components/ui/badge.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Code } from "#components/ui/code.tsx";
import type { Catalogue } from "./role-grants.tsx";

export interface GrantPickerProps {
  catalogue: Catalogue;
  grants: readonly string[];
  onChange: (grants: readonly string[]) => void;
}

export function GrantPicker({ catalogue, grants, onChange }: GrantPickerProps) {
  const categories = [...Map.groupBy(catalogue, ({ category }) => category)];
  const toggle = (value: string) =>
    onChange(grants.includes(value) ? grants.filter((grant) => grant !== value) : [...grants, value]);
  return (
    <fieldset className="rounded-md border border-line">
      <legend className="sr-only">Pick from the catalogue</legend>
      {categories.map(([category, entries]) => {
        const picked = entries.filter(({ value }) => grants.includes(value)).length;
        return (
          <details key={category} className="border-line2 not-last:border-b">
            <summary className="cursor-pointer px-3 py-2 font-medium">
              {category} {picked > 0 && <Badge tone="accent">{picked}</Badge>}
            </summary>
            <div className="grid gap-x-6 gap-y-2 px-3 pt-2 pb-3 sm:grid-cols-2">
              {entries.map(({ value, description, staff }) => (
                <Checkbox
                  key={value}
                  label={
                    <>
                      <Code>{value}</Code> {staff && <Badge>Staff</Badge>}
                    </>
                  }
                  hint={description}
                  checked={grants.includes(value)}
                  onChange={() => toggle(value)}
                />
              ))}
            </div>
          </details>
        );
      })}
    </fieldset>
  );
}
