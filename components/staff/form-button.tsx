/** A button with a dialog of some fields that one call answers. */
"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import type { Api } from "#components/ui/attempt.ts";
import { Button, type ButtonProps } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { FieldGroup } from "#components/ui/field.tsx";
import { Form, type Values } from "#components/ui/form.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface FormButtonProps {
  label: ReactNode;
  variant?: ButtonProps["variant"];
  title: string;
  description?: string;
  submit: string;
  size?: "sm" | "md";
  call: (api: Api, values: Values) => Promise<unknown>;
  /** What is said when it is done. */
  done: string;
  children: (errors: Readonly<Record<string, string>>) => ReactNode;
}

export function FormButton(props: FormButtonProps) {
  const { label, variant = "primary", title, description, submit, size = "sm", call, done, children } = props;
  const [open, setOpen] = useState(false);
  const router = useRouter();
  return (
    <>
      <Button variant={variant} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open && (
        <Dialog open onOpenChange={setOpen} title={title} description={description} size={size}>
          <Form
            call={call}
            onDone={() => {
              toast(done);
              setOpen(false);
              router.refresh();
            }}
          >
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
                  <Submit pending={pending}>{submit}</Submit>
                </DialogFooter>
              </>
            )}
          </Form>
        </Dialog>
      )}
    </>
  );
}

/** What a `datetime-local` field has, as milliseconds; empty is null. */
export const timeOf = (text: string): number | null => (text === "" ? null : new Date(text).getTime());

/** The other way round, in the browser's own time. */
export function localTime(at: number | null): string {
  if (at === null) return "";
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
