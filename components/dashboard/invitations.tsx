/** Invitations that wait for an answer, and the two answers. */
"use client";
import { useRouter } from "next/navigation";
import { guestWords, nameOf, pathOfAnswer, roleWords } from "#components/invites/words.ts";
import { capabilityWords } from "#components/servers/capability-words.ts";
import { Button } from "#components/ui/button.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";

type Invitation = Outputs["invites"]["waiting"]["items"][number];

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
  const { id, organisation, role, zone, server, invitedBy, expiresAt } = invitation;
  const to = nameOf(invitation);
  const router = useRouter();
  const { pending, run } = useAction();

  const answer = async (accept: boolean) => {
    const outcome = await run((api) => api.invites.answer({ invite: id, accept }));
    if (!outcome) return;
    if (!outcome.ok) {
      toast(outcome.failure.message, { tone: "bad" });
      return;
    }
    toast(accept ? `You are ${zone ? "a guest of" : "in"} ${to} now` : `The invitation to ${to} was declined`);
    if (accept) router.push(pathOfAnswer(outcome.value));
    router.refresh();
  };

  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line2 px-4 py-2.5 not-last:border-b">
      <p className="min-w-0 flex-1 basis-52">
        {role && (
          <>
            Join <strong className="font-semibold">{organisation}</strong> as {roleWords(role)}
          </>
        )}
        {zone && (
          <>
            Guest of the zone <strong className="font-semibold">{zone.displayName}</strong> of {organisation}:{" "}
            {guestWords(zone)}
          </>
        )}
        {server && (
          <>
            The server <strong className="font-semibold">{server.name}</strong> of {organisation}:{" "}
            {capabilityWords(server.capabilities)}
          </>
        )}
        <span className="block text-faint">
          From {invitedBy}, expires <Time at={expiresAt} now={now} />
        </span>
      </p>
      <div className="flex gap-2">
        <Button disabled={pending} onClick={() => answer(false)} aria-label={`Decline the invitation to ${to}`}>
          Decline
        </Button>
        <Button
          variant="primary"
          pending={pending}
          onClick={() => answer(true)}
          aria-label={`Accept the invitation to ${to}`}
        >
          Accept
        </Button>
      </div>
    </li>
  );
}
