/** The history of a zone, newest first. */
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { listHref, listState, type SearchParams } from "#components/ui/list-state.ts";
import { Pager } from "#components/ui/pager.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { load } from "#lib/api/caller.ts";
import { HistoryEntryItem } from "./history-entry.tsx";
import { namesOf, openZone, pathOf, type ZoneParams } from "./zone-data.ts";

const PER_PAGE = 25;

export async function HistoryPage({
  params,
  searchParams,
}: {
  params: Promise<ZoneParams>;
  searchParams: Promise<SearchParams>;
}) {
  const { organisation, zone } = await namesOf(params);
  const open = await openZone(organisation, zone);
  const list = listState(`${pathOf(open)}/history`, await searchParams, [], ["name", "type"]);
  const { name = "", type = "" } = list.filters;
  const { items, total } = await load((api) =>
    api.dns.history({ organisation, zone, page: list.page, perPage: PER_PAGE, name, type: type.slice(0, 20) }),
  );
  const filtered = name !== "" || type !== "";
  const now = Date.now();
  return (
    <>
      <div className="mb-2.5 flex flex-wrap items-center gap-2">
        <SearchField label="Filter by name" param="name" />
        <SearchField label="Filter by type" placeholder="Type" param="type" shortcut={false} className="w-36" />
      </div>
      {items.length > 0 ? (
        <ol
          aria-label="History"
          className="divide-y divide-line2 overflow-hidden rounded-lg border border-line bg-panel"
        >
          {items.map((entry) => (
            <HistoryEntryItem key={entry.id} entry={entry} apex={open.name} now={now} />
          ))}
        </ol>
      ) : (
        <EmptyState
          title={filtered ? "No changes match" : "Nothing has happened here yet"}
          action={
            (filtered || list.page > 1) && (
              <LinkButton href={list.path} scroll={false}>
                {filtered ? "Clear filter" : "To the first page"}
              </LinkButton>
            )
          }
        />
      )}
      <Pager
        page={list.page}
        perPage={PER_PAGE}
        total={total}
        noun={total === 1 ? "change" : "changes"}
        hrefFor={(page) => listHref(list, { page })}
      />
    </>
  );
}
