/** Which roles somebody has: what a change comes to is said before it is made. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { RoleChoices } from "#components/roles/role-choices.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

export interface AccountRolesProps {
  user: string;
  email: string;
  held: readonly Role[];
}

type Role = { id: string; name: string; description?: string };

export function AccountRoles({ user, email, held }: AccountRolesProps) {
  const router = useRouter();
  const { pending, failure, run } = useAction();
  const [chosen, setChosen] = useState<readonly Role[]>(held);
  /** What the change comes to, in sentences, once that was asked. */
  const [says, setSays] = useState<readonly string[] | null>(null);
  const moved = chosen.length !== held.length || chosen.some((one) => !among(held, one));

  const ids = chosen.map(({ id }) => id);
  const toggle = (role: Role) => {
    setSays(null);
    setChosen(among(chosen, role) ? chosen.filter(({ id }) => id !== role.id) : [...chosen, role]);
  };
  const ask = async () => {
    const outcome = await run((api) => api.accounts.assign({ user, roles: ids, dryRun: true }));
    if (outcome?.ok) setSays(outcome.value.says);
  };

  return (
    <div className="flex flex-col gap-4">
      {failure && <FailureBanner failure={failure} />}
      <RoleChoices of={user}>
        {(found) => (
          <fieldset className="grid gap-2 sm:grid-cols-2">
            <legend className="sr-only">Roles of {email}</legend>
            {/* What it has, or gets, is there whatever was searched for. */}
            {[...chosen.filter((one) => !among(found, one)), ...found].map((role) => (
              <Checkbox
                key={role.id}
                label={role.name}
                hint={role.description || undefined}
                checked={among(chosen, role)}
                onChange={() => toggle(role)}
              />
            ))}
          </fieldset>
        )}
      </RoleChoices>
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
            call={(api) => api.accounts.assign({ user, roles: ids })}
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

const among = (roles: readonly Role[], { id }: Role): boolean => roles.some((one) => one.id === id);
