/** Which roles somebody has: what a change comes to is said before it is made. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

export interface AccountRolesProps {
  user: string;
  email: string;
  /** Ids. */
  held: readonly string[];
  roles: readonly { id: string; name: string; description: string }[];
}

export function AccountRoles({ user, email, held, roles }: AccountRolesProps) {
  const router = useRouter();
  const { pending, failure, run } = useAction();
  const [chosen, setChosen] = useState<readonly string[]>(held);
  /** What the change comes to, in sentences, once that was asked. */
  const [says, setSays] = useState<readonly string[] | null>(null);
  const moved = chosen.length !== held.length || chosen.some((id) => !held.includes(id));

  const toggle = (id: string) => {
    setSays(null);
    setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  };
  const ask = async () => {
    const outcome = await run((api) => api.accounts.assign({ user, roles: [...chosen], dryRun: true }));
    if (outcome?.ok) setSays(outcome.value.says);
  };

  return (
    <div className="flex flex-col gap-4">
      {failure && <FailureBanner failure={failure} />}
      <fieldset className="grid gap-2 sm:grid-cols-2">
        <legend className="sr-only">Roles of {email}</legend>
        {roles.map(({ id, name, description }) => (
          <Checkbox
            key={id}
            label={name}
            hint={description || undefined}
            checked={chosen.includes(id)}
            onChange={() => toggle(id)}
          />
        ))}
      </fieldset>
      {says !== null && (
        <ul aria-live="polite" className="list-disc ps-5">
          {says.length === 0 && <li>Nothing that the account may do changes.</li>}
          {says.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        {says === null ? (
          <Button disabled={!moved} pending={pending} onClick={ask}>
            See what changes
          </Button>
        ) : (
          <ConfirmButton
            label="Change roles"
            button={{ variant: "primary" }}
            title={`Change the roles of ${email}?`}
            confirm="Change roles"
            tone="primary"
            call={(api) => api.accounts.assign({ user, roles: [...chosen] })}
            onDone={() => {
              setSays(null);
              toast(`The roles of ${email} are changed`);
              router.refresh();
            }}
          >
            {says.join(" ") || "Nothing that the account may do changes."}
          </ConfirmButton>
        )}
        {moved && (
          <Button
            onClick={() => {
              setSays(null);
              setChosen(held);
            }}
          >
            Undo
          </Button>
        )}
      </div>
    </div>
  );
}
