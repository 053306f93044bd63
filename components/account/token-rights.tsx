/** The lists of a token's rights: zone rules, organisations, servers, permissions. */
"use client";
import { type ReactNode, useId, useState } from "react";
import { capabilityNames } from "#components/servers/capability-words.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Plus, Trash2 } from "#components/ui/icons.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { singleCapabilities } from "#lib/access/server-capability.ts";
import type { TokenChoices } from "./token-form.tsx";
import type { Token } from "./token-words.ts";

type Errors = Readonly<Record<string, string>>;

const levels = [
  { value: "view", label: "View" },
  { value: "edit", label: "Edit" },
  { value: "full", label: "Full" },
  { value: "none", label: "Nothing" },
];

interface ZoneRulesProps {
  zones: readonly string[];
  given: Token["zones"];
  errors: Errors;
}

export function ZoneRules({ zones, given, errors }: ZoneRulesProps) {
  const known = useId();
  const { rows, add, drop } = useRows(given);
  return (
    <Rights
      title="Zones"
      hint="Where several rules match, the most exact one counts. In names * is one label and ** one or more."
      add="Add zone rule"
      onAdd={add}
    >
      <datalist id={known}>
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      {rows.map(({ key, value: rule }, at) => {
        const field = (name: string) => ({ name: `zones.${at}.${name}`, autoComplete: "off" });
        const error = (name: string) => errors[`zones.${at}.${name}`];
        return (
          <Row key={key} legend={`Zone rule ${at + 1}`} onRemove={() => drop(key)}>
            <div className="grid flex-1 grid-cols-2 gap-2 sm:grid-cols-[5fr_4fr_3fr_3fr]">
              {rule && rule.zone !== null ? (
                <Field label="Zone">
                  <Input mono readOnly name={`zones.${at}.zone`} value={rule.label ?? "(not visible)"} />
                </Field>
              ) : (
                <Field label="Zone" error={error("zone")}>
                  <Input mono {...field("zone")} list={known} placeholder="every zone" />
                </Field>
              )}
              {rule?.zone && <input type="hidden" name={`zones.${at}.id`} value={rule.zone} />}
              <Field label="Name" error={error("name")}>
                <Input mono {...field("name")} placeholder="every name" defaultValue={rule?.name ?? ""} />
              </Field>
              <Field label="Type" error={error("type")}>
                <Input mono {...field("type")} placeholder="every type" defaultValue={rule?.type ?? ""} />
              </Field>
              <Field label="Level" error={error("level")}>
                <Select {...field("level")} options={levels} defaultValue={rule?.level ?? "view"} />
              </Field>
            </div>
          </Row>
        );
      })}
    </Rights>
  );
}

const roles = ["member", "admin", "owner"] as const;

interface OrganisationRulesProps {
  organisations: TokenChoices["organisations"];
  given: Token["organisations"];
  errors: Errors;
}

export function OrganisationRules({ organisations, given, errors }: OrganisationRulesProps) {
  const { rows, add, drop } = useRows(given);
  const gone = given.flatMap(({ organisation: id }) =>
    id !== null && !organisations.some((one) => one.id === id) ? [{ value: id, label: "(not visible)" }] : [],
  );
  const options = [...organisations.map(({ id, name }) => ({ value: id, label: name })), ...gone];
  if (options.length === 0) return null;
  return (
    <Rights
      title="Organisations"
      hint="For members, invitations and settings. Zones are listed above."
      add="Add organisation"
      onAdd={add}
    >
      {rows.map(({ key, value: rule }, at) => (
        <Row key={key} legend={`Organisation ${at + 1}`} onRemove={() => drop(key)}>
          <div className="grid flex-1 grid-cols-2 gap-2">
            <Field label="Organisation" error={errors[`organisations.${at}.organisation`]}>
              <Select
                name={`organisations.${at}.organisation`}
                placeholder="Every organisation"
                options={options}
                defaultValue={rule ? (rule.organisation ?? "") : options[0]?.value}
              />
            </Field>
            <Field label="As" error={errors[`organisations.${at}.role`]}>
              <Select
                name={`organisations.${at}.role`}
                options={roles.map((value) => ({ value, label: value }))}
                defaultValue={rule?.role ?? "member"}
              />
            </Field>
          </div>
        </Row>
      ))}
    </Rights>
  );
}

interface ServerRulesProps {
  servers: TokenChoices["servers"];
  given: Token["servers"];
  errors: Errors;
}

