/** Renames a passkey. */
"use client";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface RenamePasskeyProps {
  /** Its id. */
  passkey: string;
  name: string;
}

export function RenamePasskeyDialog({ passkey, name, onClose }: RenamePasskeyProps & { onClose: () => void }) {
  const router = useRouter();
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Rename the passkey ${name}`} size="sm">
      <Form
        call={(api, values) => api.passkeys.rename({ passkey, name: values("name") })}
        onDone={(renamed) => {
          toast(`The passkey is now called ${renamed.name}`);
          onClose();
          router.refresh();
        }}
      >
        {({ errors, pending, banner }) => (
          <>
            <FieldGroup>
              {banner}
              <Field label="Name" error={errors.name}>
                <Input name="name" required defaultValue={name} maxLength={60} autoComplete="off" />
              </Field>
            </FieldGroup>
            <DialogFooter>
              <DialogClose>
                <Button>Cancel</Button>
              </DialogClose>
              <Submit pending={pending}>Save</Submit>
            </DialogFooter>
          </>
        )}
      </Form>
    </Dialog>
  );
}
