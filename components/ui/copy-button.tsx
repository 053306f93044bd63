/** Copies a text and says that it did. */
"use client";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { cx } from "./cx.ts";

export interface CopyButtonProps {
  text: string;
  /** The accessible name, "Copy token". */
  label?: string;
  /** Shows the label beside the icon. */
  showLabel?: boolean;
  className?: string;
}

export function CopyButton({ text, label = "Copy", showLabel, className }: CopyButtonProps) {
  const [state, setState] = useState<"idle" | "done" | "failed">("idle");

  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2000);
    return () => clearTimeout(timer);
  }, [state]);

  const said = state === "done" ? "Copied" : state === "failed" ? "Could not copy" : label;
  return (
    <Button
      variant={showLabel ? "default" : "ghost"}
      size={showLabel ? "md" : "icon-sm"}
      title={showLabel ? undefined : said}
      className={cx(showLabel || "bg-bg", className)}
      onClick={async () => setState((await copy(text)) ? "done" : "failed")}
    >
      {state === "done" ? <Check aria-hidden="true" className="text-ok" /> : <Copy aria-hidden="true" />}
      <span aria-live="polite" className={cx(!showLabel && "sr-only")}>
        {said}
      </span>
    </Button>
  );
}

/** Over plain HTTP browsers offer no clipboard; a selected text field still copies. */
async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard)
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.style.cssText = "position:fixed;opacity:0";
  // Inside the dialog, if there is one: it keeps the focus to itself.
  (before?.closest("[role=dialog], [role=alertdialog]") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
