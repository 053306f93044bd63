/** Names an SSH key and takes its public half. */
"use client";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";

export function AddSshKeyDialog({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Add an SSH key" keepOpen>
      <Form
        call={(api, values) => api.sshKeys.add({ name: values("name"), key: values("key") })}
        onDone={({ name }) => {
          toast(`The SSH key ${name} is added`);
          onClose();
          router.refresh();
        }}
      >
        {({ errors, pending, banner }) => (
          <>
            <FieldGroup>
              {banner}
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
            </FieldGroup>
            <DialogFooter>
              <DialogClose>
                <Button>Cancel</Button>
              </DialogClose>
              <Submit pending={pending}>Add key</Submit>
            </DialogFooter>
          </>
        )}
      </Form>
    </Dialog>
  );
}
