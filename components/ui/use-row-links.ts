/** Links of a table's rows, heard together: a component for each of hundreds would cost more than the rows. */
"use client";
import { useRouter } from "next/navigation";
import type { MouseEvent } from "react";

/** For what holds plain links with `data-row`: they lead on within the page, as a `Link` does. The browser's own ways stay. */
export function useRowLinks(): (event: MouseEvent<HTMLElement>) => void {
  const router = useRouter();
  return (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-row]") : null;
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.push(link.getAttribute("href") ?? "");
  };
}
