/** What a zone is besides its records: notes, whose it is, and deleting it. */
import { forbidden } from "next/navigation";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { exactTime } from "#components/ui/time.tsx";
import { currentActor, load } from "#lib/api/caller.ts";
import { DeleteZone } from "./delete-zone.tsx";
import { TransferZone } from "./transfer-zone.tsx";
import { namesOf, openZone, type ZoneParams } from "./zone-data.ts";
import { ZoneNotes } from "./zone-notes.tsx";

export async function ZoneSettings({ params }: { params: Promise<ZoneParams> }) {
  const { organisation, zone } = await namesOf(params);
  const open = await openZone(organisation, zone);
  if (!open.manage) forbidden();
  const { items } = await load((api) => api.organisations.list({ perPage: 200 }));
  const others = items.filter(({ id, role }) => id !== open.organisation.id && (role === "owner" || role === "admin"));
  const ref = { organisation: open.organisation.handle, zone: open.name.replace(/\.$/, "") };
  const { connectionLabel, origin, createdAt, recordCount, kind } = open;
  return (
    <div className="flex max-w-[640px] flex-col gap-5">
      <Panel title="This zone">
        <Facts
          items={[
            { label: "Kept at", value: connectionLabel },
            { label: origin === "linked" ? "Linked" : "Created", value: exactTime(createdAt) },
            { label: "Id", value: <span className="font-mono select-all">{open.id}</span> },
          ]}
        />
      </Panel>
      <ZoneNotes key={open.description} {...ref} description={open.description} />
      {others.length > 0 && (
        <TransferZone
          {...ref}
          name={open.displayName}
          from={open.organisation.name}
          to={others.map(({ handle, name }) => ({ handle, name }))}
        />
      )}
      <DeleteZone
        {...ref}
        name={open.displayName}
        records={recordCount}
        origin={origin}
        local={kind === "local"}
        connectionLabel={connectionLabel}
        elsewhere={(await currentActor()).grants.has("dns:connections")}
      />
    </div>
  );
}
