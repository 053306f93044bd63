/** The button that makes an account. Its dialog loads when it opens. */
"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { UserPlus } from "#components/ui/icons.tsx";

const CreateAccountDialog = dynamic(() =>
  import("./create-account-dialog.tsx").then((module) => module.CreateAccountDialog),
);

export function CreateAccount() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <UserPlus aria-hidden="true" />
        Create account
      </Button>
      {open && <CreateAccountDialog onClose={() => setOpen(false)} />}
    </>
  );
}