export function ServerRules({ servers, given, errors }: ServerRulesProps) {
  const { rows, add, drop } = useRows(given);
  const gone = given.filter(({ server }) => !servers.some(({ id }) => id === server));
  const options = [
    ...servers.map(({ id, name }) => ({ value: id, label: name })),
    ...gone.map(({ server }) => ({ value: server, label: "(not visible)" })),
  ];
  if (options.length === 0) return null;
  return (
    <Rights title="Servers" hint="Who else may use a server takes a person." add="Add server" onAdd={add}>
      {rows.map(({ key, value: rule }, at) => (
        <Row key={key} legend={`Server ${at + 1}`} onRemove={() => drop(key)}>
          <div className="flex min-w-0 flex-1 flex-col gap-2">
            <Field label="Server" error={errors[`servers.${at}.server`]}>
              <Select
                name={`servers.${at}.server`}
                options={options}
                defaultValue={rule?.server ?? options[0]?.value}
              />
            </Field>
            <fieldset>
              <legend className="sr-only">What it may do there</legend>
              <div className="flex flex-wrap gap-x-4 gap-y-1">
                {singleCapabilities.map((one) => (
                  <Checkbox
                    key={one}
                    name={`servers.${at}.${one}`}
                    label={capabilityNames[one].name}
                    defaultChecked={rule?.capabilities.some((held) => held === one || held === "*") ?? false}
                  />
                ))}
              </div>
            </fieldset>
            {errors[`servers.${at}.capabilities`] && (
              <p className="text-xs text-bad">{errors[`servers.${at}.capabilities`]}</p>
            )}
          </div>
        </Row>
      ))}
    </Rights>
  );
}

interface TokenPermissionsProps {
  permissions: TokenChoices["permissions"];
  given: readonly string[];
}

/** Those that the account holds, and what a token that is changed has besides. */
export function TokenPermissions({ permissions, given }: TokenPermissionsProps) {
  const more = given.filter((value) => !permissions.some((one) => one.value === value));
  const offered = [...permissions, ...more.map((value) => ({ value, category: "Others", description: "" }))];
  const groups = [...Map.groupBy(offered, ({ category }) => category)];
  if (groups.length === 0) return null;
  return (
    <details className="group rounded-md border border-line" open={given.length > 0}>
      <summary className="cursor-pointer rounded-md px-3 py-2 font-medium">
        Permissions <span className="font-normal text-dim">of your account, for what belongs to no zone</span>
      </summary>
      <div className="flex flex-col gap-4 border-line2 border-t px-3 py-3">
        {groups.map(([category, members]) => (
          <fieldset key={category}>
            <legend className="mb-1 text-xs font-medium text-dim">{category}</legend>
            <div className="grid gap-x-4 gap-y-1 sm:grid-cols-2">
              {members.map(({ value, description }) => (
                <Checkbox
                  key={value}
                  name={`permission ${value}`}
                  defaultChecked={given.includes(value)}
                  label={<span className="font-mono text-xs wrap-anywhere">{value}</span>}
                  hint={description}
                />
              ))}
            </div>
          </fieldset>
        ))}
      </div>
    </details>
  );
}

interface RightsProps {
  title: string;
  hint: string;
  add: string;
  onAdd: () => void;
  children: ReactNode;
}

const Rights = ({ title, hint, add, onAdd, children }: RightsProps) => (
  <section>
    <h3 className="font-medium">{title}</h3>
    <p className="mb-2 text-xs text-faint">{hint}</p>
    <div className="flex flex-col gap-2">{children}</div>
    <Button size="sm" className="mt-2" onClick={onAdd}>
      <Plus aria-hidden="true" />
      {add}
    </Button>
  </section>
);

const Row = ({ legend, onRemove, children }: { legend: string; onRemove: () => void; children: ReactNode }) => (
  <fieldset className="min-w-0 rounded-md border border-line px-3 pt-1.5 pb-3">
    <legend className="sr-only">{legend}</legend>
    <div className="flex items-start gap-2">
      {children}
      <Button
        variant="ghost"
        size="icon-sm"
        className="mt-6"
        aria-label={`Remove ${legend.toLowerCase()}`}
        onClick={onRemove}
      >
        <Trash2 aria-hidden="true" />
      </Button>
    </div>
  </fieldset>
);

/** Rows that keep what was typed in them while others come and go. */
function useRows<T>(given: readonly T[]) {
  const [rows, setRows] = useState(() => given.map((value, key) => ({ key, value: value as T | null })));
  const [next, setNext] = useState(given.length);
  return {
    rows,
    add: () => {
      setRows([...rows, { key: next, value: null }]);
      setNext(next + 1);
    },
    drop: (key: number) => setRows(rows.filter((row) => row.key !== key)),
  };
}
