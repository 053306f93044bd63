/** What a token is to be: its name, rights, networks and end. The names of the fields are those of the API. */
"use client";
import { useId, useState } from "react";
import { Radio } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import type { FormState, Values } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { exactTime } from "#components/ui/time.tsx";
import { type ServerCapability, serverCapabilities } from "#lib/access/server-capability.ts";
import { OrganisationRules, ServerRules, TokenPermissions, ZoneRules } from "./token-rights.tsx";
import type { Token } from "./token-words.ts";

/** What the account can put into a token. */
export interface TokenChoices {
  permissions: readonly { value: string; category: string; description: string }[];
  organisations: readonly { id: string; name: string; role: "owner" | "admin" | "member" | null }[];
  servers: readonly { id: string; name: string; capabilities: readonly ServerCapability[] }[];
  /** As `organisation/zone`. */
  zones: readonly string[];
}

const DAY = 86_400_000;
const terms = [
  { value: "7", label: "In 7 days" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
];

export interface TokenFieldsProps {
  choices: TokenChoices;
  state: FormState;
  /** The token that is changed; null for a new one. */
  token: Token | null;
}

export function TokenFields({ choices, state: { errors, banner }, token }: TokenFieldsProps) {
  const [listed, setListed] = useState(token?.mode !== "full");
  const problem = useId();
  const mode = { name: "mode", "aria-describedby": errors.mode ? problem : undefined, "aria-invalid": !!errors.mode };
  return (
    <div className="flex flex-col gap-5">
      {banner}
      <Field label="Name" hint="What it is for, such as “certificates on web1”." error={errors.name}>
        <Input name="name" required maxLength={60} autoComplete="off" defaultValue={token?.name} />
      </Field>
      {token?.mode === "listed" ? (
        <input type="hidden" name="mode" value="listed" />
      ) : (
        <fieldset>
          <legend className="mb-1 font-medium">What it may do</legend>
          <div className="flex flex-col gap-1">
            <Radio
              {...mode}
              value="listed"
              label="Only what is listed here"
              checked={listed}
              onChange={() => setListed(true)}
            />
            <Radio
              {...mode}
              value="full"
              label="Everything that my account can do"
              hint="But nothing about passwords, sign-in, tokens and roles: that takes a person."
              checked={!listed}
              onChange={() => setListed(false)}
            />
          </div>
        </fieldset>
      )}
      {errors.mode && (
        <p id={problem} role="alert" className="-mt-3 text-xs text-bad">
          {errors.mode}
        </p>
      )}
      {listed && (
        <>
          <ZoneRules zones={choices.zones} given={token?.zones ?? []} errors={errors} />
          <OrganisationRules organisations={choices.organisations} given={token?.organisations ?? []} errors={errors} />
          <ServerRules servers={choices.servers} given={token?.servers ?? []} errors={errors} />
          <TokenPermissions permissions={choices.permissions} given={token?.permissions ?? []} />
        </>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Expires" error={errors.expiresAt}>
          <Select name="expiresAt" defaultValue={token ? "keep" : "90"}>
            {token && (
              <option value="keep">{token.expiresAt === null ? "Never" : `At ${exactTime(token.expiresAt)}`}</option>
            )}
            {terms.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
            {!token && <option value="never">Never</option>}
          </Select>
        </Field>
        <Field
          label="Only from these networks"
          optional
          hint="One address or network a line, such as 192.0.2.7 or 2001:db8::/48."
          error={errors.networks}
        >
          <Textarea mono rows={2} name="networks" defaultValue={token?.networks.join("\n")} />
        </Field>
      </div>
    </div>
  );
}

/** What was typed, as the API takes it. Rules that are there stay by their ids, also where their names are not known. */
export function tokenFrom(values: Values, choices: TokenChoices, now: number, token?: Token) {
  const term = values("expiresAt");
  const common = {
    name: values("name"),
    networks: values("networks")
      .split(/[\s,]+/)
      .filter((line) => line !== ""),
    expiresAt: /^\d+$/.test(term) ? now + Number(term) * DAY : null,
  };
  if (values("mode") === "full") return { ...common, mode: "full" as const };
  const offered = new Set([...choices.permissions.map(({ value }) => value), ...(token?.permissions ?? [])]);
  return {
    ...common,
    mode: "listed" as const,
    zones: rows(values, "zones").map((row) => ({
      zone: values(`${row}.id`) || values(`${row}.zone`).trim() || null,
      name: values(`${row}.name`).trim() || null,
      type: values(`${row}.type`).trim() || null,
      level: values(`${row}.level`) as "none" | "view" | "edit" | "full",
    })),
    organisations: rows(values, "organisations").map((row) => ({
      organisation: values(`${row}.organisation`) || null,
      role: values(`${row}.role`) as "owner" | "admin" | "member",
    })),
    servers: rows(values, "servers").map((row) => ({
      server: values(`${row}.server`),
      capabilities: serverCapabilities.filter((one) => values(`${row}.${one}`) === "on"),
    })),
    permissions: [...offered].filter((value) => values(`permission ${value}`) === "on"),
  };
}

/** The rows of a list that are in the form: `zones.0`, `zones.1` … */
function rows(values: Values, list: keyof typeof ALWAYS): string[] {
  const found: string[] = [];
  const field = ALWAYS[list];
  while (values(`${list}.${found.length}.${field}`) !== "") found.push(`${list}.${found.length}`);
  return found;
}

/** What no row is without. */
const ALWAYS = { zones: "level", organisations: "role", servers: "server" } as const;
