/** The records of a zone: to read only, or in the editor. */
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { listHref, listState, type SearchParams } from "#components/ui/list-state.ts";
import { Pager } from "#components/ui/pager.tsx";
import { currentActor, load } from "#lib/api/caller.ts";
import { ClaimPage } from "./claim-page.tsx";
import { RecordEditor } from "./editor-loader.tsx";
import { readOnlyRow } from "./record-rows.tsx";
import { RecordTools } from "./record-tools.tsx";
import { RecordsTable } from "./records-table.tsx";
import { namesOf, type OpenZone, openZone, pathOf, viewOf, type ZoneParams } from "./zone-data.ts";

const PER_PAGE = 50;

const viewOnly = ({ organisation, guest }: OpenZone): string =>
  guest
    ? `You can view these records. To change them, ask whoever invited you to give you the level “edit”.`
    : `You can view these records. To change them, ask an owner or admin of ${organisation.name} to give you the level “edit”.`;

export async function RecordsPage({
  params,
  searchParams,
}: {
  params: Promise<ZoneParams>;
  searchParams: Promise<SearchParams>;
}) {
  const { organisation, zone } = await namesOf(params);
  const open = await openZone(organisation, zone);
  if (open.claim !== null) return <ClaimPage zone={open} />;
  const list = listState(pathOf(open), await searchParams, ["name", "type", "ttl"], ["q", "type"]);
  const { q = "", type = "" } = list.filters;
  const { items, total, types, capped } = await load((api) =>
    api.dns.rrsets({
      organisation,
      zone,
      page: list.page,
      perPage: PER_PAGE,
      sort: list.sort,
      q,
      type: type.slice(0, 20),
    }),
  );
  const filtered = q !== "" || type !== "";
  const isNew = !filtered && types.every((row) => row.type === "SOA" || row.type === "NS");
  const tools = <RecordTools list={list} types={types} />;
  const pager = (
    <Pager
      page={list.page}
      perPage={PER_PAGE}
      total={total}
      capped={capped}
      noun={total === 1 ? "record set" : "record sets"}
      hrefFor={(page) => listHref(list, { page })}
    />
  );
  const clear = (
    <LinkButton href={list.path} scroll={false}>
      {filtered ? "Clear filter" : "To the first page"}
    </LinkButton>
  );
  const nothingFound = (
    <EmptyState title={filtered ? "No records match" : "No records here"} action={(filtered || list.page > 1) && clear}>
      {q !== "" && <>Nothing has “{q}” in its name or content.</>}
    </EmptyState>
  );
  if (open.readOnly !== null || open.level === "view") {
    return (
      <>
        <p className="mb-2.5 text-dim">{open.readOnly ?? viewOnly(open)}</p>
        <div className="mb-2.5 flex flex-wrap items-center gap-2">{tools}</div>
        {items.length > 0 ? <RecordsTable list={list}>{items.map(readOnlyRow)}</RecordsTable> : nothingFound}
        {pager}
      </>
    );
  }
  const { id } = await currentActor();
  return (
    <RecordEditor
      key={open.id}
      account={id ?? ""}
      zone={viewOf(open)}
      items={JSON.stringify(items)}
      list={list}
      tools={tools}
      nothingFound={nothingFound}
      isNew={isNew}
      pager={pager}
    />
  );
}
