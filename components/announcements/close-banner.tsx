/** Closes an announcement for good, on every device. */
"use client";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { X } from "#components/ui/icons.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

export function CloseBanner({ id, title }: { id: string; title: string }) {
  const router = useRouter();
  const { pending, run } = useAction();
  const close = async () => {
    const outcome = await run((api) => api.announcements.close({ announcement: id }));
    if (outcome && !outcome.ok) toast(outcome.failure.message, { tone: "bad" });
    router.refresh();
  };
  return (
    <Button variant="ghost" size="icon-sm" pending={pending} onClick={close} aria-label={`Close “${title}”`}>
      <X aria-hidden="true" />
    </Button>
  );
}
