/** Names an SSH key and takes its public half. */
"use client";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";

export function AddSshKeyDialog({ onClose }: { onClose: () => void }) {
  return (
    <FormDialog
      title="Add an SSH key"
      keepOpen
      call={(api, values) => api.sshKeys.add({ name: values("name"), key: values("key") })}
      onDone={({ name }) => toast(`The SSH key ${name} is added`)}
      submit="Add key"
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name} hint="Where it is kept, such as “Laptop”.">
            <Input name="name" required maxLength={60} autoComplete="off" />
          </Field>
          <Field
            label="Public key"
            error={errors.key}
            hint="One line that begins with ssh-ed25519, ecdsa-sha2 or ssh-rsa: what stands in the file that ends in .pub."
          >
            <Textarea name="key" mono rows={4} spellCheck={false} required />
          </Field>
        </>
      )}
    </FormDialog>
  );
}
