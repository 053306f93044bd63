/** Every zone that the account can view, in all organisations. */
import { Globe } from "lucide-react";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { listHref, listState, type SearchParams } from "#components/ui/list-state.ts";
import { ListView } from "#components/ui/list-view.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { load } from "#lib/api/caller.ts";
import { ZoneTable } from "./zone-table.tsx";

const PATH = "/dashboard/zones";

export async function AllZones({ params }: { params: SearchParams }) {
  const list = listState(PATH, params, ["name", "recordCount", "createdAt"], ["q"]);
  const q = list.filters.q ?? "";
  const page = await load((api) => api.dns.ownZones({ page: list.page, sort: list.sort, q }));
  return (
    <>
      <PageHeader title="DNS zones" description="Every zone that you can view, in your organisations and as a guest." />
      <ListView
        page={page}
        q={q}
        noun={["zone", "zones"]}
        hrefFor={(number) => listHref(list, { page: number })}
        clearHref={PATH}
        empty={
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
        }
      >
        <ZoneTable zones={page.items} organisations list={list} />
      </ListView>
    </>
  );
}
