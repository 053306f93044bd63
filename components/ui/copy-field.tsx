/** A value to take elsewhere: read-only, selected as a whole, with a button that copies it. */
"use client";
import { Button } from "./button.tsx";
import { copyText } from "./copy-text.ts";
import { Field } from "./field.tsx";
import { Copy } from "./icons.tsx";
import { Input } from "./input.tsx";

export interface CopyFieldProps {
  /** What it is: "Token". */
  label: string;
  value: string;
}

export function CopyField({ label, value }: CopyFieldProps) {
  return (
    <div className="flex items-end gap-2">
      <Field label={label} className="min-w-0 flex-1">
        <Input mono readOnly value={value} onFocus={(event) => event.currentTarget.select()} />
      </Field>
      <Button onClick={() => copyText(value, `${label} copied`)}>
        <Copy aria-hidden="true" />
        Copy
      </Button>
    </div>
  );
}
