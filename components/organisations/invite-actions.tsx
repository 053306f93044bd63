/** Sends an invitation again, or takes it back. */
"use client";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

export interface InviteActionsProps {
  organisation: string;
  /** The zone that it is to; without it it is to the organisation. */
  zone?: string | undefined;
  invite: string;
  email: string;
}

const QUIET = { variant: "ghost", size: "sm" } as const;

export function InviteActions({ organisation, zone, invite, email }: InviteActionsProps) {
  const router = useRouter();
  const { pending, run } = useAction();

  const resend = async () => {
    const outcome = await run((api) =>
      zone === undefined
        ? api.organisations.resend({ organisation, invite })
        : api.dns.resendInvite({ organisation, zone, invite }),
    );
    if (!outcome) return;
    if (outcome.ok) toast(`A new invitation to ${email} is on its way`);
    else toast(outcome.failure.message, { tone: "bad" });
    router.refresh();
  };

  return (
    <div className="flex gap-1 max-sm:-ms-2 max-sm:flex-wrap sm:justify-end">
      <Button {...QUIET} pending={pending} onClick={resend} aria-label={`Send again: the invitation to ${email}`}>
        Send again
      </Button>
      <ConfirmButton
        label="Revoke"
        accessibleLabel={`Revoke the invitation to ${email}`}
        button={QUIET}
        title={`Revoke the invitation to ${email}?`}
        confirm="Revoke invitation"
        call={(api): Promise<unknown> =>
          zone === undefined
            ? api.organisations.revoke({ organisation, invite })
            : api.dns.revokeInvite({ organisation, zone, invite })
        }
        onDone={() => {
          toast(`The invitation to ${email} was revoked`);
          router.refresh();
        }}
      >
        It can no longer be accepted. You can send another.
      </ConfirmButton>
    </div>
  );
}
