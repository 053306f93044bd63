/** What the page at hand is about, where its address does not say it: the page tells the frame, for the breadcrumb. */
"use client";
import { createContext, use, useLayoutEffect } from "react";

export const NamePage = createContext<(name: string | null) => void>(() => {});

export function PageName({ name }: { name: string }) {
  const tell = use(NamePage);
  useLayoutEffect(() => {
    tell(name);
    return () => tell(null);
  }, [tell, name]);
  return null;
}
