/** Whether names, addresses and the like are shown: asked the first time, and switched here at any time. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useEffect, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { Eye, EyeOff } from "#components/ui/icons.tsx";
import { keepCookie } from "#components/ui/keep-cookie.ts";
import { useHydrated } from "#components/ui/use-hydrated.ts";
import { PRIVACY, type Privacy } from "#lib/staff/privacy-cookie.ts";

const PrivacyDialog = dynamic(() => import("./privacy-dialog.tsx").then((module) => module.PrivacyDialog), {
  loading: () => null,
});

/** `shown`: how the server drew the page. */
export function PrivacySwitch({ shown }: { shown: Privacy }) {
  const router = useRouter();
  const hydrated = useHydrated();
  const [asking, setAsking] = useState(false);
  const [pending, start] = useTransition();

  const choose = (privacy: Privacy) => {
    setAsking(false);
    keep(privacy);
    start(() => router.refresh());
  };

  // What was chosen in this browser before counts, also where the cookie is gone.
  useEffect(() => {
    const kept = localStorage.getItem(PRIVACY);
    if (kept !== "hidden" && kept !== "visible") setAsking(true);
    else if (kept !== shown) {
      keep(kept);
      router.refresh();
    }
  }, [shown, router]);

  const visible = shown === "visible";
  const Icon = visible ? Eye : EyeOff;
  return (
    <>
      <Button
        aria-busy={pending || undefined}
        disabled={!hydrated}
        onClick={() => choose(visible ? "hidden" : "visible")}
        title={`Names, addresses and billing details are ${visible ? "shown" : "hidden"}`}
      >
        <Icon aria-hidden="true" />
        <span className="max-sm:sr-only">{visible ? "Hide details" : "Show details"}</span>
      </Button>
      {asking && <PrivacyDialog onChoose={choose} />}
    </>
  );
}

const YEAR = 365 * 86_400;

function keep(privacy: Privacy): void {
  localStorage.setItem(PRIVACY, privacy);
  keepCookie(PRIVACY, privacy, YEAR);
}
