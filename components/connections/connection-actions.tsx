/** Adding, testing, changing and removing a connection. The dialogs load when they open. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Plus } from "#components/ui/icons.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Kept, type Owner, remove } from "./acts.ts";

const AddDialog = dynamic(() => import("./connection-dialogs.tsx").then((module) => module.AddDialog));
const ChangeDialog = dynamic(() => import("./connection-dialogs.tsx").then((module) => module.ChangeDialog));
const KeyDialog = dynamic(() => import("./connection-dialogs.tsx").then((module) => module.KeyDialog));
const TestDialog = dynamic(() => import("./test-dialog.tsx").then((module) => module.TestDialog));

export function AddConnection({ owner }: { owner: Owner }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" />
        Add connection
      </Button>
      {open && <AddDialog owner={owner} onClose={() => setOpen(false)} />}
    </>
  );
}

const dialogs = [
  { label: "Test", accessible: (name: string) => `Test ${name}`, Shown: TestDialog },
  { label: "Change", accessible: (name: string) => `Change ${name}`, Shown: ChangeDialog },
  { label: "New key", accessible: (name: string) => `Give ${name} a new key`, Shown: KeyDialog },
] as const;

export function ConnectionActions({ owner, connection }: { owner: Owner; connection: Kept }) {
  const router = useRouter();
  const [open, setOpen] = useState<number | null>(null);
  const Shown = open === null ? undefined : dialogs[open]?.Shown;
  return (
    <>
      {dialogs.map(({ label, accessible }, index) => (
        <Button
          key={label}
          variant="ghost"
          size="sm"
          aria-haspopup="dialog"
          aria-label={accessible(connection.label)}
          onClick={() => setOpen(index)}
        >
          {label}
        </Button>
      ))}
      <ConfirmButton
        label="Remove"
        accessibleLabel={`Remove ${connection.label}`}
        button={{ variant: "ghost", size: "sm" }}
        title={`Remove ${connection.label}?`}
        confirm="Remove connection"
        call={remove(owner, connection.id)}
        onDone={() => {
          toast(`${connection.label} was removed`);
          router.refresh();
        }}
      >
        The panel forgets the address and the key. Nothing is deleted at the provider.
      </ConfirmButton>
      {Shown && <Shown owner={owner} connection={connection} onClose={() => setOpen(null)} />}
    </>
  );
}
