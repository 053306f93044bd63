/** Adds or edits one RRset in the draft, in its place in the table. Nothing leaves the device but the question whether the RRset is there already. */
"use client";
import { type FormEvent, type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Plus } from "#components/ui/icons.tsx";
import { Input } from "#components/ui/input.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { Select } from "#components/ui/select.tsx";
import { mailStarts } from "#lib/dns/mail/starts.ts";
import { displayName } from "#lib/dns/name.ts";
import { type RRset, rrsetKey } from "#lib/dns/rrset.ts";
import type { Seen } from "./draft.ts";
import type { EditorRow } from "./editor-rows.ts";
import { findExisting, joinedWith } from "./existing.ts";
import { BetterType, MailStarts, Narrowed } from "./form-notes.tsx";
import {
  betterType,
  checkForm,
  emptyValue,
  type FormState,
  fullName,
  initialState,
  isSingle,
  relativeTo,
  retyped,
  shownProblems,
} from "./form-state.ts";
import { looksLikeRecords } from "./paste-text.ts";
import { rowLabel } from "./record-rows.tsx";
import { TtlField } from "./ttl-field.tsx";
import { TypeHelp } from "./type-help.tsx";
import { ValueFields } from "./value-fields.tsx";
import { offeredTypes, type ZoneView } from "./zone-view.ts";

export type FormField = "name" | "ttl" | "value";

export interface SavedForm {
  wanted: RRset;
  seen: Seen | null;
  label: string;
  /** There was such an RRset: the values were added to it. */
  joined: boolean;
}

/** What comes after saving. */
export type Next = "close" | "another" | "review";

export interface RecordFormProps {
  zone: ZoneView;
  /** Null to add. */
  row: EditorRow | null;
  /** What the form begins with, where that is not the row. */
  start?: FormState | undefined;
  /** Gets the focus. */
  focus?: FormField | undefined;
  /** RRsets that are known to be there, or in the draft. */
  known: readonly EditorRow[];
  onSave: (saved: SavedForm, next: Next, state: FormState) => void;
  onClose: () => void;
  onDirty: () => void;
  /** Text that is several records was pasted into the name. */
  onPaste: (text: string) => void;
}

