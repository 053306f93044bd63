/** The field for a code of the authenticator app, or a recovery code in its place. */
"use client";
import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

const KINDS = {
  app: {
    label: "Code",
    hint: "Six digits, from your authenticator app.",
    instead: "Use a recovery code instead",
    typing: { inputMode: "numeric", autoComplete: "one-time-code" },
  },
  recovery: {
    label: "Recovery code",
    hint: "One of those that you kept when you set it up. Each works once.",
    instead: "Use a code of the app instead",
    typing: { inputMode: "text", autoComplete: "off" },
  },
} as const;

export interface CodeFieldProps {
  error: string | undefined;
  /** Takes the focus as it appears. */
  focus?: boolean;
  /** Of the input. */
  className?: string;
}

/** Its name in the form is `code`. */
export function CodeField({ error, focus, className }: CodeFieldProps) {
  const [kind, setKind] = useState<keyof typeof KINDS | null>(null);
  const { label, hint, instead, typing } = KINDS[kind ?? "app"];
  return (
    <div className="flex flex-col items-start gap-1.5">
      <Field key={kind} label={label} hint={hint} error={error} className="w-full">
        <Input
          ref={kind !== null || focus ? focusIt : undefined}
          name="code"
          mono
          required
          maxLength={40}
          className={className}
          {...typing}
        />
      </Field>
      <button type="button" onClick={() => setKind(kind === "recovery" ? "app" : "recovery")} className={INSTEAD}>
        {instead}
      </button>
    </div>
  );
}

/** Outside the component, so that it is called when the field appears and not when it changes. */
const focusIt = (input: HTMLInputElement | null): void => input?.focus();

const INSTEAD =
  "rounded-sm text-xs text-accent underline decoration-accent/40 underline-offset-[3px] hover:decoration-accent";
