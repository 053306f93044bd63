/** The zones of one organisation. */
import { openOrganisation } from "#components/organisations/access.ts";
import { bundlePath, organisationPath } from "#components/organisations/words.ts";
import { Banner } from "#components/ui/banner.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { listHref, listState, type SearchParams } from "#components/ui/list-state.ts";
import { ListView } from "#components/ui/list-view.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { load } from "#lib/api/caller.ts";
import { AddZone } from "./add-zone.tsx";
import { DeletedZones } from "./deleted-zones.tsx";
import { NoZones } from "./no-zones.tsx";
import { ZoneTable } from "./zone-table.tsx";

export async function OrganisationZones({ handle, params }: { handle: string; params: SearchParams }) {
  const organisation = await openOrganisation(handle);
  const path = `${organisationPath(organisation.handle)}/zones`;
  const list = listState(path, params, ["name", "recordCount", "createdAt"], ["q"]);
  const q = list.filters.q ?? "";
  const [page, choices, deleted] = await Promise.all([
    load((api) => api.dns.list({ organisation: organisation.id, page: list.page, sort: list.sort, q })),
    load((api) => api.dns.connections({ organisation: organisation.id })),
    load((api) => api.dns.deleted({ organisation: organisation.id })),
  ]);
  const adding = { organisation: { handle: organisation.handle, name: organisation.name }, choices };
  return (
    <>
      <PageHeader title="DNS zones" description={`The zones of ${organisation.name} that you can view.`} />
      {choices.reason !== null && !choices.mayLink && page.total > 0 && organisation.role !== "member" && (
        <Banner className="mb-2.5">{choices.reason}</Banner>
      )}
      <ListView
        page={page}
        q={q}
        noun={["zone", "zones"]}
        hrefFor={(number) => listHref(list, { page: number })}
        clearHref={path}
        actions={
          <>
            <LinkButton href={bundlePath(organisation.handle)}>Import and export</LinkButton>
            <AddZone {...adding} />
          </>
        }
        empty={<NoZones {...adding} />}
      >
        <ZoneTable zones={page.items} list={list} />
      </ListView>
      {deleted.total > 0 && <DeletedZones organisation={organisation.handle} page={deleted} now={Date.now()} />}
    </>
  );
}
