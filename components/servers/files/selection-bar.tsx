/** What can be done with several files at once. */
"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { nameOf } from "./paths.ts";

const MoveDialog = dynamic(() => import("./selection-dialogs.tsx").then((module) => module.MoveDialog));
const ModeDialog = dynamic(() => import("./selection-dialogs.tsx").then((module) => module.ModeDialog));

export interface Selection {
  server: string;
  folder: string;
  names: readonly string[];
  onDone: () => void;
}

export const counted = (names: readonly string[]): string =>
  names.length === 1 ? (names[0] ?? "") : `${names.length} files and folders`;

export function SelectionBar(selection: Selection) {
  const { server, folder, names, onDone } = selection;
  const [open, setOpen] = useState<"move" | "mode" | null>(null);
  const { pending, failure, run } = useAction();
  const pack = async () => {
    const done = await run((api) => api.servers.files.pack({ server, folder, names: [...names] }));
    if (!done?.ok) return;
    toast(`Packed into ${nameOf(done.value.path)}`);
    onDone();
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 rounded-lg border border-accent/30 bg-accent-bg px-3 py-2">
        <p className="me-auto" aria-live="polite">
          {names.length} chosen
        </p>
        <Button aria-haspopup="dialog" onClick={() => setOpen("move")}>
          Move
        </Button>
        <Button pending={pending} onClick={pack}>
          Pack
        </Button>
        <Button aria-haspopup="dialog" onClick={() => setOpen("mode")}>
          Permissions
        </Button>
        <ConfirmButton
          label="Delete"
          button={{ variant: "danger" }}
          title={`Delete ${counted(names)}?`}
          confirm="Delete"
          call={(api) => api.servers.files.remove({ server, folder, names: [...names] })}
          onDone={() => {
            toast(`${counted(names)} ${names.length === 1 ? "was" : "were"} deleted`);
            onDone();
          }}
        >
          Folders go with everything in them. Only a backup brings them back.
        </ConfirmButton>
      </div>
      {failure && <FailureBanner failure={failure} />}
      {open === "move" && <MoveDialog {...selection} onClose={() => setOpen(null)} />}
      {open === "mode" && <ModeDialog {...selection} onClose={() => setOpen(null)} />}
    </>
  );
}
