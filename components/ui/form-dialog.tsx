/** A form in a dialog, which one call answers: its fields, what was wrong, and the two ways out of it. */
"use client";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import type { Api } from "./attempt.ts";
import { Button } from "./button.tsx";
import { Dialog, DialogClose, DialogFooter, type DialogProps } from "./dialog.tsx";
import { FieldGroup } from "./field.tsx";
import { Form, type FormState, type Values } from "./form.tsx";
import { Submit } from "./submit.tsx";

export interface FormDialogProps<T> extends Pick<DialogProps, "title" | "description" | "size" | "role" | "keepOpen"> {
  call: (api: Api, values: Values) => Promise<T>;
  /** What the button says that sends it. */
  submit: string;
  /** Something is lost by it. */
  danger?: boolean;
  /** What is behind it is read again when it is done; false: whoever opened it sees to that. */
  refresh?: boolean;
  onClose: () => void;
  /** It is closed already. */
  onDone?: (value: T) => void;
  /** The fields. */
  children: (errors: FormState["errors"]) => ReactNode;
}

export function FormDialog<T>({
  call,
  submit,
  danger,
  refresh = true,
  onClose,
  onDone,
  children,
  ...dialog
}: FormDialogProps<T>) {
  const router = useRouter();
  const done = (value: T) => {
    onClose();
    onDone?.(value);
    if (refresh) router.refresh();
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} {...dialog}>
      <Form call={call} onDone={done}>
        {({ errors, pending, banner }) => (
          <>
            <FieldGroup>
              {banner}
              {children(errors)}
            </FieldGroup>
            <DialogFooter>
              <DialogClose>
                <Button>Cancel</Button>
              </DialogClose>
              <Submit variant={danger ? "danger" : "primary"} pending={pending}>
                {submit}
              </Submit>
            </DialogFooter>
          </>
        )}
      </Form>
    </Dialog>
  );
}
