/** Names a passkey; then the browser takes over and has it made. */
"use client";
import { addPasskey } from "#components/auth/passkey.ts";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { toast } from "#components/ui/toast.tsx";

export function AddPasskeyDialog({ suggestion, onClose }: { suggestion: string; onClose: () => void }) {
  return (
    <FormDialog
      title="Add a passkey"
      description="Your browser then asks where to keep it: on this device, in a password manager, on a phone or on a security key."
      size="sm"
      call={(_api, values) => addPasskey(values("name"))}
      onDone={({ name }) => toast(`The passkey ${name} is added`)}
      submit="Continue"
      onClose={onClose}
    >
      {(errors) => (
        <Field label="Name" error={errors.name} hint="To tell it from your other passkeys.">
          <Input name="name" required defaultValue={suggestion} maxLength={60} autoComplete="off" />
        </Field>
      )}
    </FormDialog>
  );
}
