/** The page that makes a server, for those who may. */
import { forbidden } from "next/navigation";
import { Banner } from "#components/ui/banner.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { currentActor, load } from "#lib/api/caller.ts";
import { CreateServer } from "./create-server.tsx";

export async function NewServer() {
  if (!(await currentActor()).grants.has("servers:create")) forbidden();
  const offers = await load((api) => api.servers.offers({}));
  return (
    <>
      <PageHeader
        title="New server"
        description="It is installed on a node with room for it, and started if you like."
      />
      {offers.eggs.length === 0 ? (
        <Banner tone="warn">There is nothing yet that a server could be made of. Ask whoever runs the panel.</Banner>
      ) : (
        <CreateServer offers={offers} />
      )}
    </>
  );
}

/** The same for staff: whoever it is for. `owner` fills in the field. */
export async function NewServerForAnybody({ owner }: { owner: string }) {
  if (!(await currentActor()).grants.has("admin:servers:write")) forbidden();
  const { eggs, nodes } = await load((api) => api.staffServers.offers({}));
  return (
    <>
      <PageHeader title="New server" description="For any account or organisation, as large as you say." />
      {eggs.length === 0 ? (
        <Banner tone="warn">There is no egg yet that a server could be made of.</Banner>
      ) : (
        <CreateServer offers={{ eggs, owners: [] }} staff={{ owner, nodes }} />
      )}
    </>
  );
}
