/** Who can get a rollout at all: everybody, or those of whom one of several things is true. */
"use client";
import { useState } from "react";
import { Checkbox, Radio } from "#components/ui/checkbox.tsx";
import type { Permission } from "#lib/access/permissions.ts";
import { findOrganisations, findRoles } from "./finders.ts";
import { type Named, Picked } from "./picked.tsx";
import type { TabRow } from "./tab-props.ts";

type Rollout = TabRow<"rollouts">;

export interface Audience {
  all: boolean;
  staff: boolean;
  roles: readonly Named[];
  organisations: readonly Named[];
}

export const useAudience = ({ audience, named }: Pick<Rollout, "audience" | "named">, may: readonly Permission[]) =>
  useState<Audience>({
    all: audience === null,
    staff: audience?.staff ?? false,
    roles: named.roles.map(({ id, name }) => ({ id, name: name ?? unnamed("role", may.includes("roles:read")) })),
    organisations: named.organisations.map(({ id, name }) => ({
      id,
      name: name ?? unnamed("organisation", may.includes("org:read")),
    })),
  });

const unnamed = (what: string, may: boolean): string => (may ? `Deleted ${what}` : `One ${what}`);

/** As the panel takes it. */
export const audienceOf = ({ all, staff, roles, organisations }: Audience): Rollout["audience"] =>
  all ? null : { staff, roles: roles.map(({ id }) => id), organisations: organisations.map(({ id }) => id) };

export interface RolloutAudienceProps {
  audience: Audience;
  onChange: (audience: Audience) => void;
  error: string | undefined;
  may: readonly Permission[];
}

export function RolloutAudience({ audience, onChange, error, may }: RolloutAudienceProps) {
  const { all, staff, roles, organisations } = audience;
  const set = (change: Partial<Audience>) => onChange({ ...audience, ...change });
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 font-medium">Audience</legend>
      <Radio name="audience" value="all" label="Everybody" checked={all} onChange={() => set({ all: true })} />
      <Radio
        name="audience"
        value="some"
        label="Only some"
        hint="Staff, accounts with one of the roles, and members of one of the organisations."
        checked={!all}
        onChange={() => set({ all: false })}
      />
      {error && <p className="text-xs text-bad">{error}</p>}
      {!all && (
        <div className="mt-1 flex flex-col gap-3.5 border-line border-s ps-4 ms-[7px]">
          <Checkbox label="Staff" checked={staff} onChange={() => set({ staff: !staff })} />
          <Picked
            label="Roles"
            title="Add a role"
            search="Search roles"
            find={findRoles}
            items={roles}
            onChange={(next) => set({ roles: next })}
            lacks={may.includes("roles:read") ? null : "roles:read"}
          />
          <Picked
            label="Organisations"
            title="Add an organisation"
            search="Search organisations"
            find={findOrganisations}
            items={organisations}
            onChange={(next) => set({ organisations: next })}
            lacks={may.includes("org:read") ? null : "org:read"}
          />
        </div>
      )}
    </fieldset>
  );
}
