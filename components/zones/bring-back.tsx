/** Brings a deleted zone back. */
"use client";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { zonePath } from "#components/zone/zone-view.ts";

export interface BringBackProps {
  organisation: string;
  deleted: string;
  name: string;
}

export function BringBack({ organisation, deleted, name }: BringBackProps) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Bring back"
      accessibleLabel={`Bring back ${name}`}
      button={{ size: "sm" }}
      title={`Bring ${name} back?`}
      confirm="Bring back"
      tone="primary"
      call={(api) => api.dns.undelete({ organisation, deleted })}
      onDone={(zone) => {
        if (zone.status === "pending") toast(`${name} takes longer than usual, and is still being brought back`);
        else toast(`${name} is back`, { tone: "ok" });
        router.push(zonePath(organisation, zone.name.replace(/\.$/, "")));
        router.refresh();
      }}
    >
      It comes back as it was, with its history and the levels of those who are still members. Guests have to be invited
      again.
    </ConfirmButton>
  );
}
