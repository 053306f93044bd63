/** The button that adds or invites somebody. Its dialog loads when it opens. */
"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { UserPlus } from "#components/ui/icons.tsx";

const AddMemberDialog = dynamic(() => import("./add-member-dialog.tsx").then((module) => module.AddMemberDialog));

export interface AddMemberProps {
  /** The organisation's handle and name. */
  organisation: string;
  name: string;
  /** Added at once, without being asked. */
  direct: boolean;
}

export function AddMember(props: AddMemberProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <UserPlus aria-hidden="true" />
        Add member
      </Button>
      {open && <AddMemberDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}
