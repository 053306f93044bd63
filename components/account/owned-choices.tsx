/** What happens to each organisation that an account owns: handed over to an admin, or deleted with its zones. */
"use client";
import { type ReactNode, useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

type Owned = Outputs["users"]["leaving"]["effects"]["organisations"];

const DELETE = "delete";

export interface OwnedChoices {
  /** Only of those for which something was chosen. */
  choices: { organisation: string; handOverTo: string | null }[];
  /** The names of those that would be deleted. */
  lost: string[];
  /** A field for each. */
  fields: ReactNode;
}

export function useOwnedChoices(owned: Owned): OwnedChoices {
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});
  return {
    choices: owned.flatMap(({ id }) => {
      const choice = chosen[id];
      return choice ? [{ organisation: id, handOverTo: choice === DELETE ? null : choice }] : [];
    }),
    lost: owned.filter(({ id }) => chosen[id] === DELETE).map(({ name }) => name),
    fields: owned.map(({ id, name, members, zones, admins }) => (
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
            { value: DELETE, label: "Delete it with its zones and servers" },
          ]}
        />
      </Field>
    )),
  };
}
