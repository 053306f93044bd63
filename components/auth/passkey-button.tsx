/** Signing in with a passkey: by the button, or among the browser's suggestions at the e-mail field. */
"use client";
import { type MouseEvent, useEffect, useRef, useState } from "react";
import { Refusal } from "#components/ui/attempt.ts";
import { Button } from "#components/ui/button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { KeyRound } from "#components/ui/icons.tsx";
import type { Failure } from "#lib/api/client.ts";
import { offerPasskeys, signInWithPasskey } from "./passkey.ts";

/** Stands in the form whose field `email` it reads. */
export function PasskeyButton({ next }: { next: string }) {
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const withdraw = useRef(() => {});
  const enter = useRef((_entering: Promise<void>) => {});

  useEffect(() => {
    const offer = () => {
      withdraw.current = offerPasskeys((entering) => enter.current(entering));
    };
    enter.current = async (entering) => {
      setPending(true);
      setFailure(null);
      try {
        await entering;
        window.location.assign(next);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        setFailure(error.failure.code === "cancelled" ? null : error.failure);
        setPending(false);
        offer();
      }
    };
    offer();
    return () => withdraw.current();
  }, [next]);

  const choose = ({ currentTarget: { form } }: MouseEvent<HTMLButtonElement>) => {
    const field = form?.elements.namedItem("email");
    withdraw.current();
    enter.current(signInWithPasskey(field instanceof HTMLInputElement ? field.value : ""));
  };

  return (
    <>
      <div aria-hidden="true" className={OR}>
        or
      </div>
      {failure && <FailureBanner failure={failure} />}
      <Button size="lg" className="w-full" pending={pending} onClick={choose}>
        <KeyRound aria-hidden="true" />
        Sign in with a passkey
      </Button>
    </>
  );
}

const OR =
  "flex items-center gap-3 text-xs text-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line";
