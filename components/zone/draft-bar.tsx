/** What the draft holds, at the bottom of the window, and the two ways out of it. */
"use client";
import { useState } from "react";
import dynamic from "next/dynamic";
import { Button } from "#components/ui/button.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { countsOf, type Draft, sentenceOf } from "./draft.ts";

const ConfirmDialog = dynamic(() => import("#components/ui/confirm-dialog.tsx").then((module) => module.ConfirmDialog));

const INKS = { added: "text-ok", changed: "text-warn", removed: "text-bad" } as const;

export function DraftBar({ draft, onDiscard, onReview }: { draft: Draft; onDiscard: () => void; onReview: () => void }) {
  const [asking, setAsking] = useState(false);
  const counts = countsOf(draft);
  const total = counts.added + counts.changed + counts.removed;
  return (
    <section
      aria-label="Draft"
      className="sticky bottom-4 z-10 mt-6 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-line bg-panel py-2.5 ps-[18px] pe-3 shadow-lg"
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
      <span className="text-faint">saved on this device</span>
      <span className="ms-auto flex gap-2">
        <Button onClick={() => (total > 1 ? setAsking(true) : onDiscard())}>Discard</Button>
        <Button variant="primary" onClick={onReview} aria-keyshortcuts="Meta+Enter Control+Enter">
          Review changes
          <span aria-hidden="true" className="pointer-coarse:hidden">
            <Kbd inherit>⌘↵</Kbd>
          </span>
        </Button>
      </span>
      {asking && (
        <ConfirmDialog
          open
          onOpenChange={setAsking}
          title="Discard the draft?"
          confirm="Discard draft"
          onConfirm={onDiscard}
        >
          Your draft ({sentenceOf(counts)}) is thrown away. The zone stays as it is.
        </ConfirmDialog>
      )}
    </section>
  );
}
