/** Search and filters, and what adds records. */
"use client";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { ClipboardPaste, Keyboard, Plus } from "#components/ui/icons.tsx";
import { Kbd } from "#components/ui/kbd.tsx";

export interface EditorToolsProps {
  tools: ReactNode;
  onPaste: () => void;
  onAdd: () => void;
  onKeys: () => void;
}

export function EditorTools({ tools, onPaste, onAdd, onKeys }: EditorToolsProps) {
  return (
    <div className="mb-2.5 flex flex-wrap items-center gap-2">
      {tools}
      <div className="ms-auto flex shrink-0 gap-2 max-sm:w-full max-sm:*:flex-1">
        <Button
          variant="ghost"
          size="icon"
          aria-label="Keys"
          aria-keyshortcuts="?"
          className="pointer-coarse:hidden"
          onClick={onKeys}
        >
          <Keyboard aria-hidden="true" />
        </Button>
        <Button onClick={onPaste}>
          <ClipboardPaste aria-hidden="true" />
          Paste records
        </Button>
        <Button variant="primary" onClick={onAdd} aria-keyshortcuts="n">
          <Plus aria-hidden="true" />
          Add record
          <span aria-hidden="true" className="pointer-coarse:hidden">
            <Kbd inherit>n</Kbd>
          </span>
        </Button>
      </div>
    </div>
  );
}
