/** Adds or edits one RRset in the draft. Nothing leaves the device but the question whether the RRset is there already. */
"use client";
import { Plus } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { displayName } from "#lib/dns/name.ts";
import { type RRset, rrsetKey } from "#lib/dns/rrset.ts";
import { recordTypes } from "#lib/dns/types/index.ts";
import type { Seen } from "./draft.ts";
import type { EditorRow } from "./editor-rows.ts";
import { findExisting, joinedWith } from "./existing.ts";
import {
  checkForm,
  emptyValue,
  type FormProblems,
  type FormState,
  fullName,
  initialState,
  relativeTo,
  retyped,
} from "./form-state.ts";
import { rowLabel } from "./record-rows.tsx";
import { TtlField } from "./ttl-field.tsx";
import { ValueFields } from "./value-fields.tsx";
import { offeredTypes, type ZoneView } from "./zone-view.ts";

export interface SavedForm {
  wanted: RRset;
  seen: Seen | null;
  label: string;
  /** There was such an RRset: the values were added to it. */
  joined: boolean;
}

export interface RecordFormProps {
  zone: ZoneView;
  /** Null to add. */
  row: EditorRow | null;
  /** RRsets that are known to be there, or in the draft. */
  known: readonly EditorRow[];
  onSave: (saved: SavedForm) => void;
  onClose: () => void;
}

