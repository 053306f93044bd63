/** Suspends an account, with a reason that staff see. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";

export function SuspendAccount({ user, email }: { user: string; email: string }) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="danger" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Suspend account
      </Button>
      {open && (
        <Dialog
          open
          onOpenChange={setOpen}
          title={`Suspend ${email}?`}
          description="It is signed out at once, cannot sign in, and its API tokens stop until the suspension ends."
          size="sm"
        >
          <Form
            call={(api, values) => api.accounts.suspend({ user, reason: values("reason") })}
            onDone={() => {
              setOpen(false);
              toast(`${email} is suspended`);
              router.refresh();
            }}
          >
            {({ errors, pending, banner }) => (
              <>
                <FieldGroup>
                  {banner}
                  <Field label="Reason" error={errors.reason} hint="For other staff. The person is not told it.">
                    <Textarea name="reason" rows={3} required />
                  </Field>
                </FieldGroup>
                <DialogFooter>
                  <DialogClose>
                    <Button>Cancel</Button>
                  </DialogClose>
                  <Submit pending={pending}>Suspend account</Submit>
                </DialogFooter>
              </>
            )}
          </Form>
        </Dialog>
      )}
    </>
  );
}
