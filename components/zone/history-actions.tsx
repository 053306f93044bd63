/** What can be done from the history: undo one change, or bring the zone back to a moment. The dialog loads when it opens. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { exactTime } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ChangeResult } from "./review-state.ts";
import type { TakeBack, ZoneRef } from "./take-back-dialog.tsx";

const TakeBackDialog = dynamic(() => import("./take-back-dialog.tsx").then((module) => module.TakeBackDialog));

export interface HistoryActionsProps {
  zone: ZoneRef;
  /** The entry: who did it, and when. */
  change: string;
  by: string;
  at: number;
  undo: boolean;
  restore: boolean;
}

export function HistoryActions({ zone, change, by, at, undo, restore }: HistoryActionsProps) {
  const [open, setOpen] = useState<TakeBack | null>(null);
  const done = useDone();
  const when = exactTime(at);
  return (
    <>
      {undo && (
        <Button
          size="sm"
          aria-haspopup="dialog"
          aria-label={`Undo the change of ${when}`}
          onClick={() => setOpen({ change })}
        >
          Undo
        </Button>
      )}
      {restore && (
        <Button
          size="sm"
          variant="ghost"
          aria-haspopup="dialog"
          aria-label={`Restore to here: the zone as it was right after ${when}`}
          onClick={() => setOpen({ at })}
        >
          Restore to here
        </Button>
      )}
      {open && (
        <TakeBackDialog
          zone={zone}
          what={open}
          description={"change" in open ? `${by}, ${when}` : `To how it was right after ${when}`}
          onDone={done}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

/** Says what became of it, and shows it. */
export function useDone() {
  const router = useRouter();
  return (result: ChangeResult) => {
    if (result.change === null) toast("Nothing had to be changed");
    else if (result.state === "applied") toast("Applied", { tone: "ok" });
    router.refresh();
  };
}
