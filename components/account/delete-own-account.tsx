/** Closes one's own account once its address has been typed, and it is said what becomes of what it owns. */
"use client";
import { useState } from "react";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { whatGoes } from "./what-goes.ts";

type Effects = Outputs["users"]["leaving"]["effects"];

const DELETE = "delete";

export function DeleteOwnAccount({ email, effects }: { email: string; effects: Effects }) {
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});
  const { organisations } = effects;
  const choices = organisations.flatMap(({ id }) => {
    const choice = chosen[id];
    return choice ? [{ organisation: id, handOverTo: choice === DELETE ? null : choice }] : [];
  });
  const lost = organisations.filter(({ id }) => chosen[id] === DELETE).map(({ name }) => name);
  return (
    <div className="flex flex-col items-start gap-4">
      {organisations.map(({ id, name, members, zones, admins }) => (
        <Field
          key={id}
          label={`What happens to ${name}`}
          hint={`${members === 1 ? "1 other person is" : `${members} other people are`} in it, and it has ${zones === 1 ? "1 zone" : `${zones} zones`}.${admins.length === 0 ? " To hand it over, make somebody an admin of it first." : ""}`}
        >
          <Select
            value={chosen[id] ?? ""}
            onChange={(event) => setChosen({ ...chosen, [id]: event.target.value })}
            placeholder="Choose"
            options={[
              ...admins.map((admin) => ({ value: admin.id, label: `Hand it over to ${admin.name} (${admin.email})` })),
              { value: DELETE, label: "Delete it with its zones" },
            ]}
          />
        </Field>
      ))}
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
