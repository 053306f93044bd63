/** What an organisation may have at most: each limit its own, or the panel's where the field is empty. */
"use client";
import { useRouter } from "next/navigation";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Inspected } from "./organisation-detail.tsx";

const told = (n: number, unit: string): string => `${n.toLocaleString("en-GB")} ${unit}`;

/** An empty field is the panel's limit; what is no number is no limit either, and is told as such by the API. */
const numberIn = (text: string): number | null => {
  const said = text.trim();
  return said === "" ? null : /^\d+$/.test(said) ? Number(said) : -1;
};

export function LimitsForm({ organisation: { id, limits }, may }: { organisation: Inspected; may: boolean }) {
  const router = useRouter();
  if (!may)
    return (
      <Panel title="Limits" description="You need org:write to change them.">
        <Facts
          items={limits.map(({ title, value, unit, own }) => ({
            label: title,
            value: `${told(value, unit)}${own === null ? "" : ", its own"}`,
          }))}
        />
      </Panel>
    );
  return (
    <Form
      key={limits.map(({ own }) => own).join()}
      call={(api, values) =>
        api.organisations.limit({
          organisation: id,
          limits: Object.fromEntries(limits.map(({ key }) => [key, numberIn(values(`limits.${key}`))])),
        })
      }
      onDone={() => {
        toast("Limits saved");
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <Panel
          title="Limits"
          description="Leave a field empty to use the panel’s limit. A lower limit never removes what is already there."
          footer={<Submit pending={pending}>Save limits</Submit>}
        >
          <div className="flex flex-col gap-4">
            {banner}
            <FieldGroup columns={2}>
              {limits.map(({ key, title, own, byPanel, unit }) => (
                <Field
                  key={key}
                  label={title}
                  error={errors[`limits.${key}`]}
                  hint={`Panel limit: ${told(byPanel, unit)}.`}
                >
                  <Input
                    name={`limits.${key}`}
                    inputMode="numeric"
                    defaultValue={own ?? ""}
                    placeholder={byPanel.toLocaleString("en-GB")}
                    autoComplete="off"
                  />
                </Field>
              ))}
            </FieldGroup>
          </div>
        </Panel>
      )}
    </Form>
  );
}
