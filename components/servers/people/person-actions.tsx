/** What can be done with a sub-user or with an invitation. The form loads when it opens. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { UserPlus } from "#components/ui/icons.tsx";
import { RowActions } from "#components/ui/row-actions.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";

const PersonDialog = dynamic(() => import("./person-dialog.tsx").then((module) => module.PersonDialog));

const QUIET = { variant: "ghost", size: "sm" } as const;

export function InvitePerson({ server, name, now }: { server: string; name: string; now: number }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <UserPlus aria-hidden="true" />
        Invite somebody
      </Button>
      {open && (
        <PersonDialog
          server={server}
          name={name}
          person={null}
          now={now}
          onClose={() => setOpen(false)}
          onDone={(email) => toast(`${email} is invited`)}
        />
      )}
    </>
  );
}

export interface PersonProps {
  server: string;
  /** The server's name. */
  name: string;
  person: Outputs["servers"]["people"]["list"]["items"][number];
  now: number;
}

export function PersonActions({ server, name, person, now }: PersonProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  return (
    <RowActions>
      <Button {...QUIET} aria-haspopup="dialog" aria-label={`Change ${person.name}`} onClick={() => setOpen(true)}>
        Change
      </Button>
      <ConfirmButton
        label="Remove"
        accessibleLabel={`Remove ${person.name}`}
        button={QUIET}
        title={`Remove ${person.name} from ${name}?`}
        confirm="Remove sub-user"
        call={(api) => api.servers.people.remove({ server, user: person.userId })}
        onDone={() => {
          toast(`${person.name} was removed`);
          router.refresh();
        }}
      >
        {person.name} loses the server at once: open consoles and SFTP sessions are closed. They are told by mail.
      </ConfirmButton>
      {open && (
        <PersonDialog
          server={server}
          name={name}
          person={person}
          now={now}
          onClose={() => setOpen(false)}
          onDone={() => toast(`What ${person.name} may do was changed`)}
        />
      )}
    </RowActions>
  );
}

export function InviteActions({ server, invite, email }: { server: string; invite: string; email: string }) {
  const router = useRouter();
  const { pending, run } = useAction();

  const resend = async () => {
    const outcome = await run((api) => api.servers.people.resend({ server, invite }));
    if (!outcome) return;
    if (outcome.ok) toast(`A new invitation to ${email} is on its way`);
    else toast(outcome.failure.message, { tone: "bad" });
    router.refresh();
  };

  return (
    <RowActions>
      <Button {...QUIET} pending={pending} onClick={resend} aria-label={`Send again: the invitation to ${email}`}>
        Send again
      </Button>
      <ConfirmButton
        label="Revoke"
        accessibleLabel={`Revoke the invitation to ${email}`}
        button={QUIET}
        title={`Revoke the invitation to ${email}?`}
        confirm="Revoke invitation"
        call={(api) => api.servers.people.revoke({ server, invite })}
        onDone={() => {
          toast(`The invitation to ${email} was revoked`);
          router.refresh();
        }}
      >
        It can no longer be accepted. You can send another.
      </ConfirmButton>
    </RowActions>
  );
}
