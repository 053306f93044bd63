/** A button with a dialog of some fields that one call answers. */
"use client";
import { type ReactNode, useState } from "react";
import { Button, type ButtonProps } from "#components/ui/button.tsx";
import { FormDialog, type FormDialogProps } from "#components/ui/form-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface FormButtonProps
  extends Pick<FormDialogProps<unknown>, "title" | "description" | "submit" | "size" | "call" | "children"> {
  label: ReactNode;
  variant?: ButtonProps["variant"];
  /** What is said when it is done. */
  done: string;
}

export function FormButton({ label, variant = "primary", done, ...dialog }: FormButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant={variant} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open && <FormDialog size="sm" {...dialog} onDone={() => toast(done)} onClose={() => setOpen(false)} />}
    </>
  );
}

/** What a `datetime-local` field has, as milliseconds; empty is null. */
export const timeOf = (text: string): number | null => (text === "" ? null : new Date(text).getTime());

/** The other way round, in the browser's own time. */
export function localTime(at: number | null): string {
  if (at === null) return "";
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
