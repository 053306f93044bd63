/** A value that privacy mode may have masked: it can be shown by itself, which is noted in the audit log. */
"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { TabId } from "#lib/staff/tabs.ts";

export interface PrivateValueProps {
  tab: TabId;
  /** The row's id. */
  id: string;
  /** The path of the field in the row: `email`, `sessions.0.address`. */
  field: string;
  /** What it is, for the button: "the e-mail address". */
  label: string;
  value: string;
}

/** Whether privacy mode has masked the text. */
export const isMasked = (text: string): boolean => text.includes("•");

export function PrivateValue({ tab, id, field, label, value }: PrivateValueProps) {
  const [shown, setShown] = useState<string | null>(null);
  const { pending, run } = useAction();
  if (shown !== null || !isMasked(value)) return <span>{shown ?? value}</span>;
  const reveal = async () => {
    const outcome = await run((api) => api.staff.reveal({ tab, id, field }));
    if (outcome?.ok) setShown(outcome.value.value ?? "");
    else if (outcome) toast(outcome.failure.message, { tone: "bad" });
  };
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      {value}
      <Button size="sm" variant="ghost" pending={pending} onClick={reveal} aria-label={`Show ${label}`}>
        Show
      </Button>
    </span>
  );
}
