/** Sets or changes one's own password, which ends all other sessions. */
"use client";
import { useRouter } from "next/navigation";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";

export function PasswordForm({ email, first }: { email: string; first: boolean }) {
  const router = useRouter();
  return (
    <Form
      call={(api, values) => api.users.password({ newPassword: values("newPassword") })}
      onDone={({ sessionsEnded }, form) => {
        form.reset();
        const others = sessionsEnded === 1 ? "1 other session has ended" : `${sessionsEnded} other sessions have ended`;
        toast(
          first ? "You can sign in with this password now" : "Your password is changed",
          sessionsEnded > 0 ? { detail: others } : {},
        );
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <Panel
          title="Password"
          description={
            first
              ? "Your account has none: you sign in with a passkey. Setting one ends all your other sessions."
              : "Changing it ends all your other sessions."
          }
          footer={<Submit pending={pending}>{first ? "Set password" : "Change password"}</Submit>}
        >
          <FieldGroup>
            {banner}
            {/* Tells a password manager whose password this is. */}
            <input type="text" hidden readOnly autoComplete="username" value={email} />
            <Field label="New password" error={errors.newPassword} hint="At least 10 characters.">
              <Input name="newPassword" type="password" required autoComplete="new-password" className="max-w-sm" />
            </Field>
          </FieldGroup>
        </Panel>
      )}
    </Form>
  );
}
