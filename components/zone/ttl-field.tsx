/** A TTL in seconds or as a time, with the usual ones to choose. */
"use client";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { parseTtl } from "./form-state.ts";

export interface TtlFieldProps {
  value: string;
  /** The provider can choose it. */
  auto: boolean;
  error?: string | undefined;
  onChange: (value: string) => void;
  onLeave: () => void;
}

const presets = [
  ["1 min", "60"],
  ["5 min", "300"],
  ["1 h", "3600"],
  ["1 day", "86400"],
] as const;

export function TtlField({ value, auto, error, onChange, onLeave }: TtlFieldProps) {
  const chosen = parseTtl(value, auto);
  const offered = auto ? ([["Automatic", "auto"], ...presets] as const) : presets;
  return (
    <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
      <Field label="TTL" error={error} className="w-40">
        <Input
          mono
          value={value}
          inputMode="text"
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
          onBlur={onLeave}
        />
      </Field>
      <fieldset className="flex flex-wrap gap-1 sm:mt-6">
        <legend className="sr-only">Usual times</legend>
        {offered.map(([label, ttl]) => (
          <Button
            key={ttl}
            size="sm"
            className="mt-0.5"
            aria-pressed={String(chosen) === ttl}
            onClick={() => onChange(ttl)}
          >
            {label}
          </Button>
        ))}
      </fieldset>
    </div>
  );
}
