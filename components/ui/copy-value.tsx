/** A value to be pasted elsewhere, with a button that copies it. */
"use client";
import { Button } from "./button.tsx";
import { copyText } from "./copy-text.ts";
import { Copy } from "./icons.tsx";

export interface CopyValueProps {
  value: string;
  /** What it is: "The name". */
  label: string;
}

export function CopyValue({ value, label }: CopyValueProps) {
  return (
    <span className="flex min-w-0 items-center gap-1">
      <code className="min-w-0 rounded-sm bg-line2 px-1.5 py-0.5 font-mono text-[0.95em] break-all">{value}</code>
      <Button
        variant="ghost"
        size="sm"
        aria-label={`Copy: ${label.toLowerCase()}`}
        onClick={() => copyText(value, `${label} is copied`)}
      >
        <Copy aria-hidden="true" />
      </Button>
    </span>
  );
}
