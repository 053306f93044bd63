/** The panel's settings: a form that the catalogue makes. Only what was changed is sent. */
"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { cx } from "#components/ui/cx.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Select } from "#components/ui/select.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { CsvLink } from "./csv-link.tsx";
import type { TabData, TabProps } from "./tab-props.ts";

type Setting = TabData<"settings">["items"][number];

/** Key → what was typed; null: back to the default. */
type Draft = Readonly<Record<string, unknown>>;

export default function Settings({ data }: TabProps<"settings">) {
  const router = useRouter();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState<Draft>({});
  const { pending, failure, run } = useAction();
  const changed = Object.keys(draft).length;
  const errors = failure?.fields ?? {};
  const unplaced = failure !== null && Object.keys(errors).every((key) => !(key in draft));

  useEffect(() => {
    if (failure) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [failure]);

  const set = ({ key, value: now }: Setting, value: unknown) => {
    const { [key]: _, ...others } = draft;
    setDraft(same(value, now) ? others : { ...others, [key]: value });
  };
  const save = async (confirm: boolean) => {
    const changes = Object.fromEntries(
      Object.entries(draft).map(([key, value]) => [key, sent(data.items, key, value)]),
    );
    const outcome = await run((api) => api.settings.change({ changes, confirm }));
    if (!outcome?.ok) return;
    setDraft({});
    toast(changed === 1 ? "Setting saved" : "Settings saved");
    router.refresh();
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save(false);
  };

  return (
    <>
      <PageHeader
        title="Settings"
        description="Settings for the whole panel. Changes apply at once and are noted in the audit log."
        actions={
          <>
            <CsvLink tab="settings" query={{}} />
            <TestMail />
          </>
        }
      />
      <form ref={form} method="post" noValidate onSubmit={submit} className="flex max-w-[880px] flex-col gap-5">
        {unplaced && (
          <Banner
            tone="bad"
            live
            action={
              failure.code === "confirm_required" && (
                <Button size="sm" variant="danger" onClick={() => save(true)}>
                  Save anyway
                </Button>
              )
            }
          >
            {failure.message}
          </Banner>
        )}
        {data.groups
          .map((group) => ({ ...group, items: data.items.filter((item) => item.group === group.id) }))
          .filter(({ items }) => items.length > 0)
          .map(({ id, title, items }) => (
            <Panel key={id} title={title}>
              <div className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
                {items.map((item) => (
                  <OneSetting
                    key={item.key}
                    setting={item}
                    value={item.key in draft ? (draft[item.key] ?? item.byDefault) : item.value}
                    error={errors[item.key]}
                    onChange={(value) => set(item, value)}
                    onReset={() => setDraft({ ...draft, [item.key]: null })}
                  />
                ))}
              </div>
            </Panel>
          ))}
        <div className="sticky bottom-3 z-10 flex flex-wrap items-center gap-2 rounded-lg border border-line bg-panel px-3 py-2 shadow-lg">
          <p aria-live="polite" className="me-auto text-dim">
            {changed === 0 ? "No unsaved changes" : changed === 1 ? "1 unsaved change" : `${changed} unsaved changes`}
          </p>
          {changed > 0 && (
            <Button size="sm" variant="ghost" onClick={() => setDraft({})}>
              Discard
            </Button>
          )}
          <Submit size="sm" pending={pending} disabled={changed === 0}>
            Save
          </Submit>
        </div>
      </form>
    </>
  );
}

interface OneSettingProps {
  setting: Setting;
  value: unknown;
  error: string | undefined;
  onChange: (value: unknown) => void;
  onReset: () => void;
}

function OneSetting({ setting, value, error, onChange, onReset }: OneSettingProps) {
  const { title, help, control, byDefault, key } = setting;
  const other = !same(value, byDefault);
  const says = `${help} Default: ${inWords(setting, byDefault)}.`;
  const number = control.kind === "number";
  // A list may get long, and its help is.
  const wide = control.kind === "list" || control.kind === "choice";
  return (
    <div className={cx("flex items-start gap-x-2", wide && "sm:col-span-2")}>
      <div className="min-w-0 flex-1">
        {control.kind === "switch" ? (
          <Checkbox
            label={title}
            hint={says}
            checked={value === true}
            aria-invalid={error ? true : undefined}
            onChange={(event) => onChange(event.target.checked)}
          />
        ) : (
          <Field label={labelOf(setting)} hint={says} error={error}>
            {control.kind === "choice" ? (
              <Select
                className="sm:max-w-[420px]"
                options={control.options}
                value={String(value)}
                onChange={(event) => onChange(event.target.value)}
              />
            ) : (
              <Input
                name={key}
                inputMode={number ? "numeric" : undefined}
                mono={control.kind === "list"}
                placeholder={control.kind === "list" ? control.placeholder : undefined}
                value={Array.isArray(value) ? value.join(", ") : String(value)}
                onChange={(event) => onChange(event.target.value)}
                autoComplete="off"
                className={number ? "sm:max-w-[140px] tabular-nums" : undefined}
              />
            )}
          </Field>
        )}
      </div>
      {other && (
        <Button size="sm" variant="ghost" onClick={onReset} aria-label={`Reset: ${title}`}>
          Reset
        </Button>
      )}
    </div>
  );
}

/** With the unit of a number, unless the title says it already. */
const labelOf = ({ title, control }: Setting): string =>
  control.kind === "number" && !title.toLowerCase().includes(control.unit) ? `${title} (${control.unit})` : title;

/** A number that is typed is text until it is sent; what is none is told of by the server. */
function sent(items: readonly Setting[], key: string, value: unknown): unknown {
  const kind = items.find((item) => item.key === key)?.control.kind;
  return kind === "number" && typeof value === "string" && /^\d+$/.test(value.trim()) ? Number(value) : value;
}

/** As they are typed. */
const same = (a: unknown, b: unknown): boolean => typed(a) === typed(b);
const typed = (value: unknown): string => (Array.isArray(value) ? value.join(", ") : String(value));

function inWords({ control }: Setting, value: unknown): string {
  if (control.kind === "switch") return value === true ? "on" : "off";
  if (control.kind === "choice")
    return control.options.find((option) => option.value === value)?.label ?? String(value);
  if (typeof value === "number") return value.toLocaleString("en-GB");
  return typed(value) || "none";
}

function TestMail() {
  const { pending, run } = useAction();
  const send = async () => {
    const outcome = await run((api) => api.settings.testMail({}));
    if (!outcome) return;
    if (!outcome.ok) return toast(outcome.failure.message, { tone: "bad" });
    const { result, answer, recipient } = outcome.value;
    if (result === "sent") toast(`Test mail sent to ${recipient}. The mail server answered: ${answer}`);
    else toast(`The test mail was not sent. The mail server answered: ${answer}`, { tone: "bad" });
  };
  return (
    <Button pending={pending} onClick={send}>
      Send test mail
    </Button>
  );
}
