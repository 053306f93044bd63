/** Asks before a zone is left with a draft. The draft is kept; but what is not applied is easily forgotten. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";

const ConfirmDialog = dynamic(
  () => import("#components/ui/confirm-dialog.tsx").then((module) => module.ConfirmDialog),
  { loading: () => null },
);

/** `path`: pages at and below it are the zone's own. `what`: such as `2 added`. */
export function LeaveGuard({ path, what }: { path: string; what: string }) {
  const router = useRouter();
  const [target, setTarget] = useState<string | null>(null);
  useEffect(() => {
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onClick = (event: MouseEvent) => {
      const href = leadingAway(event, path);
      if (href === null) return;
      // Before the link itself hears of it.
      event.preventDefault();
      event.stopImmediatePropagation();
      setTarget(href);
    };
    window.addEventListener("beforeunload", onUnload);
    window.addEventListener("click", onClick, true);
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      window.removeEventListener("click", onClick, true);
    };
  }, [path]);
  if (target === null) return null;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && setTarget(null)}
      title="Leave without applying the draft?"
      confirm="Leave"
      tone="primary"
      onConfirm={() => router.push(target)}
    >
      {what}. The draft stays on this device, and is here when you come back.
    </ConfirmDialog>
  );
}

/** Where a click on a link leads, if that is another page of the panel. */
function leadingAway(event: MouseEvent, path: string): string | null {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link?.href || (link.target !== "" && link.target !== "_self") || link.origin !== window.location.origin)
    return null;
  if (link.pathname === path || link.pathname.startsWith(`${path}/`)) return null;
  return `${link.pathname}${link.search}${link.hash}`;
}
