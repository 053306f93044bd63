/** The button that adds a zone. Its dialog loads when it opens. */
"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Plus } from "#components/ui/icons.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

export type ZoneChoices = Outputs["dns"]["connections"];

const AddZoneDialog = dynamic(() => import("./add-zone-dialog.tsx").then((module) => module.AddZoneDialog));

export interface AddZoneProps {
  organisation: { handle: string; name: string };
  choices: ZoneChoices;
}

/** Nothing for those who can add none. */
export function AddZone(props: AddZoneProps) {
  const [open, setOpen] = useState(false);
  if (!props.choices.mayCreate && !props.choices.mayLink) return null;
  return (
    <>
      <Button variant="primary" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" />
        Add zone
      </Button>
      {open && <AddZoneDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}
