/** What happens to each organisation that an account owns: handed over to an admin, or deleted with its zones. */
"use client";
import { type ReactNode, useState } from "react";
import { counted } from "#components/organisations/words.ts";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

type Owned = Outputs["users"]["leaving"]["effects"]["organisations"][number];

const DELETE = "delete";

export interface OwnedChoices {
  /** Only of those for which something was chosen. */
  choices: { organisation: string; handOverTo: string | null }[];
  /** The names of those that would be deleted. */
  lost: string[];
  /** A field for each. */
  fields: ReactNode;
}

export function useOwnedChoices(owned: readonly Owned[]): OwnedChoices {
  const [chosen, setChosen] = useState<Fates>({});
  return {
    choices: choicesOf(owned, chosen),
    lost: owned.filter(({ id }) => chosen[id] === DELETE).map(({ name }) => name),
    fields: owned.map((one) => (
      <OwnedField key={one.id} owned={one} fates={chosen} onChoose={(fate) => setChosen({ ...chosen, ...fate })} />
    )),
  };
}

/** By organisation: whoever is to own it, or that it goes. */
export type Fates = Readonly<Record<string, string>>;

export const choicesOf = (owned: readonly Owned[], fates: Fates): OwnedChoices["choices"] =>
  owned.flatMap(({ id }) => {
    const fate = fates[id];
    return fate ? [{ organisation: id, handOverTo: fate === DELETE ? null : fate }] : [];
  });

export interface OwnedFieldProps {
  owned: Owned;
  fates: Fates;
  onChoose: (fate: Fates) => void;
}

export const OwnedField = ({ owned, fates, onChoose }: OwnedFieldProps) => (
  <Field label={`What happens to ${owned.name}`} hint={about(owned)}>
    <Select
      value={fates[owned.id] ?? ""}
      onChange={(event) => onChoose({ [owned.id]: event.target.value })}
      placeholder="Choose"
      options={[
        ...owned.admins.map(({ id, name, email }) => ({ value: id, label: `Hand it over to ${name} (${email})` })),
        { value: DELETE, label: "Delete it with its zones and servers" },
      ]}
    />
  </Field>
);

function about({ members, zones, servers, admins }: Owned): string {
  const people =
    members === 0
      ? "Nobody else is"
      : members === 1
        ? "1 other person is"
        : `${members.toLocaleString("en-GB")} others are`;
  const has = [counted(zones, "zone"), ...(servers > 0 ? [counted(servers, "server")] : [])].join(" and ");
  const way = admins.length === 0 ? " To hand it over, make somebody an admin of it first." : "";
  return `${people} in it, and it has ${has}.${way}`;
}