export function RecordForm({ zone, row, start, focus, known, onSave, onClose, onDirty, onPaste }: RecordFormProps) {
  const types = offeredTypes(zone);
  const [state, setState] = useState<FormState>(() => start ?? initialState(row, types[0] ?? "A"));
  const [chosen, setChosen] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [submitted, setSubmitted] = useState(false);
  const [refusal, setRefusal] = useState<{ field: "name" | "form"; message: string } | null>(null);
  const [pending, setPending] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const checked = checkForm(state, zone);
  const shown = shownProblems(checked.problems, left, submitted);
  const whole = row === null || row.kind === "added" || row.level === "full";
  const least = row?.seen?.rrset.records.length ?? 1;
  const single = isSingle(state.type);
  const full = fullName(state.name, zone.apex);
  const better = row === null ? betterType(state, types, zone.apex) : null;

  // Once, as it opened, and before it is painted: whoever sees the form types into it.
  const opened = useRef({ wanted: focus ?? (row === null ? "name" : "value"), isNew: row === null });
  useLayoutEffect(() => {
    const { wanted, isNew } = opened.current;
    const target = form.current?.querySelector<HTMLInputElement>(`[data-focus=${wanted}]`) ?? null;
    target?.focus({ preventScroll: true });
    if (!isNew) target?.select?.();
    form.current?.scrollIntoView({ block: "nearest" });
  }, []);

  const change = (next: Partial<FormState>) => {
    setState({ ...state, ...next });
    setRefusal(null);
    onDirty();
  };
  const leave = (field: string) => setLeft((fields) => new Set([...fields, field]));
  const addValue = () => {
    const id = Math.max(-1, ...state.values.map((value) => value.id)) + 1;
    change({ values: [...state.values, emptyValue(id, state.type)] });
    requestAnimationFrame(() =>
      [...(form.current?.querySelectorAll<HTMLElement>("fieldset[data-value]") ?? [])]
        .at(-1)
        ?.querySelector<HTMLElement>("input, textarea, select")
        ?.focus(),
    );
  };
  const retype = (type: string) => {
    setLeft(new Set());
    change(retyped(state, type));
  };

  const begin = (kind: keyof typeof mailStarts) =>
    change({
      name: kind === "DMARC" && state.name.trim() === "" ? "_dmarc" : state.name,
      values: [{ ...emptyValue(0, "TXT"), fields: { text: mailStarts[kind] } }],
    });

  const save = async (next: Next) => {
    if (pending) return;
    // Whoever never looked at the type means the one that the value belongs to.
    const meant = better !== null && !chosen ? retyped(state, better) : state;
    setState(meant);
    setSubmitted(true);
    const { wanted } = checkForm(meant, zone);
    if (!wanted) return focusInvalid(form.current);
    const label = rowLabel({ relative: relativeTo(wanted.name, zone.apex), type: wanted.type });
    if (row && row.key === rrsetKey(wanted))
      return onSave({ wanted, seen: row.seen, label, joined: false }, next, meant);
    setPending(true);
    const existing = await findExisting(zone, wanted, known);
    setPending(false);
    if (existing?.set && isSingle(wanted.type)) {
      setRefusal({ field: "name", message: `${label} is there already, and there can be only one. Edit that one.` });
      return focusInvalid(form.current);
    }
    if (existing && existing.level !== "edit" && existing.level !== "full") {
      const there = existing.set ? " is there already, and" : ":";
      return setRefusal({ field: "form", message: `${label}${there} your level for it is ${existing.level}.` });
    }
    const set = existing?.set ?? null;
    const joined = set ? joinedWith(set, wanted, meant.ttl !== initialState(null, meant.type).ttl) : wanted;
    onSave({ wanted: joined, seen: existing?.seen ?? null, label, joined: set !== null }, next, meant);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void save("close");
  };
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key === "Escape") {
      event.preventDefault();
      onClose();
    } else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) {
      // Also in a text of several lines: a line break belongs in hardly any record, and can still be pasted.
      event.preventDefault();
      void save(event.metaKey || event.ctrlKey ? "review" : event.shiftKey && row === null ? "another" : "close");
    }
  };

  return (
    <form
      ref={form}
      aria-label={row ? `Edit ${rowLabel(row)}` : "Add record"}
      onSubmit={onSubmit}
      onKeyDown={onKeyDown}
      noValidate
      className="grid gap-3 font-sans"
    >
      {refusal?.field === "form" && (
        <Banner tone="bad" live>
          {refusal.message}
        </Banner>
      )}
      {row === null && zone.narrowed && <Narrowed narrowed={zone.narrowed} />}
      <div className="grid grid-cols-[minmax(0,1fr)_108px] gap-x-3 gap-y-3 lg:grid-cols-[minmax(150px,25fr)_108px_minmax(0,60fr)_132px]">
        <Field
          label="Name"
          error={refusal?.field === "name" ? refusal.message : shown.name}
          hint={<span className="wrap-anywhere">{hintOf(state.name, full, zone)}</span>}
        >
          <Input
            data-focus="name"
            mono
            value={state.name}
            placeholder="@"
            autoComplete="off"
            readOnly={row !== null && (!whole || !row.removable) && row.kind !== "added"}
            onChange={(event) => change({ name: event.target.value })}
            onBlur={() => state.name !== "" && leave("name")}
            onPaste={(event) => {
              const text = event.clipboardData.getData("text/plain");
              if (row !== null || !looksLikeRecords(text)) return;
              event.preventDefault();
              onPaste(text);
            }}
          />
        </Field>
        <Field label="Type">
          {row ? (
            <Input mono readOnly value={row.type} />
          ) : (
            <Select
              mono
              value={state.type}
              options={types.map((type) => ({ value: type, label: type }))}
              onChange={(event) => {
                setChosen(true);
                retype(event.target.value);
              }}
            />
          )}
        </Field>
        <div className="col-span-2 grid min-w-0 content-start gap-2 lg:col-span-1">
          {state.values.map((value, index) => (
            <ValueFields
              key={value.id}
              zone={zone}
              name={state.name}
              type={state.type}
              value={value}
              place={state.values.length > 1 ? index + 1 : null}
              problems={shown.values[value.id] ?? {}}
              mayDisable={whole}
              onRemove={
                state.values.length > 1 && (whole || state.values.length > least)
                  ? () => change({ values: state.values.filter((other) => other.id !== value.id) })
                  : undefined
              }
              onChange={(next) =>
                change({ values: state.values.map((other) => (other.id === value.id ? next : other)) })
              }
              onLeave={(field) => leave(`${value.id}.${field}`)}
            />
          ))}
          {row === null && state.type === "TXT" && state.values.every(({ fields }) => !fields.text) && (
            <MailStarts onBegin={begin} />
          )}
          {better !== null && <BetterType type={better} onTake={() => retype(better)} />}
          {!single && (
            <Button size="sm" variant="ghost" className="justify-self-start" onClick={addValue}>
              <Plus aria-hidden="true" />
              Add value
            </Button>
          )}
          {!whole && (
            <p className="text-xs text-faint">Your level is edit: values can be changed and added, not taken away.</p>
          )}
        </div>
        <TtlField
          value={state.ttl}
          auto={zone.offers.includes("autoTtl")}
          error={shown.ttl}
          onChange={(ttl) => change({ ttl })}
          onLeave={() => leave("ttl")}
        />
      </div>
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <TypeHelp type={state.type} />
        <div className="ms-auto flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          {row === null && (
            <Button onClick={() => void save("another")}>
              Save and add another
              <span aria-hidden="true" className="pointer-coarse:hidden">
                <Kbd>⇧↵</Kbd>
              </span>
            </Button>
          )}
          <Button type="submit" variant="primary" pending={pending}>
            Save to draft
            <span aria-hidden="true" className="pointer-coarse:hidden">
              <Kbd inherit>↵</Kbd>
            </span>
          </Button>
        </div>
      </div>
    </form>
  );
}

function hintOf(typed: string, full: string | null, zone: ZoneView): string {
  if (full === null) return typed.trim() === "" ? "Empty or @ is the zone itself" : `below ${zone.zone}`;
  return displayName(full) === full ? full.replace(/\.$/, "") : `${displayName(full)} is ${full}`;
}

/** After the errors are on the page. */
const focusInvalid = (form: HTMLFormElement | null): void => {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
};
