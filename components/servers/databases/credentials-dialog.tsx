/** Everything that a program needs to get into a database. */
"use client";
import { Button } from "#components/ui/button.tsx";
import { CopyField } from "#components/ui/copy-field.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

type Shown = Outputs["servers"]["databases"]["credentials"];

export function CredentialsDialog({ shown, onClose }: { shown: Shown; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={<span className="font-mono">{shown.database}</span>}
      description="Whoever has these reads and changes everything in the database."
    >
      <div className="flex flex-col gap-4">
        <CopyField label="Address" value={`${shown.host}:${shown.port}`} />
        <CopyField label="Database" value={shown.database} />
        <CopyField label="User name" value={shown.username} />
        <CopyField label="Password" value={shown.password} />
        <CopyField label="URL" value={shown.url} />
      </div>
      <DialogFooter>
        <DialogClose>
          <Button variant="primary">Done</Button>
        </DialogClose>
      </DialogFooter>
    </Dialog>
  );
}
