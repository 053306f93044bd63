/** Makes an account with a first password. */
"use client";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { toast } from "#components/ui/toast.tsx";

export function CreateAccountDialog({ onClose }: { onClose: () => void }) {
  return (
    <FormDialog
      title="Create an account"
      description="You vouch for the e-mail address: it counts as verified."
      size="sm"
      call={(api, values) =>
        api.accounts.create({ name: values("name"), email: values("email"), password: values("password") })
      }
      onDone={(account) => toast(`${account.email} can sign in now`)}
      submit="Create account"
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name}>
            <Input name="name" required autoComplete="off" />
          </Field>
          <Field label="E-mail" error={errors.email}>
            <Input name="email" type="email" required autoComplete="off" />
          </Field>
          <Field
            label="Password"
            error={errors.password}
            hint="At least 10 characters. The person can change it in their account settings."
          >
            <Input name="password" type="password" required autoComplete="new-password" />
          </Field>
        </>
      )}
    </FormDialog>
  );
}
