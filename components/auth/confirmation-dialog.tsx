/** The dialog that asks once more who one is, over whatever stands open. */
"use client";
import { useEffect, useRef, useState } from "react";
import { attempt, Refusal } from "#components/ui/attempt.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { ConfirmForm, type Factors } from "./confirm-form.tsx";

export default function ConfirmationDialog({ answer }: { answer: (confirmed: boolean) => void }) {
  const [factors, setFactors] = useState<Factors | null>(null);
  const latest = useRef(answer);
  const first = useRef<HTMLInputElement>(null);

  useEffect(() => {
    attempt((api) => api.factors.state({})).then(setFactors, (error: unknown) => {
      if (error instanceof Refusal) toast(error.message, { tone: "bad" });
      latest.current(false);
    });
  }, []);

  if (!factors) return null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && answer(false)}
      title="Confirm that it is you"
      description="What you are about to do asks for it, because your last sign-in was some time ago."
      size="sm"
      keepOpen
      initialFocus={first}
    >
      <ConfirmForm
        factors={factors}
        first={first}
        onDone={() => answer(true)}
        footer={(buttons) => (
          <DialogFooter>
            <DialogClose>
              <Button>Cancel</Button>
            </DialogClose>
            {buttons}
          </DialogFooter>
        )}
      />
    </Dialog>
  );
}
