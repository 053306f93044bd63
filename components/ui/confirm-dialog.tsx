/** Asks before something is destroyed, and names it; for the worst, its name must be typed. */
"use client";
import { type FormEvent, type ReactNode, useId, useRef, useState } from "react";
import { notConfirmed } from "./attempt.ts";
import { Banner } from "./banner.tsx";
import { Button } from "./button.tsx";
import { Dialog, DialogClose, DialogFooter } from "./dialog.tsx";
import { Input } from "./input.tsx";

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The question, with the name of what is meant: "Delete zone acme.example?" */
  title: string;
  /** What will be lost, in a sentence or a list. */
  children?: ReactNode;
  /** The verb on the button: "Delete zone". */
  confirm: string;
  tone?: "danger" | "primary";
  /** This text has to be typed first. */
  typeName?: string;
  /** Closes when it is done; an error it throws is shown and the dialog stays. */
  onConfirm: () => void | Promise<void>;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, children, confirm, tone = "danger", typeName, onConfirm } = props;
  const id = useId();
  const first = useRef<HTMLButtonElement & HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<string>();
  const ready = typeName === undefined || typed.trim() === typeName;

  const change = (next: boolean) => {
    if (pending) return;
    setTyped("");
    setFailure(undefined);
    onOpenChange(next);
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || pending) return;
    setPending(true);
    setFailure(undefined);
    try {
      await onConfirm();
      setTyped("");
      onOpenChange(false);
    } catch (error) {
      if (!notConfirmed(error)) setFailure(error instanceof Error ? error.message : "Something went wrong.");
    } finally {
      setPending(false);
    }
  };

  return (
    <Dialog open={open} onOpenChange={change} title={title} size="sm" role="alertdialog" initialFocus={first}>
      <form onSubmit={submit} className="flex flex-col">
        <div className="flex flex-col gap-4">
          {children && <div className="text-dim">{children}</div>}
          {typeName !== undefined && (
            <div className="flex flex-col gap-1">
              <label htmlFor={id}>
                Type <strong className="font-mono font-semibold break-all select-all">{typeName}</strong> to confirm
              </label>
              <Input
                ref={first}
                id={id}
                mono
                value={typed}
                autoComplete="off"
                onChange={(event) => setTyped(event.target.value)}
              />
            </div>
          )}
          {failure !== undefined && (
            <Banner tone="bad" live>
              {failure}
            </Banner>
          )}
        </div>
        <DialogFooter>
          <DialogClose>
            <Button ref={typeName === undefined ? first : undefined}>Cancel</Button>
          </DialogClose>
          <Button type="submit" variant={tone} pending={pending} disabled={!ready}>
            {confirm}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
