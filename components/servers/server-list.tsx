/** The servers that the account has a part in, all of them or those of one organisation. */

import { openOrganisation } from "#components/organisations/access.ts";
import { organisationPath } from "#components/organisations/words.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Server } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { listHref, listState, type SearchParams } from "#components/ui/list-state.ts";
import { ListView } from "#components/ui/list-view.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { currentActor, load } from "#lib/api/caller.ts";
import { ServerTable } from "./server-table.tsx";

const PATH = "/dashboard/servers";

export async function ServerList({ params }: { params: SearchParams }) {
  const list = listState(PATH, params, ["name", "createdAt"], ["q", "organisation"]);
  const { q = "", organisation: handle = "" } = list.filters;
  const organisation = handle === "" ? null : await openOrganisation(handle);
  const of = organisation ? { organisation: organisation.id } : {};
  const page = await load((api) => api.servers.list({ page: list.page, sort: list.sort, q, ...of }));
  const mayCreate = (await currentActor()).grants.has("servers:create");
  const create = mayCreate && (
    <LinkButton variant="primary" href={`${PATH}/new`}>
      New server
    </LinkButton>
  );
  return (
    <>
      <PageHeader
        title="Servers"
        description={
          organisation ? (
            <>
              Those of <TextLink href={organisationPath(organisation.handle)}>{organisation.name}</TextLink> alone.{" "}
              <TextLink href={PATH}>Show all servers</TextLink>
            </>
          ) : (
            "Yours, your organisations’, and those that you were let into."
          )
        }
      />
      <ListView
        page={page}
        q={q}
        noun={["server", "servers"]}
        hrefFor={(number) => listHref(list, { page: number })}
        clearHref={listHref(list, { filters: { q: "" } })}
        actions={create}
        empty={
          <EmptyState icon={<Server />} title="No servers yet" action={create}>
            {mayCreate
              ? "A server runs a game or another application on one of this panel’s nodes."
              : "Servers of your organisations, and those that somebody lets you into, are listed here."}
          </EmptyState>
        }
      >
        <ServerTable servers={page.items} list={list} ofOne={organisation !== null} />
      </ListView>
    </>
  );
}
