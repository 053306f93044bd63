/** A TTL in seconds or as a time, with the usual ones to choose by pointer or with the arrow keys. */
"use client";
import type { KeyboardEvent } from "react";
import { cx } from "#components/ui/cx.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { parseTtl } from "./form-state.ts";

export interface TtlFieldProps {
  value: string;
  /** The provider can choose it. */
  auto: boolean;
  error?: string | undefined;
  className?: string;
  onChange: (value: string) => void;
  onLeave?: () => void;
}

const presets = [
  ["1m", "60"],
  ["5m", "300"],
  ["1h", "3600"],
  ["1d", "86400"],
] as const;

export function TtlField({ value, auto, error, className, onChange, onLeave }: TtlFieldProps) {
  const chosen = String(parseTtl(value, auto));
  const offered: readonly (readonly [string, string])[] = auto ? [["auto", "auto"], ...presets] : presets;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = offered.findIndex(([, ttl]) => ttl === chosen);
    const next = offered[Math.min(Math.max(at + step, 0), offered.length - 1)];
    if (next) onChange(next[1]);
  };
  return (
    <Field
      label="TTL"
      error={error}
      className={className}
      hint={
        <span className="flex flex-wrap gap-x-0.5">
          {offered.map(([label, ttl]) => (
            <button
              key={ttl}
              type="button"
              // The keyboard types a time, or steps through these with the arrows.
              tabIndex={-1}
              aria-pressed={chosen === ttl}
              onClick={() => onChange(ttl)}
              className={cx(
                "min-h-6 min-w-6 rounded-sm px-1 font-mono hover:bg-line2 hover:text-text pointer-coarse:min-h-10 pointer-coarse:min-w-10",
                chosen === ttl ? "text-accent" : "text-dim",
              )}
            >
              {label}
            </button>
          ))}
        </span>
      }
    >
      <Input
        data-focus="ttl"
        mono
        value={value}
        inputMode="text"
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={onLeave}
      />
    </Field>
  );
}
