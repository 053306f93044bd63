/** A button that opens a search for one of many. */
"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button, type ButtonProps } from "./button.tsx";
import type { PickDialogProps } from "./pick-dialog.tsx";

const PickDialog = dynamic(() => import("./pick-dialog.tsx").then((module) => module.PickDialog));

export interface PickButtonProps extends Omit<ButtonProps, "onClick" | "title">, Omit<PickDialogProps, "onClose"> {}

export function PickButton({ title, search, find, chosen, first, onPick, ...button }: PickButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button {...button} aria-haspopup="dialog" onClick={() => setOpen(true)} />
      {open && <PickDialog {...{ title, search, find, chosen, first, onPick }} onClose={() => setOpen(false)} />}
    </>
  );
}
