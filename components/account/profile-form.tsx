/** Changes one's own name. */
"use client";
import { useRouter } from "next/navigation";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";

export function ProfileForm({ name }: { name: string }) {
  const router = useRouter();
  return (
    <Form
      call={(api, values) => api.users.rename({ name: values("name") })}
      onDone={() => {
        toast("Your name is saved");
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <Panel title="Profile" footer={<Submit pending={pending}>Save</Submit>}>
          <FieldGroup>
            {banner}
            <Field label="Name" error={errors.name} hint="Other members of your organisations see it.">
              <Input name="name" required defaultValue={name} autoComplete="name" />
            </Field>
          </FieldGroup>
        </Panel>
      )}
    </Form>
  );
}
