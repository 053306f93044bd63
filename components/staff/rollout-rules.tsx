/** Whom a rollout reaches, when, and with what. */
"use client";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Permission } from "#lib/access/permissions.ts";
import { audienceOf, RolloutAudience, useAudience } from "./rollout-audience.tsx";
import type { TabRow } from "./tab-props.ts";

type Rollout = TabRow<"rollouts">;

export function RolloutRules({ rollout, may }: { rollout: Rollout; may: readonly Permission[] }) {
  const router = useRouter();
  const [audience, setAudience] = useAudience(rollout, may);
  /** As it was when the form was filled, or last saved here. */
  const seen = useRef(rollout.updatedAt);
  return (
    <Form
      call={(api, values) =>
        api.rollouts.edit({
          rollout: rollout.id,
          updatedAt: seen.current,
          description: values("description"),
          enabled: values("enabled") === "on",
          share: Math.round(Number(values("share").replace(",", ".")) * 100),
          audience: audienceOf(audience),
          treatments: rollout.offered
            .map((name) => ({ name, weight: Number(values(`weight.${name}`)) }))
            .filter(({ weight }) => weight !== 0),
          startsAt: momentOf(values("startsAt")),
          endsAt: momentOf(values("endsAt")),
        })
      }
      onDone={(saved, form) => {
        seen.current = saved.updatedAt;
        // What was typed stays, with the focus; a share is kept to the hundredth.
        const share = form.elements.namedItem("share");
        if (share instanceof HTMLInputElement) share.value = String(saved.share / 100);
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
            <RolloutAudience audience={audience} onChange={setAudience} error={errors.audience} may={may} />
            <FieldGroup columns={2}>
              <Field
                label="Share (%)"
                hint="Of the audience. Accounts that have it keep it when the share grows."
                error={errors.share}
              >
                <Input name="share" inputMode="decimal" defaultValue={String(rollout.share / 100)} />
              </Field>
              <Field label="Note" optional error={errors.description}>
                <Input name="description" defaultValue={rollout.description} maxLength={500} />
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

/** A moment as the browser's field has it, in UTC. */
const fieldOf = (at: number | null): string => (at === null ? "" : new Date(at).toISOString().slice(0, 16));
const momentOf = (text: string): number | null => (text === "" ? null : Date.parse(`${text}Z`));
