/** Short messages in the corner. The library behind them loads with the first one. */
"use client";
import { lazy, Suspense, useSyncExternalStore } from "react";
import { type ToastMessage, toastQueue } from "./toast-queue.ts";

const View = lazy(() => import("./toast-view.tsx"));

/** Stands once, in the root layout. */
export function Toaster() {
  const used = useSyncExternalStore(toastQueue.subscribe, toastQueue.used, () => false);
  return (
    used && (
      <Suspense>
        <View />
      </Suspense>
    )
  );
}

/** Says what happened. Not for what the person must act on: that is a Banner. */
export const toast = (text: string, options: Omit<ToastMessage, "text"> = {}): void =>
  toastQueue.add({ text, ...options });
