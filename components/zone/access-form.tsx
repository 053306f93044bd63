/** Gives a member or a guest a level in this zone, or invites a guest: for which names and types, and until when. */
"use client";
import { type FormEvent, useState } from "react";
import { Refusal } from "#components/ui/attempt.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { ZoneLevel } from "#lib/access/zone-level.ts";
import { api, type Failure, failureOf } from "#lib/api/client.ts";
import type { LadderRow } from "#lib/dns/zone-permissions.ts";

export interface AccessFormProps {
  organisation: string;
  zone: string;
  /** Whose level is set; null invites a guest. */
  row: LadderRow | null;
  onDone: (done: LadderRow | { email: string }) => void;
  onClose: () => void;
}

const explained: Record<ZoneLevel, string> = {
  none: "Does not see this zone.",
  view: "Sees records and history.",
  edit: "Adds records and changes them; takes none away.",
  full: "Adds, changes and removes records.",
};
const levels = ["none", "view", "edit", "full"] as const;

export function AccessForm({ organisation, zone, row, onDone, onClose }: AccessFormProps) {
  const guest = row === null || row.role === null;
  const own = row?.own;
  const options = levels.filter((level) => level !== "none" || !guest).map((level) => ({ value: level, label: level }));
  const [email, setEmail] = useState("");
  const [level, setLevel] = useState<ZoneLevel>(own?.level ?? row?.level ?? "view");
  const [names, setNames] = useState(own?.names.join("\n") ?? "");
  const [types, setTypes] = useState(own?.types.join(", ") ?? "");
  const [until, setUntil] = useState(own?.expiresAt != null && !own.expired ? dayOf(own.expiresAt) : "");
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const narrows = level === "edit" || level === "full";

  const save = (): Promise<LadderRow | { email: string }> => {
    const narrowing = narrows
      ? { names: partsOf(names, /\n/), types: partsOf(types, /[\s,]+/) }
      : { names: [], types: [] };
    const expiresAt = until === "" ? null : endOf(until);
    if (row) return api.dns.setPermission({ organisation, zone, user: row.userId, level, ...narrowing, expiresAt });
    if (expiresAt === null) throw invalidField("expiresAt", "Say until when: within a year.");
    if (level === "none") throw invalidField("level", "Choose view, edit or full.");
    return api.dns.inviteOne({ organisation, zone, email, level, ...narrowing, expiresAt });
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setFailure(null);
    try {
      onDone(await save());
    } catch (error) {
      setFailure(error instanceof Refusal ? error.failure : failureOf(error));
      setPending(false);
    }
  };

  const fields = failure?.fields ?? {};
  const known = ["email", "level", "expiresAt", "names", "types"].some((field) => errorAt(fields, field));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={row ? `Set level of ${row.name}` : `Invite a guest to ${zone}`}
      description={
        row
          ? `${row.email} in ${zone}`
          : "Somebody outside the organisation. They get a mail with a link, and see this zone and nothing else."
      }
      keepOpen
    >
      <form onSubmit={submit} className="grid gap-4" noValidate>
        {failure && !known && (
          <Banner tone="bad" live>
            {failure.message}
          </Banner>
        )}
        {row === null && (
          <Field label="E-mail" error={errorAt(fields, "email")}>
            <Input type="email" value={email} autoComplete="off" onChange={(event) => setEmail(event.target.value)} />
          </Field>
        )}
        <Field label="Level" hint={explained[level]} error={errorAt(fields, "level")}>
          <Select value={level} options={options} onChange={(event) => setLevel(event.target.value as ZoneLevel)} />
        </Field>
        {narrows && (
          <>
            <Field
              label="Only these names"
              optional
              hint="One pattern a line: @ is the zone itself, * one label, ** one or more. Elsewhere the level is view."
              error={errorAt(fields, "names")}
            >
              <Textarea
                mono
                rows={3}
                value={names}
                placeholder={"www\n*.dev"}
                onChange={(event) => setNames(event.target.value)}
              />
            </Field>
            <Field label="Only these types" optional hint="With commas between them." error={errorAt(fields, "types")}>
              <Input mono value={types} placeholder="A, AAAA, TXT" onChange={(event) => setTypes(event.target.value)} />
            </Field>
          </>
        )}
        <Field
          label="Until the end of"
          optional={!guest}
          hint={
            guest
              ? "Within a year. Afterwards the zone is gone for them."
              : "Afterwards the member default holds again."
          }
          error={errorAt(fields, "expiresAt")}
        >
          <Input type="date" value={until} onChange={(event) => setUntil(event.target.value)} className="w-44" />
        </Field>
        <DialogFooter>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button type="submit" variant="primary" pending={pending}>
            {row ? "Set level" : "Send invitation"}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

/** The sentence at a field, or at the first of its lines. */
function errorAt(fields: Readonly<Record<string, string>>, name: string): string | undefined {
  if (fields[name]) return fields[name];
  const line = Object.entries(fields).find(([field]) => field.startsWith(`${name}.`));
  return line && `Entry ${Number(line[0].slice(name.length + 1)) + 1}: ${line[1]}`;
}

/** What the browser knows already to be wrong, at its field. */
const invalidField = (field: string, message: string): Refusal =>
  new Refusal({ code: "invalid_input", message, fields: { [field]: message }, details: {} });

const partsOf = (text: string, separator: RegExp): string[] =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** The last millisecond of a day where the browser is. */
const endOf = (day: string): number => new Date(`${day}T23:59:59.999`).getTime();

function dayOf(at: number): string {
  const date = new Date(at);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
