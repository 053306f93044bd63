/** The image of a server and the variables of its egg, as far as people may set them. */
"use client";
import { useRouter } from "next/navigation";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Select } from "#components/ui/select.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

export interface StartupFormProps {
  server: string;
  startup: Outputs["servers"]["startup"];
  /** It can only be read. */
  locked: boolean;
}

export function StartupForm({ server, startup, locked }: StartupFormProps) {
  const router = useRouter();
  const { images, image, variables, revision, invocation } = startup;
  // One that the egg has no more may stay.
  const known = images.some((one) => one.image === image) ? images : [{ label: image, image }, ...images];
  return (
    <Form
      className="max-w-[720px]"
      call={(api, values) => {
        const changed = variables.filter(({ env, value, editable }) => editable && values(nameOf(env)) !== value);
        return api.servers.setStartup({
          server,
          revision,
          image: values("image"),
          variables: Object.fromEntries(changed.map(({ env }) => [env, values(nameOf(env))])),
        });
      }}
      onDone={() => {
        toast("Saved. It counts from the next start.");
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <Panel
          title="Startup"
          description="Changes count from the next start."
          footer={!locked && <Submit pending={pending}>Save</Submit>}
        >
          <FieldGroup>
            {banner}
            <Field label="Command" hint="As its egg says it.">
              <Input mono readOnly defaultValue={invocation} />
            </Field>
            <Field label="Image" error={errors.image}>
              <Select
                name="image"
                defaultValue={image}
                disabled={locked}
                options={known.map((one) => ({ value: one.image, label: one.label }))}
              />
            </Field>
            {variables.map(({ env, name, description, value, editable }) => (
              <Field
                key={env}
                label={name}
                error={errors[nameOf(env)]}
                hint={
                  [description, editable ? "" : "Only staff can change this."].filter(Boolean).join(" ") || undefined
                }
              >
                <Input
                  name={nameOf(env)}
                  defaultValue={value}
                  readOnly={locked || !editable}
                  autoComplete="off"
                  spellCheck={false}
                />
              </Field>
            ))}
          </FieldGroup>
        </Panel>
      )}
    </Form>
  );
}

/** As the panel names the field when its value is wrong. */
const nameOf = (env: string): string => `variables.${env}`;
