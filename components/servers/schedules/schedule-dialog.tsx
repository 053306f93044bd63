/** A schedule's form: when it is due, and its steps in their order. */
"use client";
import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "#components/ui/icons.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";
import { cronWords } from "./cron-words.ts";
import { kindWords, powerWords, type Schedule } from "./schedule-words.ts";

type Kind = keyof typeof kindWords;
interface Draft {
  key: number;
  id?: string | undefined;
  kind: Kind;
  payload: string;
  wait: string;
  goesOn: boolean;
}

const MOST_STEPS = 20;
const usual = ["0 * * * *", "0 */6 * * *", "30 4 * * *", "30 4 * * 1", "30 4 1 * *"];

interface ScheduleDialogProps {
  server: string;
  /** Null: a new one. */
  schedule: Schedule | null;
  onClose: () => void;
}

export function ScheduleDialog({ server, schedule, onClose }: ScheduleDialogProps) {
  const times = useId();
  const [cron, setCron] = useState(schedule?.cron ?? "30 4 * * *");
  const [steps, setSteps] = useState<readonly Draft[]>(() => draftsOf(schedule));
  const change = (key: number, part: Partial<Draft>) =>
    setSteps((before) => before.map((step) => (step.key === key ? { ...step, ...part } : step)));
  const move = (at: number, by: -1 | 1) =>
    setSteps((before) => {
      const [moved, other] = [before[at], before[at + by]];
      return moved && other ? before.with(at, other).with(at + by, moved) : before;
    });
  return (
    <FormDialog
      title={schedule ? `Edit ${schedule.name}` : "Add a schedule"}
      size="lg"
      keepOpen
      call={(api, values) => {
        const given = {
          server,
          name: values("name"),
          cron,
          timezone: values("timezone"),
          enabled: values("enabled") === "on",
          onlyRunning: values("onlyRunning") === "on",
          steps: steps.map(({ id, kind, payload, wait, goesOn }) => ({
            id,
            kind,
            payload,
            wait: Number(wait || 0),
            goesOn,
          })),
        };
        return schedule
          ? api.servers.schedules.edit({ ...given, schedule: schedule.id, revision: schedule.revision })
          : api.servers.schedules.create(given);
      }}
      onDone={() => toast(schedule ? "The schedule is saved" : "The schedule is added")}
      submit={schedule ? "Save" : "Add the schedule"}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name}>
            <Input name="name" autoComplete="off" maxLength={100} defaultValue={schedule?.name} required />
          </Field>
          <FieldGroup columns={2}>
            <Field
              label="When"
              error={errors.cron}
              hint={cronWords(cron) ?? "Minute, hour, day, month, day of the week."}
            >
              <Input
                name="cron"
                mono
                autoComplete="off"
                spellCheck={false}
                list={times}
                value={cron}
                onChange={(event) => setCron(event.target.value)}
                required
              />
            </Field>
            <Field label="Time zone" error={errors.timezone}>
              <Select
                name="timezone"
                defaultValue={schedule?.timezone ?? ownTimezone()}
                options={timezones(schedule)}
              />
            </Field>
          </FieldGroup>
          <datalist id={times}>
            {usual.map((text) => (
              <option key={text} value={text}>
                {cronWords(text)}
              </option>
            ))}
          </datalist>
          <div className="flex flex-wrap gap-x-6 gap-y-2">
            <Checkbox name="enabled" label="Switched on" defaultChecked={schedule?.enabled ?? true} />
            <Checkbox
              name="onlyRunning"
              label="Only while the server runs"
              defaultChecked={schedule?.onlyRunning ?? false}
            />
          </div>
          <fieldset className="flex min-w-0 flex-col gap-3">
            <legend className="mb-2 font-medium">Steps</legend>
            {errors.steps && <p className="text-xs text-bad">{errors.steps}</p>}
            {steps.map((step, at) => (
              <StepFields
                key={step.key}
                step={step}
                at={at}
                of={steps.length}
                errors={errors}
                onChange={(part) => change(step.key, part)}
                onMove={(by) => move(at, by)}
                onRemove={() => setSteps((before) => before.filter(({ key }) => key !== step.key))}
              />
            ))}
            <div>
              <Button
                size="sm"
                disabled={steps.length >= MOST_STEPS}
                onClick={() => setSteps((before) => [...before, newDraft(before)])}
              >
                <Plus aria-hidden="true" />
                Add a step
              </Button>
            </div>
          </fieldset>
        </>
      )}
    </FormDialog>
  );
}