export function RecordForm({ zone, row, known, onSave, onClose }: RecordFormProps) {
  const types = offeredTypes(zone);
  const [state, setState] = useState<FormState>(() => initialState(row, types[0] ?? "A"));
  const [dirty, setDirty] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [submitted, setSubmitted] = useState(false);
  const [refusal, setRefusal] = useState<{ field: "name" | "form"; message: string } | null>(null);
  const [pending, setPending] = useState(false);
  const nameInput = useRef<HTMLInputElement>(null);
  const firstValue = useRef<HTMLElement>(null);
  const form = useRef<HTMLFormElement>(null);

  const checked = checkForm(state, zone);
  const shown = visible(checked.problems, left, submitted);
  const whole = row === null || row.kind === "added" || row.level === "full";
  const least = row?.seen?.rrset.records.length ?? 1;
  const single = state.type === "CNAME" || state.type === "SOA" || state.type === "DNAME";
  const full = fullName(state.name, zone.apex);

  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [dirty]);

  const change = (next: Partial<FormState>) => {
    setState({ ...state, ...next });
    setDirty(true);
    setRefusal(null);
  };
  const leave = (field: string) => setLeft((fields) => new Set([...fields, field]));
  const addValue = () => {
    const id = Math.max(-1, ...state.values.map((value) => value.id)) + 1;
    change({ values: [...state.values, emptyValue(id, state.type)] });
    requestAnimationFrame(() =>
      [...(form.current?.querySelectorAll<HTMLElement>("fieldset") ?? [])]
        .at(-1)
        ?.querySelector<HTMLElement>("input, textarea, select")
        ?.focus(),
    );
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setSubmitted(true);
    if (!checked.wanted) return focusInvalid(form.current);
    const { wanted } = checked;
    const label = rowLabel({ relative: relativeTo(wanted.name, zone.apex), type: wanted.type });
    if (row && row.key === rrsetKey(wanted)) return onSave({ wanted, seen: row.seen, label, joined: false });
    setPending(true);
    const existing = await findExisting(zone, wanted, known);
    setPending(false);
    if (existing?.set && single) {
      setRefusal({ field: "name", message: `${label} is there already, and there can be only one. Edit that one.` });
      return focusInvalid(form.current);
    }
    if (existing && existing.level !== "edit" && existing.level !== "full") {
      return setRefusal({
        field: "form",
        message: `${label} is there already, and your level for it is ${existing.level}.`,
      });
    }
    const set = existing?.set ?? null;
    onSave({
      wanted: set ? joinedWith(set, wanted, dirtyTtl(state)) : wanted,
      seen: existing?.seen ?? null,
      label,
      joined: set !== null,
    });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={row ? `Edit ${rowLabel(row)}` : "Add record"}
      description={recordTypes.get(state.type)?.title ?? `${state.type} record, as it stands in a zone file`}
      size="lg"
      keepOpen={dirty}
      initialFocus={row ? firstValue : nameInput}
    >
      <form ref={form} onSubmit={submit} onKeyDown={submitOnModEnter} noValidate className="grid gap-4">
        {refusal?.field === "form" && (
          <Banner tone="bad" live>
            {refusal.message}
          </Banner>
        )}
        {row === null && zone.narrowed && <Narrowed narrowed={zone.narrowed} />}
        <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_128px]">
          <Field
            label="Name"
            error={refusal?.field === "name" ? refusal.message : shown.name}
            hint={
              full ? (displayName(full) === full ? full : `${displayName(full)} is ${full}`) : "@ is the zone itself."
            }
          >
            <Input
              ref={nameInput}
              mono
              value={state.name}
              placeholder="www"
              autoComplete="off"
              readOnly={row !== null && (!whole || !row.removable) && row.kind !== "added"}
              onChange={(event) => change({ name: event.target.value })}
              onBlur={() => state.name !== "" && leave("name")}
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
                  change(retyped(state, event.target.value));
                  setLeft(new Set());
                }}
              />
            )}
          </Field>
        </div>
        <TtlField
          value={state.ttl}
          auto={zone.offers.includes("autoTtl")}
          error={shown.ttl}
          onChange={(ttl) => change({ ttl })}
          onLeave={() => leave("ttl")}
        />
        <div className="grid gap-3">
          {state.values.map((value, index) => (
            <ValueFields
              key={value.id}
              zone={zone}
              type={state.type}
              value={value}
              place={state.values.length > 1 ? index + 1 : null}
              problems={shown.values[value.id] ?? {}}
              first={index === 0 ? firstValue : undefined}
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
          {!single && (
            <Button className="justify-self-start" onClick={addValue}>
              <Plus aria-hidden="true" />
              Add value
            </Button>
          )}
          {!whole && (
            <p className="text-xs text-faint">Your level is edit: values can be changed and added, not taken away.</p>
          )}
        </div>
        <DialogFooter start={<span className="max-sm:hidden">Nothing is applied before you review it.</span>}>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button type="submit" variant="primary" pending={pending}>
            Save to draft
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

function Narrowed({ narrowed: { names, types } }: { narrowed: { names: string[]; types: string[] } }) {
  const where = [
    names.length > 0 && `the names ${names.join(", ")}`,
    types.length > 0 && `the types ${types.join(", ")}`,
  ];
  return <Banner>Your level applies to {where.filter(Boolean).join(" and ")} only.</Banner>;
}

/** What is wrong in the fields that have been left, or everywhere once the form was sent. */
function visible(problems: FormProblems | null, left: ReadonlySet<string>, all: boolean): FormProblems {
  if (problems === null || all) return problems ?? { values: {} };
  const values = Object.entries(problems.values).map(([id, fields]) => [
    Number(id),
    Object.fromEntries(Object.entries(fields).filter(([field]) => left.has(`${id}.${field}`))),
  ]);
  return {
    ...(problems.name && left.has("name") ? { name: problems.name } : {}),
    ...(problems.ttl && left.has("ttl") ? { ttl: problems.ttl } : {}),
    values: Object.fromEntries(values) as FormProblems["values"],
  };
}

const dirtyTtl = (state: FormState): boolean => state.ttl !== "3600";

function submitOnModEnter(event: KeyboardEvent<HTMLFormElement>): void {
  if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
  event.preventDefault();
  event.stopPropagation();
  event.currentTarget.requestSubmit();
}

/** After the errors are on the page. */
const focusInvalid = (form: HTMLFormElement | null): void => {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
};
