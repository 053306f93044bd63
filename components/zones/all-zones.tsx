/** Every zone that the account can view, in all organisations; a search finds their records too. */

import type { ReactNode } from "react";
import { bulkPath } from "#components/bulk/words.ts";
import { RecordHits } from "#components/search/record-hits.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Globe, SearchX } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { type ListState, listHref, listState, type SearchParams } from "#components/ui/list-state.ts";
import { ListView } from "#components/ui/list-view.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { UrlSelect } from "#components/ui/url-control.tsx";
import { load } from "#lib/api/caller.ts";
import { ZoneTable } from "./zone-table.tsx";

const PATH = "/dashboard/zones";

export async function AllZones({ params }: { params: SearchParams }) {
  const list = listState(PATH, params, ["name", "recordCount", "createdAt"], ["q", "status"]);
  const q = list.filters.q ?? "";
  return (
    <>
      <PageHeader
        title="DNS zones"
        description="Every zone that you can view, in your organisations and as a guest."
        actions={<LinkButton href={bulkPath(q)}>Change in many zones</LinkButton>}
      />
      {q === "" ? <Zones list={list} /> : <Found list={list} q={q} />}
    </>
  );
}

const statuses = ["active", "pending", "error"] as const;
const statusOptions = [
  { value: "active", label: "Active" },
  { value: "pending", label: "Pending" },
  { value: "error", label: "Error" },
];

async function Zones({ list }: { list: ListState }) {
  const status = statuses.find((one) => one === list.filters.status);
  const page = await load((api) => api.dns.ownZones({ page: list.page, sort: list.sort, status }));
  return (
    <ListView
      page={page}
      q=""
      noun={["zone", "zones"]}
      search="Search zones and records"
      hrefFor={(number) => listHref(list, { page: number })}
      clearHref={PATH}
      actions={
        <UrlSelect param="status" label="Status" all="Any status" options={statusOptions} className="w-[172px]" />
      }
      empty={
        status ? (
          <EmptyState
            icon={<SearchX />}
            title="No zones match"
            action={<LinkButton href={PATH}>Show all zones</LinkButton>}
          />
        ) : (
          <EmptyState
            icon={<Globe />}
            title="No zones yet"
            action={
              <LinkButton href="/dashboard/organisations" variant="primary">
                Go to your organisations
              </LinkButton>
            }
          >
            A zone belongs to an organisation. Open yours and add one there.
          </EmptyState>
        )
      }
    >
      <ZoneTable zones={page.items} organisations list={list} />
    </ListView>
  );
}

async function Found({ list, q }: { list: ListState; q: string }) {
  const [page, records] = await Promise.all([
    load((api) => api.dns.ownZones({ page: list.page, sort: list.sort, q })),
    load((api) => api.dns.search({ q })),
  ]);
  const nothing = page.items.length === 0 && records.items.length === 0;
  return (
    <>
      <div className="mb-2.5">
        <SearchField label="Search zones and records" />
      </div>
      {nothing && (
        <EmptyState
          icon={<SearchX />}
          title={`Nothing matches “${q}”`}
          action={<LinkButton href={PATH}>Clear the search</LinkButton>}
        >
          {q.length < 3
            ? "One or two characters find what begins with them. Type a third to look anywhere in names and values."
            : "Neither the name of a zone nor the name or value of a record has it. type:TXT narrows to a type."}
        </EmptyState>
      )}
      {page.items.length > 0 && (
        <Section title="Zones">
          <ZoneTable zones={page.items} organisations list={list} />
          <Pager
            page={page.page}
            perPage={page.perPage}
            total={page.total}
            noun={page.total === 1 ? "zone" : "zones"}
            hrefFor={(number) => listHref(list, { page: number })}
          />
        </Section>
      )}
      {records.items.length > 0 && (
        <Section title="Records">
          <RecordHits hits={records.items} />
          <p className="pt-2.5 text-dim">
            {records.more
              ? `The best ${records.items.length}; there are more. Add to the search, or a type such as type:TXT.`
              : `${records.items.length} record ${records.items.length === 1 ? "set" : "sets"}`}
          </p>
        </Section>
      )}
    </>
  );
}

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section aria-label={title} className="mb-6">
    <h2 className="mb-2 text-base font-semibold">{title}</h2>
    {children}
  </section>
);
