/** The panel's connections, for staff: those of the environment, and those that are kept here. */
import { PageHeader } from "#components/ui/page-header.tsx";
import { load } from "#lib/api/caller.ts";
import { AddConnection } from "./connection-actions.tsx";
import { ConnectionList } from "./connection-list.tsx";

export async function SharedConnections() {
  const { items } = await load((api) => api.dns.sharedConnections({}));
  return (
    <>
      <PageHeader
        title="Connections"
        description="Where zones of every organisation can be kept. Keys are kept encrypted, and are never shown."
        actions={<AddConnection owner={null} />}
      />
      <ConnectionList owner={null} items={items} empty="" />
    </>
  );
}
