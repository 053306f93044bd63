/** What can be done about two-step sign-in. The dialogs load when they open. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";

const SetUpDialog = dynamic(() => import("./totp-dialog.tsx").then((module) => module.SetUpDialog));
const CodesDialog = dynamic(() => import("./totp-dialog.tsx").then((module) => module.CodesDialog));

export function SetUpTotp({ replaces }: { replaces: boolean }) {
  const { pending, run } = useAction();
  const [started, setStarted] = useState<Outputs["factors"]["start"] | null>(null);

  const start = async () => {
    const outcome = await run((api) => api.factors.start({}));
    if (outcome?.ok) setStarted(outcome.value);
    else if (outcome) toast(outcome.failure.message, { tone: "bad" });
  };

  return (
    <>
      <Button aria-haspopup="dialog" pending={pending} onClick={start}>
        {replaces ? "Replace app" : "Set up"}
      </Button>
      {started && <SetUpDialog started={started} replaces={replaces} onClose={() => setStarted(null)} />}
    </>
  );
}

export function RemoveTotp() {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Turn off"
      accessibleLabel="Turn off two-step sign-in"
      title="Turn off two-step sign-in?"
      confirm="Turn off"
      call={(api) => api.factors.remove({})}
      onDone={() => {
        toast("Two-step sign-in is off");
        router.refresh();
      }}
    >
      From then on your password alone signs you in. The recovery codes go with it.
    </ConfirmButton>
  );
}

export function RenewCodes({ left }: { left: number }) {
  const router = useRouter();
  const [codes, setCodes] = useState<readonly string[]>([]);
  return (
    <>
      <ConfirmButton
        label="Make new codes"
        title="Make new recovery codes?"
        confirm="Make new codes"
        tone="primary"
        call={(api) => api.factors.renewCodes({})}
        onDone={({ recoveryCodes }) => {
          setCodes(recoveryCodes);
          router.refresh();
        }}
      >
        {left === 0
          ? "You get ten new ones."
          : "You get ten new ones. Those that you have kept so far stop working at once."}
      </ConfirmButton>
      {codes.length > 0 && <CodesDialog codes={codes} onClose={() => setCodes([])} />}
    </>
  );
}
