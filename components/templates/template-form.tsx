/** The dialog in which a template is written: its lines, which presets help to fill in, its name servers and its timers. */
"use client";
import { useRef, useState } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { PresetLines } from "./preset-lines.tsx";

export type Template = Outputs["dns"]["templates"]["items"][number];

const TIMERS = [
  { name: "refresh", label: "Refresh", standard: 10_800 },
  { name: "retry", label: "Retry", standard: 3600 },
  { name: "expire", label: "Expire", standard: 604_800 },
  { name: "minimum", label: "Negative TTL", standard: 3600 },
] as const;

export function TemplateDialog({
  organisation,
  template,
  onClose,
}: {
  organisation: string;
  template: Template | null;
  onClose: () => void;
}) {
  const [timers, setTimers] = useState(template?.soa != null);
  const lines = useRef<HTMLTextAreaElement>(null);

  const insert = (more: readonly string[]) => {
    const area = lines.current;
    if (!area) return;
    area.value = [area.value.trimEnd(), ...more].filter(Boolean).join("\n");
    area.focus();
    area.scrollTop = area.scrollHeight;
  };

  return (
    <FormDialog
      title={template ? `Change ${template.name}` : "Make a template"}
      description="What zones begin with. It can be applied to zones that exist, too, and shows first what it would change."
      size="lg"
      keepOpen
      call={(api, values) => {
        const input = {
          organisation,
          name: values("name"),
          standard: values("standard") === "on",
          records: values("records"),
          nameservers: values("nameservers")
            .split(/[\s,]+/)
            .filter(Boolean),
          soa: timers
            ? {
                refresh: Number(values("soa.refresh")),
                retry: Number(values("soa.retry")),
                expire: Number(values("soa.expire")),
                minimum: Number(values("soa.minimum")),
              }
            : null,
        };
        return template ? api.dns.editOneTemplate({ template: template.id, ...input }) : api.dns.addOneTemplate(input);
      }}
      onDone={(saved) => toast(`The template ${saved.name} was saved`)}
      submit={template ? "Save" : "Make template"}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name}>
            <Input name="name" required maxLength={60} autoComplete="off" defaultValue={template?.name} />
          </Field>
          <Field
            label="Records"
            optional
            error={errors.records}
            hint="One a line, as in a zone file: name, type, value. @ is the zone itself; {zone} becomes its name."
          >
            <Textarea
              ref={lines}
              mono
              name="records"
              rows={10}
              spellCheck={false}
              defaultValue={template?.records}
              placeholder={"@ MX 10 mail.example.net.\nwww CNAME @"}
            />
          </Field>
          <PresetLines onInsert={insert} />
          <Field
            label="Name servers"
            optional
            error={errors.nameservers}
            hint="Separated by commas or line breaks. Without any, those that the panel gives."
          >
            <Textarea mono name="nameservers" rows={2} defaultValue={template?.nameservers.join("\n")} />
          </Field>
          <Checkbox
            label="Set the zone's timers"
            hint="The times in its SOA record, in seconds."
            checked={timers}
            onChange={(event) => setTimers(event.target.checked)}
          />
          {timers && (
            <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
              {TIMERS.map(({ name, label, standard }) => (
                <Field key={name} label={label} error={errors[`soa.${name}`]}>
                  <Input
                    mono
                    name={`soa.${name}`}
                    inputMode="numeric"
                    required
                    defaultValue={template?.soa?.[name] ?? standard}
                  />
                </Field>
              ))}
            </div>
          )}
          <Checkbox
            name="standard"
            label="New zones begin with it"
            hint="Unless another template is chosen. It takes the place of the one that does so now."
            defaultChecked={template?.standard}
          />
        </>
      )}
    </FormDialog>
  );
}
