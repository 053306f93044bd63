/** Whether announcements also come by mail. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

export function MailPreference({ mail }: { mail: boolean }) {
  const router = useRouter();
  const { pending, run } = useAction();
  const [chosen, setChosen] = useState(mail);
  const change = async (next: boolean) => {
    setChosen(next);
    const outcome = await run((api) => api.announcements.prefer({ mail: next }));
    if (!outcome?.ok) setChosen(!next);
    if (!outcome) return;
    if (outcome.ok)
      toast(next ? "You will get announcements by mail too" : "You will get no more announcements by mail");
    else toast(outcome.failure.message, { tone: "bad" });
    router.refresh();
  };
  return (
    <Checkbox
      label="Send me announcements by mail too"
      hint="You always get mails about your own account."
      checked={chosen}
      disabled={pending}
      onChange={(event) => change(event.target.checked)}
    />
  );
}
