/** Setting up the second factor that a role asks for, or showing the one that there is; then on to where one wanted to go. */
"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { RecoveryCodes } from "#components/account/recovery-codes.tsx";
import { TotpSetup } from "#components/account/totp-setup.tsx";
import { Button } from "#components/ui/button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { ConfirmForm, type Factors } from "./confirm-form.tsx";

const AddPasskeyDialog = dynamic(() =>
  import("#components/account/passkeys-add-dialog.tsx").then((module) => module.AddPasskeyDialog),
);

export interface SecondFactorStepsProps {
  factors: Factors;
  /** Where to go on. */
  next: string;
  /** What a new passkey is called at first; null where there can be none. */
  device: string | null;
}

export function SecondFactorSteps({ factors, next, device }: SecondFactorStepsProps) {
  const { pending, failure, run } = useAction();
  const [adding, setAdding] = useState(false);
  const [started, setStarted] = useState<Outputs["factors"]["start"] | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const goOn = () => window.location.assign(next);

  const start = async () => {
    const outcome = await run((api) => api.factors.start({}));
    if (outcome?.ok) setStarted(outcome.value);
  };

  if (codes)
    return (
      <>
        <RecoveryCodes codes={codes} />
        <Button variant="primary" size="lg" className="mt-5 w-full" onClick={goOn}>
          I have kept them, go on
        </Button>
      </>
    );
  if (!factors.mayEnrol)
    return (
      <ConfirmForm
        factors={factors}
        second
        size="lg"
        onDone={goOn}
        footer={(buttons) => <div className="mt-5 flex flex-col-reverse gap-3">{buttons}</div>}
      />
    );
  if (started)
    return (
      <TotpSetup
        started={started}
        onDone={({ recoveryCodes }) => (recoveryCodes.length > 0 ? setCodes(recoveryCodes) : goOn())}
        size="lg"
        footer={(button) => <div className="mt-5 flex flex-col">{button}</div>}
      />
    );
  return (
    <div className="flex flex-col gap-3">
      {failure && <FailureBanner failure={failure} />}
      <Button variant="primary" size="lg" pending={pending} onClick={start}>
        Set up an authenticator app
      </Button>
      {device !== null && (
        <Button size="lg" aria-haspopup="dialog" onClick={() => setAdding(true)}>
          Add a passkey
        </Button>
      )}
      {adding && <AddPasskeyDialog suggestion={device ?? ""} onClose={() => setAdding(false)} />}
    </div>
  );
}
