/** One value of an RRset: the fields of its type, and what goes beside them. */
"use client";
import { Trash2 } from "lucide-react";
import type { RefObject } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { FieldSpec } from "#lib/dns/types/record-type.ts";
import { contentToOctets } from "#lib/dns/types/txt.ts";
import { adviceOn, readValue, specsOf, type ValueState } from "./form-state.ts";
import type { ZoneView } from "./zone-view.ts";

export interface ValueFieldsProps {
  zone: ZoneView;
  type: string;
  value: ValueState;
  /** From 1; the only one has no number. */
  place: number | null;
  problems: Readonly<Record<string, string>>;
  first?: RefObject<HTMLElement | null> | undefined;
  /** Not given: it cannot be taken away. */
  onRemove?: (() => void) | undefined;
  /** Whether it may stop being served. */
  mayDisable: boolean;
  onChange: (value: ValueState) => void;
  onLeave: (field: string) => void;
}

export function ValueFields(props: ValueFieldsProps) {
  const { zone, type, value, place, problems, first, onRemove, mayDisable, onChange, onLeave } = props;
  const specs = specsOf(type, value.fields);
  const advice = adviceOn(type, value, zone.apex);
  const setExtra = (extra: Partial<ValueState["extras"]>) =>
    onChange({ ...value, extras: { ...value.extras, ...extra } });
  return (
    <fieldset className="grid min-w-0 gap-2 rounded-lg border border-line p-3">
      <legend className={place === null ? "sr-only" : "px-1 text-xs text-dim"}>
        {place === null ? "Value" : `Value ${place}`}
      </legend>
      <div className="flex items-start gap-2">
        <div className="flex min-w-0 flex-1 flex-wrap gap-2">
          {specs.map((spec, index) => (
            <Field
              key={spec.name}
              label={spec.label}
              error={problems[spec.name]}
              hint={type === "TXT" ? sizeOf(value, zone.apex) : undefined}
              className={spec.kind === "number" ? "w-24 shrink-0" : "min-w-48 flex-1"}
            >
              {control(spec, {
                value: value.fields[spec.name] ?? "",
                first: index === 0 ? first : undefined,
                onChange: (text) => onChange({ ...value, fields: { ...value.fields, [spec.name]: text } }),
                onBlur: () => onLeave(spec.name),
              })}
            </Field>
          ))}
        </div>
        {onRemove && (
          <Button
            variant="ghost"
            size="icon"
            className="mt-6"
            aria-label={`Remove value ${place ?? 1}`}
            onClick={onRemove}
          >
            <Trash2 aria-hidden="true" />
          </Button>
        )}
      </div>
      {advice.map((sentence) => (
        <p key={sentence} className="text-xs text-warn">
          {sentence}
        </p>
      ))}
      {zone.offers.includes("disabled") && mayDisable && (
        <Checkbox
          label="Keep it, but do not serve it"
          checked={value.extras.disabled ?? false}
          onChange={(event) => setExtra({ disabled: event.target.checked })}
        />
      )}
      {zone.offers.includes("proxied") && ["A", "AAAA", "CNAME"].includes(type) && (
        <Checkbox
          label="Proxied"
          checked={value.extras.proxied ?? false}
          onChange={(event) => setExtra({ proxied: event.target.checked })}
        />
      )}
    </fieldset>
  );
}

interface ControlState {
  value: string;
  first: RefObject<HTMLElement | null> | undefined;
  onChange: (text: string) => void;
  onBlur: () => void;
}

function control(spec: FieldSpec, { value, first, onChange, onBlur }: ControlState) {
  const shared = {
    mono: true,
    value,
    placeholder: spec.placeholder,
    autoComplete: "off",
    onBlur,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  if (spec.kind === "textarea")
    return <Textarea {...shared} rows={2} ref={first as RefObject<HTMLTextAreaElement | null>} />;
  if (spec.kind === "select") {
    const options = spec.options ?? [];
    const listed = value === "" || options.some((option) => option.value === value);
    return (
      <Select
        mono
        value={value}
        placeholder={value === "" ? "Choose" : undefined}
        onBlur={onBlur}
        onChange={shared.onChange}
        ref={first as RefObject<HTMLSelectElement | null>}
        options={listed ? options : [{ value, label: value }, ...options]}
      />
    );
  }
  const inputMode = spec.kind === "number" ? ("numeric" as const) : undefined;
  return <Input {...shared} inputMode={inputMode} ref={first as RefObject<HTMLInputElement | null>} />;
}

/** What will be served of a text. */
function sizeOf(value: ValueState, apex: string): string | undefined {
  const read = readValue("TXT", value, apex);
  const strings = read.ok ? contentToOctets(read.content) : null;
  if (!strings?.ok) return "Plain text: quotes and splitting are taken care of.";
  const octets = strings.value.reduce((sum, string) => sum + string.length, 0);
  return `${octets} octets in ${strings.value.length === 1 ? "one string" : `${strings.value.length} strings`}`;
}
