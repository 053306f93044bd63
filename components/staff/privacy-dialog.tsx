/** The question that the portal asks the first time it opens in a browser. */
"use client";
import { useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogFooter } from "#components/ui/dialog.tsx";
import type { Privacy } from "#lib/staff/privacy-cookie.ts";

export function PrivacyDialog({ onChoose }: { onChoose: (privacy: Privacy) => void }) {
  const first = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onChoose("hidden")}
      title="How should personal details be shown?"
      description="Names, e-mail and postal addresses, IP addresses and billing details of other people."
      initialFocus={first}
    >
      <p className="text-dim">
        If you hide them, they are masked in lists, files and search. You can still reveal single details where you need
        them, or show all of them with the button above the tabs. The audit log notes when you do.
      </p>
      <DialogFooter>
        <Button onClick={() => onChoose("visible")}>Show them</Button>
        <Button ref={first} variant="primary" onClick={() => onChoose("hidden")}>
          Keep them hidden
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
