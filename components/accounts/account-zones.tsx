/** The zones that somebody has to do with, and their level in each, for staff to set. */
"use client";
import { useState } from "react";
import { levelNames, roleNames } from "#components/organisations/words.ts";
import { PanelList } from "#components/staff/panel-list.tsx";
import type { Columns } from "#components/ui/column-table.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Select } from "#components/ui/select.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { toast } from "#components/ui/toast.tsx";
import { zonePath } from "#components/zone/zone-view.ts";
import { type ZoneLevel, zoneLevels } from "#lib/access/zone-level.ts";
import type { Outputs } from "#lib/api/outputs.ts";

type Zone = Outputs["accounts"]["theirZones"]["items"][number];

export interface AccountZonesProps {
  user: string;
  email: string;
  /** With dns:manage, and not one's own. */
  acts: boolean;
  now: number;
}

export function AccountZones({ user, email, acts, now }: AccountZonesProps) {
  const [turn, setTurn] = useState(0);
  const columns: Columns<Zone> = [
    {
      label: "Zone",
      mono: true,
      cell: ({ organisation, name, displayName }) => (
        <TextLink tone="plain" href={zonePath(organisation.handle, name.replace(/\.$/, ""))}>
          {displayName}
        </TextLink>
      ),
    },
    { label: "Organisation", dim: true, cell: ({ organisation }) => organisation.name },
    { label: "As", dim: true, cell: ({ role }) => (role ? roleNames[role] : "Guest") },
    {
      label: "Level",
      cell: (zone) =>
        acts && zone.role !== "owner" && zone.role !== "admin" ? (
          <Level
            key={zone.row?.level ?? "none set"}
            user={user}
            email={email}
            zone={zone}
            onDone={() => setTurn(turn + 1)}
          />
        ) : (
          <>
            {levelNames[zone.level]} <span className="text-dim">{origins[zone.source]}</span>
          </>
        ),
    },
  ];
  return (
    <PanelList
      title="Zones"
      description="Of its organisations, and where it is a guest."
      of={`${user} ${now} ${turn}`}
      searchLabel="Search zones"
      call={(api, asked) => api.accounts.theirZones({ user, perPage: 20, ...asked })}
      empty="No zones."
      columns={columns}
    />
  );
}

const origins: Record<Zone["source"], string> = {
  platform: "by a role",
  organisation: "by its place in the organisation",
  row: "set for this zone",
  default: "as every member",
  none: "",
};

interface LevelProps {
  user: string;
  email: string;
  zone: Zone;
  onDone: () => void;
}

/** A narrowed level keeps its names and types, and one that ends keeps its end. */
function Level({ user, email, zone, onDone }: LevelProps) {
  const { row, role, memberDefault, organisation } = zone;
  const set = row?.level ?? "";
  const [chosen, setChosen] = useState<ZoneLevel | "">(set);
  const guest = role === null;
  const narrowed = row !== null && row.names.length + row.types.length > 0;
  const unset = guest ? "Not a guest any more" : `As every member (${levelNames[memberDefault]})`;
  const becomes = chosen === "" ? (guest ? "None" : levelNames[memberDefault]) : levelNames[chosen];
  const where = { organisation: organisation.id, zone: zone.id, user };
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Select
        aria-label={`Level in ${zone.displayName}`}
        className="w-44!"
        value={chosen}
        options={[
          { value: "", label: unset },
          ...zoneLevels
            .filter((level) => !guest || level !== "none")
            .map((level) => ({ value: level, label: levelNames[level] })),
        ]}
        onChange={(event) => setChosen(zoneLevels.find((level) => level === event.target.value) ?? "")}
      />
      {chosen !== set && (
        <ConfirmButton
          label="Set"
          accessibleLabel={`Set the level in ${zone.displayName}`}
          button={{ size: "sm" }}
          title={`Change the level in ${zone.displayName}?`}
          confirm="Set level"
          tone="primary"
          call={(api): Promise<unknown> =>
            chosen === ""
              ? api.dns.clearPermission(where)
              : api.dns.setPermission({
                  ...where,
                  level: chosen,
                  names: row?.names ?? [],
                  types: row?.types ?? [],
                  expiresAt: row?.expiresAt ?? null,
                })
          }
          onDone={() => {
            toast("The level is set");
            onDone();
          }}
        >
          {email} will then have {becomes} in {zone.displayName}
          {narrowed && chosen !== "" && ", for the names and types that are set there"}.
        </ConfirmButton>
      )}
      {narrowed && <span className="text-xs text-dim">narrowed</span>}
    </span>
  );
}
