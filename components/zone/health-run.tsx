/** Starts a health check, and shows it when it is done. */
"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { Button } from "#components/ui/button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

const LOOK_EVERY_MS = 1500;

export function HealthRun({ organisation, zone, running }: { organisation: string; zone: string; running: boolean }) {
  const router = useRouter();
  const { pending, run } = useAction();

  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => router.refresh(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [running, router]);

  const check = async () => {
    const outcome = await run((api) => api.dns.checkHealth({ organisation, zone }));
    if (outcome && !outcome.ok) toast(outcome.failure.message, { tone: "bad" });
    router.refresh();
  };
  return (
    <Button variant="primary" pending={pending || running} onClick={check}>
      {running ? "Checking" : "Check now"}
    </Button>
  );
}
