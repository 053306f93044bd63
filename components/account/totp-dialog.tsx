/** Setting an authenticator app up, then the recovery codes that come with it; or new codes alone. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { RecoveryCodes } from "./recovery-codes.tsx";
import { TotpSetup } from "./totp-setup.tsx";

export interface SetUpDialogProps {
  started: Outputs["factors"]["start"];
  /** There is an app already, and this one takes its place. */
  replaces: boolean;
  onClose: () => void;
}

export function SetUpDialog({ started, replaces, onClose }: SetUpDialogProps) {
  const router = useRouter();
  const [codes, setCodes] = useState<readonly string[]>([]);
  const [ended, setEnded] = useState(0);

  const done = ({ recoveryCodes, sessionsEnded }: Outputs["factors"]["finish"]) => {
    setEnded(sessionsEnded);
    router.refresh();
    if (recoveryCodes.length > 0) setCodes(recoveryCodes);
    else close(sessionsEnded);
  };

  const close = (sessionsEnded: number) => {
    const others = sessionsEnded === 1 ? "1 other session has ended" : `${sessionsEnded} other sessions have ended`;
    toast(
      replaces ? "Your authenticator app is replaced" : "Two-step sign-in is on",
      sessionsEnded > 0 ? { detail: others } : {},
    );
    onClose();
  };

  // What happened is said afterwards: a message in the corner would cover the button on a phone.
  if (codes.length > 0) return <CodesDialog codes={codes} onClose={() => close(ended)} />;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={replaces ? "Replace your authenticator app" : "Set up two-step sign-in"}
      description={
        replaces
          ? "The app you have now works until this one has shown its first code."
          : "You need an authenticator app, on your phone or in your password manager."
      }
      keepOpen
    >
      <TotpSetup
        started={started}
        onDone={done}
        footer={(button) => (
          <DialogFooter>
            <DialogClose>
              <Button>Cancel</Button>
            </DialogClose>
            {button}
          </DialogFooter>
        )}
      />
    </Dialog>
  );
}

export function CodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Recovery codes" keepOpen>
      <RecoveryCodes codes={codes} />
      <DialogFooter>
        <DialogClose>
          <Button variant="primary">I have kept them</Button>
        </DialogClose>
      </DialogFooter>
    </Dialog>
  );
}
