/** The one-time token in the address's fragment, which never leaves the browser by itself. */
"use client";
import { useSyncExternalStore } from "react";

/** Null before the page is ready, empty where there is none. */
export const useToken = (): string | null => useSyncExternalStore(subscribe, tokenInAddress, () => null);

const tokenInAddress = (): string => new URLSearchParams(window.location.hash.slice(1)).get("token") ?? "";

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}
