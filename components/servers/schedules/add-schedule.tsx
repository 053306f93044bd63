/** Adds a schedule. Its form loads when it is opened. */
"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Plus } from "#components/ui/icons.tsx";

const ScheduleDialog = dynamic(() => import("./schedule-dialog.tsx").then((module) => module.ScheduleDialog));

export function AddSchedule({ server }: { server: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" />
        Add a schedule
      </Button>
      {open && <ScheduleDialog server={server} schedule={null} onClose={() => setOpen(false)} />}
    </>
  );
}
