/** Closes one's own account once its address has been typed, and it is said what becomes of what it owns. */
"use client";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { useOwnedChoices } from "./owned-choices.tsx";
import { whatGoes } from "./what-goes.ts";

type Effects = Outputs["users"]["leaving"]["effects"];

export function DeleteOwnAccount({ email, effects }: { email: string; effects: Effects }) {
  const { choices, lost, fields } = useOwnedChoices(effects.organisations);
  return (
    <div className="flex flex-col items-start gap-4">
      {fields}
      <ConfirmButton
        label="Delete account"
        button={{ variant: "danger" }}
        title="Delete your account?"
        confirm="Delete account"
        typeName={email}
        call={(api) => api.users.remove({ email, choices })}
        // Whatever the page still holds belongs to somebody who is signed out now.
        onDone={() => window.location.assign("/login")}
      >
        {whatGoes(effects)}
        {lost.length > 0 && ` Deleted with their zones: ${lost.join(", ")}.`}
      </ConfirmButton>
    </div>
  );
}
