/** What the editor loads when it is needed, or when the page has nothing else to do: so that `n` opens at once. */
"use client";
import dynamic from "next/dynamic";

const form = () => import("./record-form.tsx");
const review = () => import("./review-dialog.tsx");
const paste = () => import("./paste-panel.tsx");

// With something to show meanwhile each waits by itself; else the whole page would be hidden, and the focus lost.
export const RecordForm = dynamic(() => form().then((module) => module.RecordForm), { loading: () => null });
export const ReviewDialog = dynamic(() => review().then((module) => module.ReviewDialog), { loading: () => null });
export const PasteForm = dynamic(() => paste().then((module) => module.PasteForm), { loading: () => null });
export const PasteReport = dynamic(() => paste().then((module) => module.PasteReport), { loading: () => null });
export const KeysDialog = dynamic(() => import("./keys-dialog.tsx").then((module) => module.KeysDialog), {
  loading: () => null,
});

/** As an effect: what comes back undoes it. */
export function preload(): () => void {
  const load = () => void Promise.all([form(), review()]).catch(() => undefined);
  if (!("requestIdleCallback" in window)) {
    const timer = setTimeout(load, 200);
    return () => clearTimeout(timer);
  }
  const idle = requestIdleCallback(load, { timeout: 1000 });
  return () => cancelIdleCallback(idle);
}
