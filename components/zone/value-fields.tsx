/** One value of an RRset: the fields of its type, what it says in words, and what goes beside them. */
"use client";
import dynamic from "next/dynamic";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { cx } from "#components/ui/cx.ts";
import { Field } from "#components/ui/field.tsx";
import { Trash2 } from "#components/ui/icons.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { dkimOfKey } from "#lib/dns/mail/dkim.ts";
import { meansMail } from "#lib/dns/mail/reading.ts";
import type { FieldSpec } from "#lib/dns/types/record-type.ts";
import { contentToOctets } from "#lib/dns/types/txt.ts";
import { KeyAlone } from "./form-notes.tsx";
import { adviceOn, readValue, specsOf, type ValueState } from "./form-state.ts";
import type { ZoneView } from "./zone-view.ts";

const MailParts = dynamic(() => import("./mail-parts.tsx").then((module) => module.MailParts), {
  // The form around it stays as it is while this loads.
  loading: () => null,
});

export interface ValueFieldsProps {
  zone: ZoneView;
  /** The owner name, as it is typed. */
  name: string;
  type: string;
  value: ValueState;
  /** From 1; the only one has no number. */
  place: number | null;
  problems: Readonly<Record<string, string>>;
  /** Not given: it cannot be taken away. */
  onRemove?: (() => void) | undefined;
  /** Whether it may stop being served. */
  mayDisable: boolean;
  onChange: (value: ValueState) => void;
  onLeave: (field: string) => void;
}

export function ValueFields(props: ValueFieldsProps) {
  const { zone, name, type, value, place, problems, onRemove, mayDisable, onChange, onLeave } = props;
  const specs = specsOf(type, value.fields);
  const advice = adviceOn(type, value, zone.apex);
  const setExtra = (extra: Partial<ValueState["extras"]>) =>
    onChange({ ...value, extras: { ...value.extras, ...extra } });
  const setField = (field: string, text: string) => onChange({ ...value, fields: { ...value.fields, [field]: text } });
  // Labels once, over the first value, where the fields stand in columns.
  const later = place !== null && place > 1;
  // What an edit is mostly about: the server of an MX and not its preference.
  const main = Math.max(
    0,
    specs.findIndex(({ kind }) => kind !== "number" && kind !== "select"),
  );
  const text = type === "TXT" ? value.fields.text : undefined;
  const dkim = text === undefined ? null : dkimOfKey(name, text);
  return (
    <fieldset data-value="" className={cx("grid min-w-0 gap-2", later && "border-line2 border-t pt-2")}>
      <legend className="sr-only">{place === null ? "Value" : `Value ${place}`}</legend>
      <div className="flex items-start gap-2">
        <div className="flex min-w-0 flex-1 flex-wrap gap-2">
          {specs.map((spec, index) => (
            <Field
              key={spec.name}
              label={spec.label}
              hideLabel={later && specs.length === 1}
              error={problems[spec.name]}
              hint={type === "TXT" ? sizeOf(value, zone.apex) : undefined}
              className={
                spec.kind === "number"
                  ? "w-22 shrink-0"
                  : spec.kind === "select"
                    ? "min-w-36 flex-1"
                    : "min-w-44 flex-[2]"
              }
            >
              {control(spec, {
                value: value.fields[spec.name] ?? "",
                focus: index === main,
                onChange: (text) => setField(spec.name, text),
                onBlur: () => onLeave(spec.name),
              })}
            </Field>
          ))}
          {zone.offers.includes("comments") && (
            <Field label="Comment" hideLabel={later && specs.length === 1} className="min-w-32 flex-1">
              <Input
                value={value.extras.comment ?? ""}
                maxLength={500}
                autoComplete="off"
                onChange={(event) => setExtra({ comment: event.target.value })}
              />
            </Field>
          )}
          {zone.offers.includes("tags") && (
            <Field label="Tags" className="min-w-32 flex-1" hint="With commas between">
              <Input
                defaultValue={value.extras.tags?.join(", ") ?? ""}
                autoComplete="off"
                onChange={(event) => setExtra({ tags: tagsOf(event.target.value) })}
              />
            </Field>
          )}
        </div>
        {onRemove && (
          <Button
            variant="ghost"
            size="icon"
            className={cx(later && specs.length === 1 ? "" : "mt-6")}
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
      {dkim && <KeyAlone onMake={() => setField("text", dkim)} />}
      {text !== undefined && meansMail(name, text) && (
        <MailParts name={name} text={text} onChange={(next) => setField("text", next)} />
      )}
      <div className="flex flex-wrap gap-x-4 gap-y-1 empty:hidden">
        {zone.offers.includes("disabled") && mayDisable && (
          <Checkbox
            label="Keep it, but do not serve it"
            checked={value.extras.disabled ?? false}
            onChange={(event) => setExtra({ disabled: event.target.checked })}
          />
        )}
        {zone.offers.includes("proxied") && ["A", "AAAA", "ALIAS", "CNAME"].includes(type) && (
          <Checkbox
            label="Proxied"
            checked={value.extras.proxied ?? false}
            onChange={(event) => setExtra({ proxied: event.target.checked })}
          />
        )}
      </div>
    </fieldset>
  );
}

const tagsOf = (text: string): string[] =>
  text
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");

interface ControlState {
  value: string;
  /** An edit begins here. */
  focus: boolean;
  onChange: (text: string) => void;
  onBlur: () => void;
}

function control(spec: FieldSpec, { value, focus, onChange, onBlur }: ControlState) {
  const shared = {
    "data-focus": focus ? "value" : undefined,
    mono: true,
    value,
    placeholder: spec.placeholder,
    autoComplete: "off",
    onBlur,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  if (spec.kind === "textarea")
    return (
      <Textarea
        {...shared}
        rows={value.length > 180 ? 5 : value.length > 60 ? 3 : 1}
        className="min-h-[30px] pointer-coarse:min-h-10"
      />
    );
  if (spec.kind === "select") {
    const options = spec.options ?? [];
    const listed = value === "" || options.some((option) => option.value === value);
    return (
      <Select
        data-focus={shared["data-focus"]}
        mono
        value={value}
        placeholder={value === "" ? "Choose" : undefined}
        onBlur={onBlur}
        onChange={shared.onChange}
        options={listed ? options : [{ value, label: value }, ...options]}
      />
    );
  }
  return <Input {...shared} inputMode={spec.kind === "number" ? "numeric" : undefined} />;
}

/** What will be served of a text. */
function sizeOf(value: ValueState, apex: string): string | undefined {
  const read = readValue("TXT", value, apex);
  const strings = read.ok ? contentToOctets(read.content) : null;
  if (!strings?.ok) return "Plain text: quotes and splitting are taken care of.";
  const octets = strings.value.reduce((sum, string) => sum + string.length, 0);
  return `${octets} octets in ${strings.value.length === 1 ? "one string" : `${strings.value.length} strings`}`;
}
