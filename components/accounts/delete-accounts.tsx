/** Closes several accounts, once it is said of each what becomes of what it owns. Those of which that is open are left out. */
"use client";
import { useState } from "react";
import { choicesOf, type Fates, OwnedField } from "#components/account/owned-choices.tsx";
import { counted } from "#components/organisations/words.ts";
import type { ActOnRowsProps, ActWords } from "#components/staff/act-bar.tsx";
import { ActDialog } from "#components/staff/act-dialog.tsx";
import type { TabData } from "#components/staff/tab-props.ts";
import type { Api } from "#components/ui/attempt.ts";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { useLoaded } from "#components/ui/use-loaded.ts";
import type { Outputs } from "#lib/api/outputs.ts";

type Row = TabData<"users">["items"][number];
type Leaving = Outputs["accounts"]["leaving"]["items"][number];

const words: ActWords = {
  label: "Delete",
  tone: "danger",
  says: "Signed out everywhere and shut. For some days it can be kept; then memberships, levels, passkeys and tokens are gone for good.",
  done: "Will be deleted",
};

export default function DeleteAccounts({ rows, onClose }: ActOnRowsProps<Row>) {
  const ids = rows.map(({ id }) => id);
  const { answer, asking, again } = useLoaded(ids.join(), (api) => api.accounts.leaving({ users: ids }));
  const [fates, setFates] = useState<Fates>({});
  const leaving = answer !== null && "value" in answer ? answer.value.items : null;
  const of = (id: string) => leaving?.find((one) => one.id === id);
  const targets = rows.map(({ id, email }) => ({
    name: email,
    left: leaving === null ? "It is not known what it owns." : openOf(of(id), fates),
    call: (api: Api) => api.accounts.remove({ user: id, choices: choicesOf(of(id)?.organisations ?? [], fates) }),
  }));
  return (
    <ActDialog act={words} targets={targets} noun={["account", "accounts"]} onClose={onClose}>
      {answer === null && <SkeletonRows rows={2} label="Looking what they own" />}
      {answer !== null && "failure" in answer && (
        <FailureBanner failure={answer.failure} again={again} asking={asking} />
      )}
      {leaving?.map((one) => (
        <Owner
          key={one.id}
          name={rows.find(({ id }) => id === one.id)?.email ?? ""}
          leaving={one}
          fates={fates}
          onChoose={(fate) => setFates({ ...fates, ...fate })}
        />
      ))}
      {leaving !== null && (
        <p className="text-dim">
          {leaving.length === 0
            ? rows.length === 1
              ? "It owns no organisation and no server."
              : "None of them owns an organisation or a server."
            : "An account is left out while nothing is chosen for an organisation of its own."}
        </p>
      )}
    </ActDialog>
  );
}

function openOf(leaving: Leaving | undefined, fates: Fates): string | undefined {
  const open = leaving?.organisations.filter(({ id }) => !fates[id]) ?? [];
  return open.length === 0
    ? undefined
    : `left out, because nothing was chosen for ${open.map(({ name }) => name).join(", ")}.`;
}

interface OwnerProps {
  name: string;
  leaving: Leaving;
  fates: Fates;
  onChoose: (fate: Fates) => void;
}

const Owner = ({ name, leaving: { organisations, servers }, fates, onChoose }: OwnerProps) => (
  <fieldset className="flex min-w-0 flex-col gap-3 border-line border-s-2 ps-3">
    <legend className="float-start w-full font-semibold wrap-anywhere">{name}</legend>
    {servers > 0 && (
      <p>
        {counted(servers, "server")} of its own {servers === 1 ? "is" : "are"} deleted with all files.
      </p>
    )}
    {organisations.map((owned) => (
      <OwnedField key={owned.id} owned={owned} fates={fates} onChoose={onChoose} />
    ))}
  </fieldset>
);
