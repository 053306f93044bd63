/** Whether the page's script has taken over: a form sent before that would be the browser's own. */
"use client";
import { useSyncExternalStore } from "react";

const never = () => () => {};

export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
