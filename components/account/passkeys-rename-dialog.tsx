/** Renames a passkey. */
"use client";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface RenamePasskeyProps {
  /** Its id. */
  passkey: string;
  name: string;
}

export function RenamePasskeyDialog({ passkey, name, onClose }: RenamePasskeyProps & { onClose: () => void }) {
  return (
    <FormDialog
      title={`Rename the passkey ${name}`}
      size="sm"
      call={(api, values) => api.passkeys.rename({ passkey, name: values("name") })}
      onDone={(renamed) => toast(`The passkey is now called ${renamed.name}`)}
      submit="Save"
      onClose={onClose}
    >
      {(errors) => (
        <Field label="Name" error={errors.name}>
          <Input name="name" required defaultValue={name} maxLength={60} autoComplete="off" />
        </Field>
      )}
    </FormDialog>
  );
}
