/** What can be done with SSH keys. The form loads when it is opened. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Plus } from "#components/ui/icons.tsx";
import { toast } from "#components/ui/toast.tsx";

const AddDialog = dynamic(() => import("./ssh-keys-add-dialog.tsx").then((module) => module.AddSshKeyDialog));

export function AddSshKey() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" />
        Add SSH key
      </Button>
      {open && <AddDialog onClose={() => setOpen(false)} />}
    </>
  );
}

export function RemoveSshKey({ id, name }: { id: string; name: string }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Remove"
      accessibleLabel={`Remove the SSH key ${name}`}
      button={{ variant: "ghost", size: "sm" }}
      title={`Remove the SSH key ${name}?`}
      confirm="Remove key"
      call={(api) => api.sshKeys.remove({ key: id })}
      onDone={() => {
        toast(`The SSH key ${name} is removed`);
        router.refresh();
      }}
    >
      What is open with it is closed, and it opens nothing any more.
    </ConfirmButton>
  );
}
