/** Where the form stands and for what, and where the focus goes when it is done. One form is open at a time. */
"use client";
import { useRef, useState } from "react";
import { rrsetKey } from "#lib/dns/rrset.ts";
import { type Draft, withEntry } from "./draft.ts";
import type { EditorRow } from "./editor-rows.ts";
import { emptyValue, type FormState } from "./form-state.ts";
import type { FormField, Next, SavedForm } from "./record-form.tsx";

export interface FormPlace {
  /** Another one is another form. */
  id: number;
  /** Null to add. */
  row: EditorRow | null;
  focus: FormField | undefined;
  start: FormState | undefined;
}

interface Options {
  known: readonly EditorRow[];
  update: (change: (draft: Draft) => Draft) => void;
  onSaved: (label: string, joined: boolean) => void;
  onReview: () => void;
}

export function useFormPlace({ known, update, onSaved, onReview }: Options) {
  const [place, setPlace] = useState<FormPlace | null>(null);
  const [isDirty, setDirty] = useState(false);
  const count = useRef(0);
  const opener = useRef<HTMLElement | null>(null);
  /** What is opened as soon as the form that is open now has been saved. */
  const next = useRef<{ row: EditorRow | null; focus: FormField | undefined } | null>(null);

  const show = (row: EditorRow | null, focus?: FormField, start?: FormState) => {
    count.current += 1;
    setDirty(false);
    setPlace({ id: count.current, row, focus, start });
  };
  const hide = () => {
    next.current = null;
    setDirty(false);
    setPlace(null);
  };
  return {
    place,
    isDirty,
    dirty: () => setDirty(true),
    focusRow,
    open(row: EditorRow | null, focus?: FormField): void {
      if (place === null && document.activeElement instanceof HTMLElement) opener.current = document.activeElement;
      if (place !== null && place.row?.key === row?.key) {
        focusForm();
        return;
      }
      if (place === null || !isDirty) {
        show(row, focus);
        return;
      }
      // What was typed is not lost: it goes into the draft, or says what is wrong with it.
      next.current = { row, focus };
      formElement()?.requestSubmit();
    },
    save({ wanted, seen, label, joined }: SavedForm, then: Next, state: FormState): void {
      const row = place?.row ?? null;
      const key = rrsetKey(wanted);
      update((now) => {
        const saved = withEntry(now, { name: wanted.name, type: wanted.type, seen, wanted });
        // A name that was changed leaves the old RRset behind, removed.
        if (!row || row.key === key) return saved;
        return withEntry(saved, { name: row.name, type: row.type, seen: row.seen, wanted: null });
      });
      onSaved(label, joined);
      const after = next.current;
      next.current = null;
      if (then === "another") {
        show(null, "name", { name: "", type: state.type, ttl: state.ttl, values: [emptyValue(0, state.type)] });
      } else if (after) {
        const fresh = known.find((other) => other.key === after.row?.key);
        show(fresh ?? after.row, after.focus);
      } else {
        hide();
        if (then === "review") onReview();
        else focusRow(key);
      }
    },
    close(): void {
      const row = place?.row;
      hide();
      const target = opener.current;
      if (row) focusRow(row.key);
      else requestAnimationFrame(() => target?.isConnected && target.focus());
    },
  };
}

const formElement = (): HTMLFormElement | null => document.querySelector<HTMLFormElement>("tr[data-form] form");

const focusForm = (): void => formElement()?.querySelector<HTMLElement>("[data-focus=name]")?.focus();

/** The row once it is on the page, or what is left of the table when it is gone. */
function focusRow(key: string): void {
  requestAnimationFrame(() => {
    const rows = [...document.querySelectorAll<HTMLElement>("tr[data-key]")];
    (rows.find((row) => row.dataset.key === key) ?? rows[0])?.focus({ preventScroll: false });
  });
}
