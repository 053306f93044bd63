/** What can be done with one member: another role, handing over, removing, leaving. */
"use client";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

export interface MemberProps {
  /** The organisation's handle and name. */
  organisation: string;
  name: string;
  /** The member's id and name. */
  user: string;
  person: string;
}

const QUIET = { variant: "ghost", size: "sm" } as const;

export function ChangeRole({ organisation, user, person, role }: MemberProps & { role: "admin" | "member" }) {
  const router = useRouter();
  const { pending, run } = useAction();
  const label = role === "admin" ? "Make admin" : "Make member";

  const change = async () => {
    const outcome = await run((api) => api.organisations.changeRole({ organisation, user, role }));
    if (!outcome) return;
    if (outcome.ok) toast(`${person} is ${role === "admin" ? "an admin" : "a member"} now`);
    else toast(outcome.failure.message, { tone: "bad" });
    router.refresh();
  };

  return (
    <Button {...QUIET} pending={pending} onClick={change} aria-label={`${label}: ${person}`}>
      {label}
    </Button>
  );
}

export function HandOver({ organisation, name, user, person }: MemberProps) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Hand over"
      accessibleLabel={`Hand over ownership to ${person}`}
      button={QUIET}
      title={`Hand over ${name} to ${person}?`}
      confirm="Hand over ownership"
      call={(api) => api.organisations.handOverTo({ organisation, user })}
      onDone={() => {
        toast(`${person} owns ${name} now`);
        router.refresh();
      }}
    >
      {person} becomes the owner, who alone can delete the organisation or hand it over again. The present owner becomes
      an admin.
    </ConfirmButton>
  );
}

export function RemoveMember({ organisation, name, user, person }: MemberProps) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Remove"
      accessibleLabel={`Remove ${person}`}
      button={QUIET}
      title={`Remove ${person} from ${name}?`}
      confirm="Remove member"
      call={(api) => api.organisations.removeOne({ organisation, user })}
      onDone={() => {
        toast(`${person} was removed`);
        router.refresh();
      }}
    >
      {person} loses every level in the zones of {name} at once, and is told by mail. Invitations that {person} sent are
      taken back.
    </ConfirmButton>
  );
}

export function Leave({ organisation, name }: MemberProps) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Leave"
      accessibleLabel={`Leave ${name}`}
      button={QUIET}
      title={`Leave ${name}?`}
      confirm="Leave organisation"
      call={(api) => api.organisations.leave({ organisation })}
      onDone={() => {
        toast(`You left ${name}`);
        router.push("/dashboard");
        router.refresh();
      }}
    >
      You lose every level in its zones at once. To come back you need an invitation.
    </ConfirmButton>
  );
}
