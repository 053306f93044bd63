/** Who gets a rollout, or does not, whatever its share is. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import type { Columns } from "#components/ui/column-table.tsx";
import { Field } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { PickButton } from "#components/ui/pick-button.tsx";
import type { Choice } from "#components/ui/pick-dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { findAccounts } from "./finders.ts";
import { PanelList } from "./panel-list.tsx";
import { RowLink } from "./row-link.tsx";
import type { TabRow } from "./tab-props.ts";

type Rollout = TabRow<"rollouts">;
type Person = Outputs["rollouts"]["people"]["items"][number];

export function RolloutPeople({ rollout, looks }: { rollout: Rollout; looks: boolean }) {
  const router = useRouter();
  // Who is there already can be set to something else, and the numbers stay.
  const [turn, setTurn] = useState(0);
  const changed = () => {
    setTurn(turn + 1);
    router.refresh();
  };
  const columns: Columns<Person> = [
    {
      label: "Name",
      cell: ({ id, name }) => (
        <RowLink tab="users" id={id} may={looks}>
          {name}
        </RowLink>
      ),
    },
    { label: "E-mail", dim: true, cell: ({ email }) => email },
    {
      label: "Gets it",
      cell: ({ forced, treatment }) => (
        <>
          <Badge tone={forced === "in" ? "ok" : "neutral"}>{forced === "in" ? "Always" : "Never"}</Badge>
          {treatment && <span className="ms-1.5 text-dim">{treatment}</span>}
        </>
      ),
    },
  ];
  return (
    <PanelList
      title="Accounts added by hand"
      description={`${rollout.forcedIn} always get it and ${rollout.forcedOut} never do, whatever the share is.`}
      before={<AddPerson rollout={rollout.id} offered={rollout.offered} looks={looks} onDone={changed} />}
      of={`${rollout.id} ${turn}`}
      searchLabel="Whole e-mail address or id"
      call={(api, asked) => api.rollouts.people({ rollout: rollout.id, perPage: 20, ...asked })}
      empty="Nobody."
      columns={columns}
      acts={(person, again) => (
        <LeaveToChance
          rollout={rollout.id}
          person={person}
          onDone={() => {
            again();
            router.refresh();
          }}
        />
      )}
    />
  );
}

/** `in dense` as the panel takes it. Without a treatment, chance says which. */
function waysOf(way: string): { forced: "in" | "out"; treatment: string | null } {
  const [forced, treatment = null] = way.split(" ");
  return { forced: forced === "out" ? "out" : "in", treatment };
}

interface PartProps {
  rollout: string;
  onDone: () => void;
}

function AddPerson({ rollout, offered, looks, onDone }: PartProps & Pick<Rollout, "offered"> & { looks: boolean }) {
  const [account, setAccount] = useState<Choice | null>(null);
  return (
    <Form
      call={(api, values) =>
        api.rollouts.force({
          rollout,
          user: values("user").trim(),
          ...waysOf(values("way")),
        })
      }
      onDone={(_, form) => {
        form.reset();
        setAccount(null);
        toast("Saved");
        onDone();
      }}
    >
      {({ errors, pending, banner }) => (
        <div className="flex flex-col gap-3">
          {banner}
          {looks && <input type="hidden" name="user" value={account?.value ?? ""} />}
          <div className="grid items-start gap-3 sm:grid-cols-[minmax(0,1fr)_220px_auto]">
            <Field label="Account" hint={looks ? account?.hint : "Its id or e-mail address."} error={errors.user}>
              {looks ? (
                <PickButton
                  title="Choose an account"
                  aria-label={`Account: ${account?.label ?? "Choose an account"}`}
                  search="E-mail, name or id"
                  find={findAccounts}
                  onPick={setAccount}
                  className="justify-start truncate"
                >
                  {account?.label ?? "Choose an account"}
                </PickButton>
              ) : (
                <Input name="user" required autoComplete="off" />
              )}
            </Field>
            <Field label="Gets it" error={errors.forced ?? errors.treatment}>
              <Select
                name="way"
                options={[
                  { value: "in", label: "Always" },
                  ...(offered.length > 1 ? offered : []).map((name) => ({
                    value: `in ${name}`,
                    label: `Always “${name}”`,
                  })),
                  { value: "out", label: "Never" },
                ]}
              />
            </Field>
            <Submit pending={pending} disabled={looks && account === null} className="justify-self-start sm:mt-[22px]">
              Apply
            </Submit>
          </div>
        </div>
      )}
    </Form>
  );
}

function LeaveToChance({ rollout, person, onDone }: PartProps & { person: Person }) {
  const { pending, run } = useAction();
  const remove = async () => {
    const outcome = await run((api) => api.rollouts.force({ rollout, user: person.id, forced: null }));
    if (!outcome) return;
    if (!outcome.ok) return toast(outcome.failure.message, { tone: "bad" });
    toast(`${person.name} is left to chance again`);
    onDone();
  };
  return (
    <Button size="sm" pending={pending} aria-label={`Leave to chance: ${person.name}`} onClick={remove}>
      Leave to chance
    </Button>
  );
}
