/** The history of a zone, newest first: who did what and when, filtered by the address. */
import { Chip } from "#components/ui/chip.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { type ListState, listHref, listState, type SearchParams } from "#components/ui/list-state.ts";
import { Pager } from "#components/ui/pager.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { UrlDate, UrlSelect } from "#components/ui/url-control.tsx";
import { load } from "#lib/api/caller.ts";
import { type Entry, HistoryEntryItem } from "./history-entry.tsx";
import { RestoreMoment } from "./restore-moment.tsx";
import { namesOf, openZone, pathOf, type ZoneParams } from "./zone-data.ts";

const PER_PAGE = 25;
const DAY = 86_400_000;

const kinds = [
  { value: "change", label: "Changes in the panel" },
  { value: "outside", label: "Changes outside the panel" },
  { value: "create", label: "Zone created" },
  { value: "link", label: "Zone linked" },
  { value: "delete", label: "Zone deleted" },
  { value: "undelete", label: "Zone brought back" },
  { value: "transfer", label: "Zone moved" },
  { value: "sign", label: "DNSSEC switched on" },
  { value: "unsign", label: "DNSSEC switched off" },
] as const;

export async function HistoryPage({
  params,
  searchParams,
}: {
  params: Promise<ZoneParams>;
  searchParams: Promise<SearchParams>;
}) {
  const { organisation, zone } = await namesOf(params);
  const open = await openZone(organisation, zone);
  const list = listState(
    `${pathOf(open)}/history`,
    await searchParams,
    [],
    ["name", "type", "kind", "actor", "from", "to", "change"],
  );
  const { items, total } = await entriesFor(organisation, zone, list);
  const filtered = Object.values(list.filters).some((value) => value !== "");
  const writes = open.level === "edit" || open.level === "full";
  const ref = { organisation: open.organisation.handle, zone: open.name.replace(/\.$/, ""), apex: open.name };
  const now = Date.now();
  return (
    <>
      <div className="mb-2.5 flex flex-wrap items-center gap-2">
        <SearchField label="Filter by name" param="name" className="w-56" />
        <SearchField label="Filter by type" placeholder="Type" param="type" shortcut={false} className="w-28" />
        <UrlSelect
          label="Filter by what happened"
          param="kind"
          all="Everything"
          options={kinds}
          className="w-52 max-sm:w-full"
        />
        <UrlDate label="From (UTC)" param="from" className="w-36 max-sm:flex-1" />
        <UrlDate label="Until (UTC)" param="to" className="w-36 max-sm:flex-1" />
        {writes && (
          <span className="sm:ms-auto">
            <RestoreMoment zone={ref} now={now} />
          </span>
        )}
      </div>
      <Narrowed list={list} items={items} />
      {items.length > 0 ? (
        <ol
          aria-label="History"
          className="divide-y divide-line2 overflow-hidden rounded-lg border border-line bg-panel"
        >
          {items.map((entry) => (
            <HistoryEntryItem
              key={entry.id}
              entry={entry}
              zone={ref}
              now={now}
              writes={writes}
              opened={list.filters.change !== ""}
              hrefFor={(filters) => listHref({ ...list, filters: {} }, { filters })}
            />
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

/** What no control above shows: one person, or one change. */
function Narrowed({ list, items }: { list: ListState; items: readonly Entry[] }) {
  const { actor = "", change = "" } = list.filters;
  if (actor === "" && change === "") return null;
  const label = change === "" ? `By ${items[0]?.actor.label ?? "one person"}` : "One change";
  return (
    <p className="mb-2.5">
      <Chip on href={listHref(list, { filters: { actor: "", change: "" } })}>
        {label}
        <span aria-hidden="true">×</span>
        <span className="sr-only">: show all</span>
      </Chip>
    </p>
  );
}

async function entriesFor(organisation: string, zone: string, list: ListState) {
  const { name = "", type = "", kind = "", actor = "", from = "", to = "", change = "" } = list.filters;
  if (change !== "") {
    const entry = await load((api) => api.dns.historyOne({ organisation, zone, change }));
    return { items: [entry], total: 1 };
  }
  const known = kinds.find(({ value }) => value === kind)?.value;
  const [start, end] = [dayOf(from), dayOf(to)];
  return load((api) =>
    api.dns.history({
      organisation,
      zone,
      page: list.page,
      perPage: PER_PAGE,
      name,
      type: type.slice(0, 20),
      actor: actor.slice(0, 100),
      ...(known ? { kind: known } : {}),
      ...(start === null ? {} : { from: start }),
      // The last day belongs to it.
      ...(end === null ? {} : { to: end + DAY }),
    }),
  );
}

function dayOf(text: string): number | null {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(day) ? null : day;
}
