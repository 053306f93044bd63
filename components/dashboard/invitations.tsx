/** Invitations that wait for an answer, and the two answers. */
"use client";
import { useRouter } from "next/navigation";
import { organisationPath } from "#components/organisations/words.ts";
import { Button } from "#components/ui/button.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";

type Invitation = Outputs["organisations"]["ownInvites"]["items"][number];

export function Invitations({ items, now }: { items: readonly Invitation[]; now: number }) {
  return (
    <Panel title="Invitations" flush className="mb-5">
      <ul>
        {items.map((invitation) => (
          <Invitation key={invitation.id} invitation={invitation} now={now} />
        ))}
      </ul>
    </Panel>
  );
}

function Invitation({ invitation, now }: { invitation: Invitation; now: number }) {
  const { id, organisation, role, expiresAt } = invitation;
  const router = useRouter();
  const { pending, run } = useAction();

  const answer = async (accept: boolean) => {
    const outcome = await run((api) => api.organisations.answer({ invite: id, accept }));
    if (!outcome) return;
    if (!outcome.ok) {
      toast(outcome.failure.message, { tone: "bad" });
      return;
    }
    toast(accept ? `You are in ${organisation} now` : `The invitation to ${organisation} was declined`);
    if (accept) router.push(organisationPath(outcome.value.handle));
    router.refresh();
  };

  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line2 px-4 py-2.5 not-last:border-b">
      <p className="min-w-0 flex-1 basis-52">
        Join <strong className="font-semibold">{organisation}</strong> as {role === "admin" ? "an admin" : "a member"}
        <span className="ms-2 text-faint">
          expires <Time at={expiresAt} now={now} />
        </span>
      </p>
      <div className="flex gap-2">
        <Button
          disabled={pending}
          onClick={() => answer(false)}
          aria-label={`Decline the invitation to ${organisation}`}
        >
          Decline
        </Button>
        <Button
          variant="primary"
          pending={pending}
          onClick={() => answer(true)}
          aria-label={`Accept the invitation to ${organisation}`}
        >
          Accept
        </Button>
      </div>
    </li>
  );
}
