/** What can be done with a passkey, and with the password beside it. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { RenamePasskeyProps } from "./passkeys-rename-dialog.tsx";

const RenamePasskeyDialog = dynamic(() =>
  import("./passkeys-rename-dialog.tsx").then((module) => module.RenamePasskeyDialog),
);

export function RenamePasskey(props: RenamePasskeyProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="ghost"
        size="sm"
        aria-haspopup="dialog"
        aria-label={`Rename the passkey ${props.name}`}
        onClick={() => setOpen(true)}
      >
        Rename
      </Button>
      {open && <RenamePasskeyDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

export function RemovePasskey({ passkey, name }: RenamePasskeyProps) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Remove"
      accessibleLabel={`Remove the passkey ${name}`}
      button={{ variant: "ghost", size: "sm" }}
      title={`Remove the passkey ${name}?`}
      confirm="Remove passkey"
      call={(api) => api.passkeys.remove({ passkey })}
      onDone={() => {
        toast(`The passkey ${name} is removed`);
        router.refresh();
      }}
    >
      It stops working here at once. Sessions that began with it go on until you end them. Where it is kept it stays,
      until you delete it there.
    </ConfirmButton>
  );
}

export function RemovePassword({ email }: { email: string }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Remove password"
      button={{ variant: "ghost" }}
      title={`Remove the password of ${email}?`}
      confirm="Remove password"
      call={(api) => api.users.dropPassword({})}
      onDone={() => {
        toast("Your password is removed");
        router.refresh();
      }}
    >
      From then on you sign in with your passkeys alone, and all your other sessions end.
    </ConfirmButton>
  );
}
