/** Changes an organisation's name and handle. */
"use client";
import { usePathname, useRouter } from "next/navigation";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import { organisationPath } from "./words.ts";

export function NameForm({ name, handle }: { name: string; handle: string }) {
  const router = useRouter();
  const pathname = usePathname();
  return (
    <Form
      call={(api, values) =>
        api.organisations.edit({ organisation: handle, name: values("name"), handle: values("handle") })
      }
      onDone={(organisation) => {
        toast("Name and handle are saved");
        const path = `${organisationPath(organisation.handle)}/settings`;
        if (path !== pathname) router.replace(path);
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <Panel title="Name and handle" footer={<Submit pending={pending}>Save</Submit>}>
          <FieldGroup>
            {banner}
            <Field label="Name" error={errors.name}>
              <Input name="name" required defaultValue={name} autoComplete="organization" />
            </Field>
            <Field
              label="Handle"
              error={errors.handle}
              hint="Names the organisation in addresses and in the API. Links and scripts with the old handle stop working."
            >
              <Input name="handle" mono required defaultValue={handle} autoComplete="off" />
            </Field>
          </FieldGroup>
        </Panel>
      )}
    </Form>
  );
}
