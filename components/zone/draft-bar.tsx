/** What the draft holds, at the bottom of the window, and the two ways out of it. */
"use client";
import { Button } from "#components/ui/button.tsx";
import { Redo2, Undo2 } from "#components/ui/icons.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { countsOf, type Draft } from "./draft.ts";
import type { DraftHandle } from "./draft-store.ts";

const INKS = { added: "text-ok", changed: "text-warn", removed: "text-bad" } as const;

export interface DraftBarProps {
  draft: Draft;
  /** What the last step did, where it is not what one would expect. */
  note: string | null;
  steps: Pick<DraftHandle, "undo" | "redo" | "steps">;
  onDiscard: () => void;
  onReview: () => void;
}

export function DraftBar({ draft, note, steps, onDiscard, onReview }: DraftBarProps) {
  const counts = countsOf(draft);
  const { back, forth } = steps.steps();
  return (
    <section
      aria-label="Draft"
      data-bottom-bar=""
      className="fixed inset-x-4 bottom-4 z-10 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-line bg-panel py-2.5 ps-[18px] pe-3 shadow-lg md:right-6 md:left-[248px] md:max-w-[1392px]"
    >
      <strong className="font-semibold">Draft</strong>
      {(["added", "changed", "removed"] as const).map(
        (kind) =>
          counts[kind] > 0 && (
            <span key={kind} className={INKS[kind]}>
              {counts[kind]} {kind}
            </span>
          ),
      )}
      <span className={note === null ? "text-faint max-sm:hidden" : "min-w-0 text-dim"}>
        {note ?? "saved on this device"}
      </span>
      <span className="ms-auto flex gap-2">
        <Button
          variant="ghost"
          size="icon"
          aria-label="Undo"
          aria-keyshortcuts="Meta+Z Control+Z"
          disabled={!back}
          onClick={steps.undo}
        >
          <Undo2 aria-hidden="true" />
        </Button>
        <Button
          variant="ghost"
          size="icon"
          aria-label="Redo"
          aria-keyshortcuts="Shift+Meta+Z Shift+Control+Z"
          disabled={!forth}
          onClick={steps.redo}
        >
          <Redo2 aria-hidden="true" />
        </Button>
        <Button onClick={onDiscard}>Discard</Button>
        <Button variant="primary" onClick={onReview} aria-keyshortcuts="Meta+Enter Control+Enter">
          Review changes
          <span aria-hidden="true" className="pointer-coarse:hidden">
            <Kbd inherit>⌘↵</Kbd>
          </span>
        </Button>
      </span>
    </section>
  );
}
