/** Somebody's name and e-mail address, for staff to change. */
"use client";
import { useRouter } from "next/navigation";
import { isMasked } from "#components/staff/private-value.tsx";
import { Field } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";

export function NameOf({ user, name }: { user: string; name: string }) {
  const router = useRouter();
  return (
    <Form
      call={(api, values) => api.accounts.edit({ user, name: values("name") })}
      onDone={() => {
        toast("The name is changed");
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <div className="flex flex-col gap-3">
          {banner}
          <div className="flex items-end gap-2">
            <Field label="Name" error={errors.name} className="max-w-sm flex-1">
              <Input
                name="name"
                defaultValue={isMasked(name) ? "" : name}
                placeholder={name}
                required
                autoComplete="off"
              />
            </Field>
            <Submit pending={pending}>Save name</Submit>
          </div>
        </div>
      )}
    </Form>
  );
}

export function AddressOf({ user, email }: { user: string; email: string }) {
  const router = useRouter();
  return (
    <Form
      call={(api, values) => api.accounts.changeAddress({ user, email: values("email") })}
      onDone={() => {
        toast("The address is changed, and counts as unverified");
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <div className="flex flex-col gap-3">
          {banner}
          <div className="flex items-end gap-2">
            <Field label="E-mail" error={errors.email} className="max-w-sm flex-1">
              <Input
                name="email"
                type="email"
                defaultValue={isMasked(email) ? "" : email}
                placeholder={email}
                required
                autoComplete="off"
              />
            </Field>
            <Submit pending={pending}>Save address</Submit>
          </div>
        </div>
      )}
    </Form>
  );
}
