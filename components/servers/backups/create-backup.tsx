/** Begins a backup. The dialog's form says what is left out. */
"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Plus } from "#components/ui/icons.tsx";

const CreateDialog = dynamic(() => import("./backup-dialogs.tsx").then((module) => module.CreateDialog));

export function CreateBackup({ server, full }: { server: string; full: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" aria-haspopup="dialog" disabled={full} onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" />
        Create a backup
      </Button>
      {open && <CreateDialog server={server} onClose={() => setOpen(false)} />}
    </>
  );
}
