/** Sonner in our colours, fed from the queue. */
"use client";
import { type CSSProperties, useEffect } from "react";
import { Toaster as Sonner, toast } from "sonner";
import { type ToastMessage, toastQueue } from "./toast-queue.ts";

const LOOK = {
  "--normal-bg": "var(--panel)",
  "--normal-text": "var(--text)",
  "--normal-border": "var(--line)",
  "--border-radius": "8px",
  fontFamily: "inherit",
} as CSSProperties;

export default function ToastView() {
  useEffect(() => {
    const show = () => {
      for (const message of toastQueue.drain()) present(message);
    };
    show();
    return toastQueue.subscribe(show);
  }, []);

  return (
    <Sonner
      position="bottom-right"
      gap={8}
      style={LOOK}
      toastOptions={{
        classNames: {
          toast: "py-2.5! px-3! gap-2! shadow-lg! text-sm!",
          title: "font-medium! leading-5!",
          description: "text-dim! leading-5!",
          actionButton: "h-[26px]! rounded-[5px]! bg-accent! text-accent-text! text-xs!",
          success: "[&_[data-icon]]:text-ok",
          warning: "[&_[data-icon]]:text-warn",
          error: "[&_[data-icon]]:text-bad",
        },
      }}
    />
  );
}

const SHOW = { neutral: toast, ok: toast.success, warn: toast.warning, bad: toast.error };

const present = ({ text, tone = "ok", detail, action }: ToastMessage): void => {
  SHOW[tone](text, { description: detail, action, duration: tone === "bad" ? 10_000 : 5000 });
};
