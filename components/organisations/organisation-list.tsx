/** The organisations that the account is in. */

import { listHref, listState, type SearchParams } from "#components/ui/list-state.ts";
import { ListView } from "#components/ui/list-view.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { load } from "#lib/api/caller.ts";
import { mayCreateOrganisation } from "./access.ts";
import { NewOrganisationLink } from "./new-organisation-link.tsx";
import { NoOrganisations } from "./no-organisations.tsx";
import { OrganisationTable } from "./organisation-table.tsx";

const PATH = "/dashboard/organisations";

export async function OrganisationList({ params }: { params: SearchParams }) {
  const list = listState(PATH, params, ["name", "handle", "createdAt"], ["q"]);
  const q = list.filters.q ?? "";
  const [page, mayCreate, { dns }] = await Promise.all([
    load((api) => api.organisations.list({ page: list.page, sort: list.sort, q })),
    mayCreateOrganisation(),
    load((api) => api.users.frame({})),
  ]);
  return (
    <>
      <PageHeader title="Organisations" description="The organisations that you are in." />
      <ListView
        page={page}
        q={q}
        noun={["organisation", "organisations"]}
        hrefFor={(number) => listHref(list, { page: number })}
        clearHref={PATH}
        actions={mayCreate && <NewOrganisationLink />}
        empty={<NoOrganisations mayCreate={mayCreate} />}
      >
        <OrganisationTable organisations={page.items} now={Date.now()} dns={dns} list={list} />
      </ListView>
    </>
  );
}
