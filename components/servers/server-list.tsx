/** The servers that the account has a part in. */
import { Server } from "lucide-react";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { listHref, listState, type SearchParams, sortLink } from "#components/ui/list-state.ts";
import { ListView } from "#components/ui/list-view.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { currentActor, load } from "#lib/api/caller.ts";
import { capabilityWords, serverPath } from "./capability-words.ts";
import { addressOf, limitOf, StateBadge } from "./words.tsx";

const PATH = "/dashboard/servers";

export async function ServerList({ params }: { params: SearchParams }) {
  const list = listState(PATH, params, ["name", "createdAt"], ["q"]);
  const q = list.filters.q ?? "";
  const page = await load((api) => api.servers.list({ page: list.page, sort: list.sort, q }));
  const mayCreate = (await currentActor()).grants.has("servers:create");
  const create = mayCreate && (
    <LinkButton variant="primary" href={`${PATH}/new`}>
      New server
    </LinkButton>
  );
  return (
    <>
      <PageHeader title="Servers" description="Yours, your organisations’, and those that you were let into." />
      <ListView
        page={page}
        q={q}
        noun={["server", "servers"]}
        hrefFor={(number) => listHref(list, { page: number })}
        clearHref={PATH}
        actions={create}
        empty={
          <EmptyState icon={<Server />} title="No servers yet" action={create}>
            {mayCreate
              ? "A server runs a game or another application on one of this panel’s nodes."
              : "Servers of your organisations, and those that somebody lets you into, are listed here."}
          </EmptyState>
        }
      >
        <Table label="Servers" stack>
          <THead>
            <Th sort={sortLink(list, "name")}>Name</Th>
            <Th>State</Th>
            <Th>Address</Th>
            <Th>Egg</Th>
            <Th>Owner</Th>
            <Th align="end">Memory</Th>
            <Th align="end">Disk</Th>
          </THead>
          <TBody>
            {page.items.map((server) => (
              <Tr key={server.id}>
                <Td className="font-medium wrap-anywhere">
                  <TextLink tone="plain" href={serverPath(server.id)}>
                    {server.name}
                  </TextLink>
                </Td>
                <Td label="State">
                  <StateBadge {...server} />
                </Td>
                <Td label="Address" mono className="whitespace-nowrap">
                  {addressOf(server.address)}
                </Td>
                <Td label="Egg" className="sm:min-w-[110px]">
                  {server.egg}
                </Td>
                <Td label="Owner" dim className="sm:min-w-[130px] sm:max-w-[220px]">
                  {server.owner
                    ? (server.organisation?.name ?? "You")
                    : `You can use: ${capabilityWords(server.capabilities)}`}
                </Td>
                <Td label="Memory" align="end">
                  {limitOf(server.memory)}
                </Td>
                <Td label="Disk" align="end">
                  {limitOf(server.disk)}
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      </ListView>
    </>
  );
}
