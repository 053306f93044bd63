/** Lines for a template from what mail hosts ask for, and from choices: chosen, filled in, and inserted. */
"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { presets } from "#lib/dns/templates/presets.ts";

const groups = ["Mail hosts", "Protection"] as const;

export function PresetLines({ onInsert }: { onInsert: (lines: readonly string[]) => void }) {
  const [id, setId] = useState("");
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const preset = presets.find((one) => one.id === id);
  const set = (name: string, value: string) => setValues((before) => ({ ...before, [name]: value }));
  return (
    <fieldset className="flex flex-col gap-3 rounded-lg border border-line bg-bg p-3">
      <legend className="sr-only">Insert records</legend>
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Insert records for" className="min-w-48 flex-1">
          <Select
            value={id}
            onChange={(event) => {
              setId(event.target.value);
              setValues({});
            }}
            placeholder="Choose a mail host or a protection"
          >
            {groups.map((group) => (
              <optgroup key={group} label={group}>
                {presets
                  .filter((one) => one.group === group)
                  .map((one) => (
                    <option key={one.id} value={one.id}>
                      {one.label}
                    </option>
                  ))}
              </optgroup>
            ))}
          </Select>
        </Field>
        <Button
          disabled={!preset}
          onClick={() => {
            if (!preset) return;
            onInsert(preset.lines(values));
            setId("");
          }}
        >
          Insert
        </Button>
      </div>
      {preset && preset.fields.length > 0 && (
        <div className="grid gap-3 sm:grid-cols-2">
          {preset.fields.map(({ name, label, hint, optional, options }) => (
            <Field key={`${id} ${name}`} label={label} hint={hint} optional={optional ?? false}>
              {options ? (
                <Select
                  value={values[name] ?? options[0]?.value ?? ""}
                  onChange={(event) => set(name, event.target.value)}
                  options={options}
                />
              ) : (
                <Input
                  mono
                  value={values[name] ?? ""}
                  autoComplete="off"
                  spellCheck={false}
                  onChange={(event) => set(name, event.target.value)}
                />
              )}
            </Field>
          ))}
        </div>
      )}
    </fieldset>
  );
}
