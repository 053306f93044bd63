/** Takes an invitation back. */
"use client";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toast } from "#components/ui/toast.tsx";

export function RevokeInvite({ organisation, invite, email }: { organisation: string; invite: string; email: string }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Revoke"
      accessibleLabel={`Revoke the invitation to ${email}`}
      button={{ variant: "ghost", size: "sm" }}
      title={`Revoke the invitation to ${email}?`}
      confirm="Revoke invitation"
      call={(api) => api.organisations.revoke({ organisation, invite })}
      onDone={() => {
        toast(`The invitation to ${email} was revoked`);
        router.refresh();
      }}
    >
      It can no longer be accepted. You can send another.
    </ConfirmButton>
  );
}
