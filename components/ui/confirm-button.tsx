/** A button that asks before it acts. The dialog loads when it opens. */
"use client";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { type Api, attempt } from "./attempt.ts";
import type { ButtonProps } from "./button.tsx";
import { Button } from "./button.tsx";
import type { ConfirmDialogProps } from "./confirm-dialog.tsx";

const ConfirmDialog = dynamic(() => import("./confirm-dialog.tsx").then((module) => module.ConfirmDialog));

export interface ConfirmButtonProps<T> extends Pick<ConfirmDialogProps, "title" | "confirm" | "tone" | "typeName"> {
  label: ReactNode;
  /** Says whom or what it is about, where the label alone does not. */
  accessibleLabel?: string;
  button?: Pick<ButtonProps, "variant" | "size" | "className">;
  call: (api: Api) => Promise<T>;
  onDone: (value: T) => void;
  /** What will be lost. */
  children?: ReactNode;
}

export function ConfirmButton<T>(props: ConfirmButtonProps<T>) {
  const { label, accessibleLabel, button, call, onDone, children, ...dialog } = props;
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button {...button} aria-haspopup="dialog" aria-label={accessibleLabel} onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open && (
        <ConfirmDialog {...dialog} open onOpenChange={setOpen} onConfirm={async () => onDone(await attempt(call))}>
          {children}
        </ConfirmDialog>
      )}
    </>
  );
}
