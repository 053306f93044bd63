/** One organisation: what it is, and its first zones and servers. */
import { ServerTable } from "#components/servers/server-table.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { AddZone } from "#components/zones/add-zone.tsx";
import { NoZones } from "#components/zones/no-zones.tsx";
import { ZoneTable } from "#components/zones/zone-table.tsx";
import { load, loadIfOn } from "#lib/api/caller.ts";
import { openOrganisation } from "./access.ts";
import { counted, organisationPath, roleNames } from "./words.ts";

const SHOWN = 25;

export async function OrganisationOverview({ handle }: { handle: string }) {
  const organisation = await openOrganisation(handle);
  const path = organisationPath(organisation.handle);
  const id = organisation.id;
  const dns = await loadIfOn(async (api) => ({
    page: await api.dns.list({ organisation: id, perPage: SHOWN }),
    choices: await api.dns.connections({ organisation: id }),
  }));
  const servers = await load((api) => api.servers.list({ organisation: id, perPage: SHOWN }));
  const theirServers = `/dashboard/servers?organisation=${organisation.handle}`;
  const adding = dns && {
    organisation: { handle: organisation.handle, name: organisation.name },
    choices: dns.choices,
  };
  return (
    <>
      <PageHeader
        title={organisation.name}
        meta={[
          `Your role: ${organisation.role ? roleNames[organisation.role].toLowerCase() : "none, you see it as staff"}`,
          <TextLink key="members" tone="dim" href={`${path}/members`}>
            {counted(organisation.members, "member")}
          </TextLink>,
          dns && (
            <TextLink key="zones" tone="dim" href={`${path}/zones`}>
              {counted(dns.page.total, "zone")}
            </TextLink>
          ),
          servers.total > 0 && (
            <TextLink key="servers" tone="dim" href={theirServers}>
              {counted(servers.total, "server")}
            </TextLink>
          ),
        ].filter(Boolean)}
        actions={dns && adding && dns.page.total > 0 && <AddZone {...adding} />}
      />
      {dns && adding && (
        <>
          <h2 className="mb-2 text-base font-semibold">DNS zones</h2>
          {dns.page.total === 0 ? <NoZones {...adding} /> : <ZoneTable zones={dns.page.items} />}
          {dns.page.total > SHOWN && (
            <LinkButton href={`${path}/zones`} className="mt-2.5">
              Show all {dns.page.total.toLocaleString("en-GB")} zones
            </LinkButton>
          )}
        </>
      )}
      {servers.total > 0 && (
        <>
          <h2 className="mt-6 mb-2 text-base font-semibold">Servers</h2>
          <ServerTable servers={servers.items} ofOne />
          {servers.total > SHOWN && (
            <LinkButton href={theirServers} className="mt-2.5">
              Show all {servers.total.toLocaleString("en-GB")} servers
            </LinkButton>
          )}
        </>
      )}
    </>
  );
}
