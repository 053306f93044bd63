/** The ladder of a zone: who has which level here, and why. */
import { PendingInvites } from "#components/organisations/pending-invites.tsx";
import { levelNames } from "#components/organisations/words.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { listHref, listState, type SearchParams } from "#components/ui/list-state.ts";
import { Pager } from "#components/ui/pager.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { load } from "#lib/api/caller.ts";
import { AccessTable } from "./access-table.tsx";
import { InviteGuest } from "./invite-guest.tsx";
import { namesOf, openZone, pathOf, type ZoneParams } from "./zone-data.ts";

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
  const [{ items, total }, invites] = await Promise.all([
    load((api) => api.dns.ladder({ organisation, zone, page: list.page, perPage: PER_PAGE, q })),
    load((api) => api.dns.invites({ organisation, zone })),
  ]);
  const now = Date.now();
  return (
    <>
      <div className="mb-2.5 flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchField label="Filter by name or e-mail" />
        <p className="min-w-0 flex-1 basis-72 text-dim">
          Owners and admins have every zone whole. A member has the member default, unless a level is set here.
          {invites.allowed ? " Guests are outside the organisation." : " Guests are not allowed now."}
        </p>
        {invites.allowed && <InviteGuest organisation={open.organisation.handle} zone={zone} />}
      </div>
      {items.length > 0 ? (
        <AccessTable organisation={open.organisation.handle} zone={zone} rows={items} now={now} />
      ) : (
        <EmptyState title={q === "" ? "No members" : "No members match"} />
      )}
      <Pager
        page={list.page}
        perPage={PER_PAGE}
        total={total}
        noun={total === 1 ? "person" : "people"}
        hrefFor={(page) => listHref(list, { page })}
      />
      {invites.items.length > 0 && (
        <PendingInvites
          organisation={open.organisation.handle}
          zone={zone}
          noun="Level"
          items={invites.items.map(({ level, names, types, ...invite }) => ({
            ...invite,
            what: names.length + types.length > 0 ? `${levelNames[level]}, narrowed` : levelNames[level],
          }))}
          now={now}
        />
      )}
    </>
  );
}
