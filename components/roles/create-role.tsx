/** The button that makes a role, from nothing or like another. Its dialog loads when it opens. */
"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Plus } from "#components/ui/icons.tsx";

const NewRoleDialog = dynamic(() => import("./new-role-dialog.tsx").then((module) => module.NewRoleDialog));

/** `like`: the role whose parent and grants the new one has. */
export function CreateRole({ like }: { like?: { id: string; name: string } }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant={like ? "default" : "primary"} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {!like && <Plus aria-hidden="true" />}
        {like ? "Clone" : "Create role"}
      </Button>
      {open && <NewRoleDialog like={like} onClose={() => setOpen(false)} />}
    </>
  );
}
