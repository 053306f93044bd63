/** How one gets at the files over SFTP. What it says loads when it is opened. */
"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";

const SftpDialog = dynamic(() => import("./sftp-dialog.tsx").then((module) => module.SftpDialog));

export function SftpButton({ server }: { server: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        SFTP
      </Button>
      {open && <SftpDialog server={server} onClose={() => setOpen(false)} />}
    </>
  );
}
