/** One rollout: whom it reaches, when, with what, and who that is. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Select } from "#components/ui/select.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Act } from "./act-bar.tsx";
import { type Query, tabHref } from "./address.ts";
import { Detail } from "./detail.tsx";
import { Loaded } from "./loaded.tsx";
import { StateBadge } from "./rollout-words.tsx";
import type { TabRow } from "./tab-props.ts";

type Rollout = TabRow<"rollouts">;

export default function RolloutDetail({ rollout, query }: { rollout: Rollout; query: Query; now: number }) {
  const router = useRouter();
  const end: Act<Rollout> = {
    label: "Remove",
    tone: "danger",
    says: "Nobody gets it any more, and the list of accounts added by hand is deleted.",
    done: "The rollout is removed",
    call: async (api, { id }) => {
      await api.rollouts.remove({ rollout: id });
      router.push(tabHref("rollouts"));
    },
  };
  return (
    <Detail
      tab="rollouts"
      query={query}
      back="All rollouts"
      title={rollout.title}
      badge={<StateBadge {...rollout} />}
      meta={[rollout.help]}
      row={rollout}
      noun={["rollout", "rollouts"]}
      nameOf={({ title }) => title}
      acts={[end]}
    >
      <Rules rollout={rollout} />
      <ByHand rollout={rollout} />
      <Preview rollout={rollout} />
    </Detail>
  );
}

function Rules({ rollout }: { rollout: Rollout }) {
  const router = useRouter();
  const { audience } = rollout;
  const special = audience !== null && (audience.roles.length > 0 || audience.organisations.length > 0);
  return (
    <Form
      call={(api, values) =>
        api.rollouts.edit({
          rollout: rollout.id,
          description: values("description"),
          enabled: values("enabled") === "on",
          share: Math.round(Number(values("share")) * 100),
          ...(values("audience") === "special" ? {} : { audience: audienceOf(values("audience")) }),
          treatments: rollout.offered
            .map((name) => ({ name, weight: Number(values(`weight.${name}`)) }))
            .filter(({ weight }) => weight !== 0),
          startsAt: momentOf(values("startsAt")),
          endsAt: momentOf(values("endsAt")),
        })
      }
      onDone={() => {
        toast("The rollout is saved");
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <Panel title="Who can get it" footer={<Submit pending={pending}>Save</Submit>}>
          <FieldGroup>
            {banner}
            <Checkbox
              name="enabled"
              label="On"
              hint="While it is off, nobody gets it."
              defaultChecked={rollout.enabled}
            />
            <Field label="Note" optional error={errors.description}>
              <Input name="description" defaultValue={rollout.description} maxLength={500} />
            </Field>
            <FieldGroup columns={2}>
              <Field
                label="Share (%)"
                hint="Of the audience. Accounts that have it keep it when the share grows."
                error={errors.share}
              >
                <Input name="share" inputMode="decimal" defaultValue={String(rollout.share / 100)} />
              </Field>
              <Field label="Audience" error={errors.audience}>
                <Select
                  name="audience"
                  defaultValue={special ? "special" : audience === null ? "all" : "staff"}
                  options={[
                    { value: "all", label: "Everybody" },
                    { value: "staff", label: "Staff" },
                    ...(special ? [{ value: "special", label: "Some roles and organisations" }] : []),
                  ]}
                />
              </Field>
              <Field label="From (UTC)" optional error={errors.startsAt}>
                <Input name="startsAt" type="datetime-local" defaultValue={fieldOf(rollout.startsAt)} />
              </Field>
              <Field label="Until (UTC)" optional error={errors.endsAt}>
                <Input name="endsAt" type="datetime-local" defaultValue={fieldOf(rollout.endsAt)} />
              </Field>
              {rollout.offered.map((name) => (
                <Field
                  key={name}
                  label={`Weight of “${name}”`}
                  hint="0: nobody gets this treatment."
                  error={errors.treatments}
                >
                  <Input
                    name={`weight.${name}`}
                    inputMode="numeric"
                    defaultValue={String(rollout.treatments.find((one) => one.name === name)?.weight ?? 0)}
                  />
                </Field>
              ))}
            </FieldGroup>
          </FieldGroup>
        </Panel>
      )}
    </Form>
  );
}

const audienceOf = (value: string) => (value === "staff" ? { staff: true, roles: [], organisations: [] } : null);

/** A moment as the browser's field has it, in UTC. */
const fieldOf = (at: number | null): string => (at === null ? "" : new Date(at).toISOString().slice(0, 16));
const momentOf = (text: string): number | null => (text === "" ? null : Date.parse(`${text}Z`));

function ByHand({ rollout }: { rollout: Rollout }) {
  const router = useRouter();
  return (
    <Form
      call={(api, values) =>
        api.rollouts.force({
          rollout: rollout.id,
          user: values("user").trim(),
          forced: values("forced") === "in" || values("forced") === "out" ? (values("forced") as "in" | "out") : null,
        })
      }
      onDone={(_, form) => {
        form.reset();
        toast("Saved");
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <Panel
          title="Add accounts by hand"
          description={`${rollout.forcedIn} always get it and ${rollout.forcedOut} never do, whatever the share is.`}
          footer={<Submit pending={pending}>Apply</Submit>}
        >
          <FieldGroup>
            {banner}
            <FieldGroup columns={2}>
              <Field label="Account" hint="Its id or e-mail address." error={errors.user}>
                <Input name="user" required autoComplete="off" />
              </Field>
              <Field label="Gets it" error={errors.forced}>
                <Select
                  name="forced"
                  options={[
                    { value: "in", label: "Always" },
                    { value: "out", label: "Never" },
                    { value: "chance", label: "By chance" },
                  ]}
                />
              </Field>
            </FieldGroup>
          </FieldGroup>
        </Panel>
      )}
    </Form>
  );
}

/** Who would be in, while it is on. */
function Preview({ rollout }: { rollout: Rollout }) {
  const [shown, setShown] = useState(false);
  const [after, setAfter] = useState<string | undefined>(undefined);
  return (
    <Panel
      title="Who gets it"
      description="While it is on and within its dates, with the settings as saved."
      actions={!shown && <Button onClick={() => setShown(true)}>Show</Button>}
    >
      {shown && (
        <Loaded
          of={`${rollout.id} ${rollout.updatedAt} ${after}`}
          call={(api) => api.rollouts.preview({ rollout: rollout.id, after })}
        >
          {({ items, next }) => (
            <>
              {items.length === 0 && <p className="text-dim">{next === null ? "Nobody." : "Nobody so far."}</p>}
              <ul aria-label="Who gets it" className="flex flex-col gap-1 wrap-anywhere">
                {items.map(({ id, name, email, treatment, forced }) => (
                  <li key={id}>
                    {name} <span className="text-dim">{email}</span> <Badge>{treatment}</Badge>
                    {forced && <span className="ms-1.5 text-dim">by hand</span>}
                  </li>
                ))}
              </ul>
              <p className="mt-3 flex gap-2">
                {after !== undefined && <Button onClick={() => setAfter(undefined)}>Back to the start</Button>}
                {next !== null && <Button onClick={() => setAfter(next)}>More</Button>}
              </p>
            </>
          )}
        </Loaded>
      )}
    </Panel>
  );
}