interface StepFieldsProps {
  step: Draft;
  at: number;
  of: number;
  errors: Readonly<Record<string, string>>;
  onChange: (part: Partial<Draft>) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

function StepFields({ step, at, of, errors, onChange, onMove, onRemove }: StepFieldsProps) {
  const name = (field: string) => `steps.${at}.${field}`;
  const nth = `step ${at + 1}`;
  return (
    <div className="flex flex-col gap-3 rounded-md border border-line p-3">
      <div className="flex flex-wrap items-start gap-3">
        <Field label="What" className="w-40 max-sm:w-full">
          <Select
            name={name("kind")}
            value={step.kind}
            onChange={(event) => {
              const kind = event.target.value as Kind;
              onChange({ kind, payload: kind === "power" ? "restart" : "" });
            }}
            options={Object.entries(kindWords).map(([value, label]) => ({ value, label }))}
          />
        </Field>
        <Payload step={step} name={name("payload")} error={errors[name("payload")]} onChange={onChange} />
        <Field label="Seconds after" className="w-28" error={errors[name("wait")]}>
          <Input
            name={name("wait")}
            type="number"
            min={0}
            max={900}
            value={step.wait}
            onChange={(event) => onChange({ wait: event.target.value })}
          />
        </Field>
      </div>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Checkbox
          label="Go on if it fails"
          checked={step.goesOn}
          onChange={(event) => onChange({ goesOn: event.target.checked })}
        />
        <div className="flex gap-1">
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Move ${nth} up`}
            disabled={at === 0}
            onClick={() => onMove(-1)}
          >
            <ArrowUp aria-hidden="true" />
          </Button>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Move ${nth} down`}
            disabled={at === of - 1}
            onClick={() => onMove(1)}
          >
            <ArrowDown aria-hidden="true" />
          </Button>
          <Button variant="ghost" size="icon-sm" aria-label={`Remove ${nth}`} disabled={of === 1} onClick={onRemove}>
            <Trash2 aria-hidden="true" />
          </Button>
        </div>
      </div>
    </div>
  );
}

interface PayloadProps {
  step: Draft;
  name: string;
  error: string | undefined;
  onChange: (part: Partial<Draft>) => void;
}

function Payload({ step: { kind, payload }, name, error, onChange }: PayloadProps) {
  const className = "min-w-0 flex-1 basis-52";
  if (kind === "power")
    return (
      <Field label="Act" className={className} error={error}>
        <Select
          name={name}
          value={payload}
          onChange={(event) => onChange({ payload: event.target.value })}
          options={Object.entries(powerWords).map(([value, label]) => ({ value, label }))}
        />
      </Field>
    );
  if (kind === "command")
    return (
      <Field label="Command" className={className} error={error}>
        <Input
          name={name}
          mono
          autoComplete="off"
          spellCheck={false}
          value={payload}
          onChange={(event) => onChange({ payload: event.target.value })}
        />
      </Field>
    );
  return (
    <Field
      label="Left out"
      optional
      className={className}
      error={error}
      hint="One pattern a line. Where there is no room, the oldest backup goes that nobody locked."
    >
      <Textarea
        name={name}
        mono
        rows={2}
        value={payload}
        onChange={(event) => onChange({ payload: event.target.value })}
      />
    </Field>
  );
}

const draftsOf = (schedule: Schedule | null): readonly Draft[] =>
  schedule
    ? schedule.steps.map((step, key) => ({ ...step, key, wait: String(step.wait) }))
    : [{ key: 0, kind: "power", payload: "restart", wait: "0", goesOn: false }];

const newDraft = (before: readonly Draft[]): Draft => ({
  key: Math.max(0, ...before.map(({ key }) => key)) + 1,
  kind: "command",
  payload: "",
  wait: "0",
  goesOn: false,
});

const ownTimezone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The browser's own first, as it may be one that the list does not name. */
function timezones(schedule: Schedule | null) {
  const names = new Set([
    "UTC",
    ownTimezone(),
    ...(schedule ? [schedule.timezone] : []),
    ...Intl.supportedValuesOf("timeZone"),
  ]);
  return [...names].map((name) => ({ value: name, label: name.replaceAll("_", " ") }));
}
