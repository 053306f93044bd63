/** The ladder of a zone: who has which level here, and why. */
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { load } from "#lib/api/caller.ts";
import { AccessTable } from "./access-table.tsx";
import { namesOf, openZone, pathOf, type ZoneParams } from "./zone-data.ts";
import { listHref, listState, type SearchParams } from "./zone-view.ts";

const PER_PAGE = 50;

export async function AccessPage({
  params,
  searchParams,
}: {
  params: Promise<ZoneParams>;
  searchParams: Promise<SearchParams>;
}) {
  const { organisation, zone } = await namesOf(params);
  const open = await openZone(organisation, zone);
  const list = listState(`${pathOf(open)}/access`, await searchParams, [], ["q"]);
  const { q = "" } = list.filters;
  const { items, total } = await load((api) =>
    api.dns.ladder({ organisation, zone, page: list.page, perPage: PER_PAGE, q }),
  );
  return (
    <>
      <div className="mb-2.5 flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchField label="Filter by name or e-mail" />
        <p className="text-dim">
          Owners and admins have every zone whole. A member has the member default, unless a level is set here.
        </p>
      </div>
      {items.length > 0 ? (
        <AccessTable organisation={open.organisation.handle} zone={zone} rows={items} now={Date.now()} />
      ) : (
        <EmptyState title={q === "" ? "No members" : "No members match"} />
      )}
      <Pager
        page={list.page}
        perPage={PER_PAGE}
        total={total}
        noun="members"
        hrefFor={(page) => listHref(list, { page })}
      />
    </>
  );
}
