/** The folders of its node that a server has, and could have. */

import { EmptyState } from "#components/ui/empty-state.tsx";
import { FolderSymlink } from "#components/ui/icons.tsx";
import { load } from "#lib/api/caller.ts";
import { openServer } from "../server-data.ts";
import { MountsTable } from "./mounts-table.tsx";

export async function MountsPage({ server }: { server: string }) {
  const open = await openServer(server);
  const { items } = await load((api) => api.servers.mounts.list({ server }));
  const locked = open.state === "deleting" || (open.suspended && !open.asStaff) || !open.opens.includes("settings");
  if (items.length === 0)
    return (
      <EmptyState icon={<FolderSymlink />} title="There are no mounts for this server">
        A mount is a folder of the node that servers can see, such as maps that many of them share. Staff set them up.
      </EmptyState>
    );
  return <MountsTable server={open.id} items={items} locked={locked} />;
}
