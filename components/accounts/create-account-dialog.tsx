/** Makes an account with a first password. */
"use client";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";

export function CreateAccountDialog({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Create an account"
      description="You vouch for the e-mail address: it counts as verified."
      size="sm"
    >
      <Form
        call={(api, values) =>
          api.accounts.create({ name: values("name"), email: values("email"), password: values("password") })
        }
        onDone={(account) => {
          toast(`${account.email} can sign in now`);
          onClose();
          router.refresh();
        }}
      >
        {({ errors, pending, banner }) => (
          <>
            <FieldGroup>
              {banner}
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
            </FieldGroup>
            <DialogFooter>
              <DialogClose>
                <Button>Cancel</Button>
              </DialogClose>
              <Submit pending={pending}>Create account</Submit>
            </DialogFooter>
          </>
        )}
      </Form>
    </Dialog>
  );
}
