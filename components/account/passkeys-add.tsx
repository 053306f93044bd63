/** The button that adds a passkey. Its dialog loads when it opens. */
"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Plus } from "#components/ui/icons.tsx";

const AddPasskeyDialog = dynamic(() => import("./passkeys-add-dialog.tsx").then((module) => module.AddPasskeyDialog));

/** `suggestion` is the name that the field begins with. */
export function AddPasskey({ suggestion }: { suggestion: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" />
        Add passkey
      </Button>
      {open && <AddPasskeyDialog suggestion={suggestion} onClose={() => setOpen(false)} />}
    </>
  );
}
