/** Browsers let a page call the node of the server that it was loaded for. One that came here from elsewhere is loaded again. */
"use client";
import { useEffect } from "react";

export function NodeReach({ server }: { server: string }) {
  useEffect(() => {
    const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const loaded = entry && new URL(entry.name).pathname.startsWith(`/dashboard/servers/${server}/`);
    // Once: where that changes nothing the page is at least there.
    if (entry && !loaded && entry.type !== "reload") window.location.reload();
  }, [server]);
  return null;
}
