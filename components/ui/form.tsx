/** A form that one call answers: it keeps what was typed, and puts what was wrong at its field. */
"use client";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { Failure } from "#lib/api/client.ts";
import type { Api } from "./attempt.ts";
import { FailureBanner } from "./failure-banner.tsx";
import { useAction } from "./use-action.ts";

/** What was typed, by the field's name; empty where there is no such field. */
export type Values = (name: string) => string;

export interface FormState {
  /** Sentences by field name. */
  errors: Readonly<Record<string, string>>;
  pending: boolean;
  /** What was wrong with no field in particular. */
  banner: ReactNode;
}

export interface FormProps<T> {
  call: (api: Api, values: Values) => Promise<T>;
  onDone: (value: T, form: HTMLFormElement) => void;
  /** Success leads to another page: the form stays busy until that is there. */
  leaves?: boolean | ((value: T) => boolean);
  className?: string;
  children: (state: FormState) => ReactNode;
}

export function Form<T>({ call, onDone, leaves, className, children }: FormProps<T>) {
  const form = useRef<HTMLFormElement>(null);
  const { pending, failure, run } = useAction();
  const [unplaced, setUnplaced] = useState<Failure | null>(null);
  const [left, setLeft] = useState(false);

  useEffect(() => {
    if (failure) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [failure]);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // A form in a dialog stands, for React, inside the one that the dialog was opened from.
    event.stopPropagation();
    const target = event.currentTarget;
    if (left) return;
    const data = new FormData(target);
    setUnplaced(null);
    const outcome = await run((api) => call(api, (name) => String(data.get(name) ?? "")));
    if (!outcome) return;
    if (!outcome.ok) {
      const names = Object.keys(outcome.failure.fields);
      const placed = names.length > 0 && names.every((name) => target.elements.namedItem(name) !== null);
      setUnplaced(placed ? null : outcome.failure);
      return;
    }
    if (typeof leaves === "function" ? leaves(outcome.value) : leaves) setLeft(true);
    onDone(outcome.value, target);
  };

  const busy = pending || left;
  return (
    // Were it ever sent by the browser itself, what was typed would not end up in an address.
    <form ref={form} method="post" noValidate aria-busy={busy || undefined} onSubmit={submit} className={className}>
      {children({
        errors: failure?.fields ?? {},
        pending: busy,
        banner: unplaced && <FailureBanner failure={unplaced} />,
      })}
    </form>
  );
}
