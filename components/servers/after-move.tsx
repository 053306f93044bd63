/** Browsers let a page call the node of the server that it was loaded for: one that has moved is loaded again. */
"use client";
import { useEffect, useRef } from "react";

export function AfterMove({ moving }: { moving: boolean }) {
  const before = useRef(moving);
  useEffect(() => {
    if (before.current && !moving) window.location.reload();
    before.current = moving;
  }, [moving]);
  return null;
}
