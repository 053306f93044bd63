/** Asks for a fresh proof whenever a call needs one. What asks loads with the first time. */
"use client";
import { lazy, Suspense, useSyncExternalStore } from "react";
import { confirmation } from "#lib/api/confirmation.ts";

const Dialog = lazy(() => import("./confirmation-dialog.tsx"));

/** Stands once, in the root layout. */
export function Confirmation() {
  const waiting = useSyncExternalStore(confirmation.subscribe, confirmation.waiting, () => null);
  return (
    waiting && (
      <Suspense>
        <Dialog answer={waiting.answer} />
      </Suspense>
    )
  );
}
