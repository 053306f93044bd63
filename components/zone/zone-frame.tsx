/** What every page of a zone has on top: its name and state, what stands in its way, and the tabs. */
import type { ReactNode } from "react";
import { Refreshing } from "#components/servers/backups/refreshing.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { GuestNote } from "./guest-note.tsx";
import { namesOf, openZone, type ZoneParams } from "./zone-data.ts";
import { tabsOf } from "./zone-tabs.ts";
import { ZoneTop } from "./zone-top.tsx";

export async function ZoneFrame({ params, children }: { params: Promise<ZoneParams>; children: ReactNode }) {
  const { organisation, zone } = await namesOf(params);
  const open = await openZone(organisation, zone);
  const {
    name,
    displayName,
    connectionLabel,
    kind,
    status,
    statusMessage,
    serial,
    recordCount,
    level,
    narrowed,
    refreshedAt,
  } = open;
  return (
    <>
      <ZoneTop
        key={open.id}
        organisation={open.organisation.handle}
        zone={name.replace(/\.$/, "")}
        facts={{
          displayName,
          connectionLabel,
          kind,
          status,
          statusMessage,
          serial,
          recordCount,
          level,
          narrowed: narrowed !== null,
        }}
        refreshedAt={refreshedAt}
        now={Date.now()}
      />
      {open.description !== "" && (
        <p className="mb-3 max-w-[90ch] text-dim wrap-anywhere whitespace-pre-line">{open.description}</p>
      )}
      {open.guest && (
        <GuestNote
          organisation={open.organisation}
          zone={name.replace(/\.$/, "")}
          until={open.guest.until}
          now={Date.now()}
        />
      )}
      {/* Nothing has been read of it yet: it is still being made. */}
      <Refreshing while={open.claim === null && refreshedAt === 0} />
      {open.claim === null && <Tabs label="Zone" items={tabsOf(open)} className="mb-3.5" />}
      {children}
    </>
  );
}
