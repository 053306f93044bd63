/** Names a passkey; then the browser takes over and has it made. */
"use client";
import { useRouter } from "next/navigation";
import { addPasskey } from "#components/auth/passkey.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";

export function AddPasskeyDialog({ suggestion, onClose }: { suggestion: string; onClose: () => void }) {
  const router = useRouter();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a passkey"
      description="Your browser then asks where to keep it: on this device, in a password manager, on a phone or on a security key."
      size="sm"
    >
      <Form
        call={(_api, values) => addPasskey(values("name"))}
        onDone={({ name }) => {
          toast(`The passkey ${name} is added`);
          onClose();
          router.refresh();
        }}
      >
        {({ errors, pending, banner }) => (
          <>
            <FieldGroup>
              {banner}
              <Field label="Name" error={errors.name} hint="To tell it from your other passkeys.">
                <Input name="name" required defaultValue={suggestion} maxLength={60} autoComplete="off" />
              </Field>
            </FieldGroup>
            <DialogFooter>
              <DialogClose>
                <Button>Cancel</Button>
              </DialogClose>
              <Submit pending={pending}>Continue</Submit>
            </DialogFooter>
          </>
        )}
      </Form>
    </Dialog>
  );
}
