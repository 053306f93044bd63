/** Ends the session; what it needs for that loads with the click. */
"use client";
import { useState } from "react";
import { LogOut } from "#components/ui/icons.tsx";
import { useHydrated } from "#components/ui/use-hydrated.ts";

export function SignOut({ className }: { className?: string }) {
  const hydrated = useHydrated();
  const [state, setState] = useState<"idle" | "pending" | "failed">("idle");

  const leave = async () => {
    if (state === "pending") return;
    setState("pending");
    try {
      const { signOut } = await import("next-auth/react");
      await signOut({ callbackUrl: "/login" });
    } catch {
      setState("failed");
    }
  };

  return (
    <button
      type="button"
      disabled={!hydrated}
      aria-busy={state === "pending" || undefined}
      onClick={leave}
      className={className}
    >
      <LogOut aria-hidden="true" />
      <span aria-live="polite">
        {state === "failed" ? "Could not sign out, try again" : state === "pending" ? "Signing out" : "Sign out"}
      </span>
    </button>
  );
}
