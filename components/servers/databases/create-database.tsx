/** Makes a database. The dialog's form asks for its name, and for the host where there is a choice. */
"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Plus } from "#components/ui/icons.tsx";
import type { Hosts } from "./create-dialog.tsx";

const CreateDialog = dynamic(() => import("./create-dialog.tsx").then((module) => module.CreateDialog));

export function CreateDatabase({ server, hosts, full }: { server: string; hosts: Hosts; full: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" aria-haspopup="dialog" disabled={full} onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" />
        Create a database
      </Button>
      {open && <CreateDialog server={server} hosts={hosts} onClose={() => setOpen(false)} />}
    </>
  );
}
