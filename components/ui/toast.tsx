/** Short messages in the corner. The library behind them loads with the first one. */
"use client";
import dynamic from "next/dynamic";
import { useSyncExternalStore } from "react";
import { type ToastMessage, toastQueue } from "./toast-queue.ts";

const View = dynamic(() => import("./toast-view.tsx"), { ssr: false });

/** Stands once, in the root layout. */
export function Toaster() {
  const used = useSyncExternalStore(toastQueue.subscribe, toastQueue.used, () => false);
  return used ? <View /> : null;
}

/** Says what happened. Not for what the person must act on: that is a Banner. */
export const toast = (text: string, options: Omit<ToastMessage, "text"> = {}): void =>
  toastQueue.add({ text, ...options });
